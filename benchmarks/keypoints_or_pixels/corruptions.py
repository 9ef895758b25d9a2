"""What happens to pictures on their way to a recogniser, from mild to harsh.

Every function takes an RGB picture, a strength and a seed, and gives a picture of the same size.
The same seed gives the same picture, and the same noise, side or background at every strength;
strength 0 gives the picture itself. After Hendrycks & Dietterich, "Benchmarking Neural Network
Robustness to Common Corruptions and Perturbations", ICLR 2019, with units that mean something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.keypoints_or_pixels.backgrounds import replaced_background
from handpose.errors import UnknownNameError
from handpose.images import as_rgb

Image = NDArray[np.uint8]

FULL_WELL = 2000
"""Electrons that a white pixel collects in the original light: a small sensor of a phone."""
READ_NOISE = 3
"""Electrons, standard deviation."""


def darkened(image: Image, strength: float, seed: int) -> Image:
    """The same exposure with less light; `strength` in stops, each of which halves it."""
    rng = np.random.default_rng(seed)
    electrons = _to_linear(image) * (FULL_WELL * 0.5**strength)
    # A normal distribution stands for Poisson's, so that the same seed is the same noise.
    deviation = np.sqrt(electrons + READ_NOISE**2)
    electrons = electrons + deviation * rng.standard_normal(image.shape, np.float32)
    return _as_uint8(_from_linear(electrons / FULL_WELL))


def blurred(image: Image, strength: float, seed: int) -> Image:
    """Out of focus: a Gaussian blur; `strength` is sigma in hundredths of the longer side."""
    import cv2

    sigma = strength / 100 * max(image.shape[:2])
    soft = cv2.GaussianBlur(image.astype(np.float32), (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
    return _as_uint8(np.asarray(soft))


def noisy(image: Image, strength: float, seed: int) -> Image:
    """Gaussian noise in every channel of every pixel; `strength` is sigma in grey levels."""
    noise = np.random.default_rng(seed).standard_normal(image.shape, np.float32)
    return _as_uint8(image + strength * noise)


def rotated(image: Image, strength: float, seed: int) -> Image:
    """Turned by `strength` degrees, to either side; the edge pixels are repeated."""
    side = np.random.default_rng(seed).choice([-1.0, 1.0])
    return _moved(image, angle=side * strength)


def distant(image: Image, strength: float, seed: int) -> Image:
    """Seen from farther away: `strength` hundredths smaller; the edge pixels are repeated."""
    return _moved(image, scale=1 - strength / 100)


def shrunk(image: Image, strength: float, seed: int) -> Image:
    """`strength` hundredths fewer pixels on each side, enlarged again: only detail is lost."""
    import cv2

    height, width = image.shape[:2]
    kept = 1 - strength / 100
    few = max(round(width * kept), 1), max(round(height * kept), 1)
    small = cv2.resize(image, few, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def jpeg_compressed(image: Image, strength: float, seed: int) -> Image:
    """Written as JPEG of quality 100 - `strength`, and read again."""
    import cv2

    quality = [cv2.IMWRITE_JPEG_QUALITY, round(100 - strength)]
    _, data = cv2.imencode(".jpg", np.ascontiguousarray(image[..., ::-1]), quality)
    bgr = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(bgr[..., ::-1])


@dataclass(frozen=True)
class Corruption:
    """A way to spoil pictures: its function, strengths from mild to harsh, and their unit."""

    function: Callable[[Image, float, int], Image]
    strengths: tuple[float, float, float, float]
    unit: str


CORRUPTIONS: dict[str, Corruption] = {
    "darkened": Corruption(darkened, (2, 4, 5, 6), "stops less light"),
    "blurred": Corruption(blurred, (1, 2, 3, 5), "sigma, % of the side"),
    "noisy": Corruption(noisy, (5, 10, 20, 40), "deviation, grey levels"),
    "rotated": Corruption(rotated, (15, 30, 45, 60), "degrees"),
    "distant": Corruption(distant, (25, 50, 65, 75), "% smaller"),
    "shrunk": Corruption(shrunk, (50, 75, 82, 87), "% fewer pixels a side"),
    "JPEG-compressed": Corruption(jpeg_compressed, (50, 80, 90, 97), "100 - quality"),
    "background replaced": Corruption(
        replaced_background, (0.25, 0.5, 0.75, 1), "share of the new background"
    ),
}
"""Name to what it does, and how much of it."""


def corrupt(image: Image, name: str, strength: float, seed: int = 0) -> Image:
    """Spoil an RGB picture; strength 0 changes nothing.

    Raises
    ------
    UnknownNameError
        If `name` is not a key of `CORRUPTIONS`.
    ValueError
        If the strength is negative.
    """
    if name not in CORRUPTIONS:
        raise UnknownNameError("corruption", name, CORRUPTIONS)
    if strength < 0:
        raise ValueError(f"a strength must be 0 or more, but got {strength}")
    image = as_rgb(image)
    return image.copy() if strength == 0 else CORRUPTIONS[name].function(image, strength, seed)


def _moved(image: Image, angle: float = 0.0, scale: float = 1.0) -> Image:
    import cv2

    height, width = image.shape[:2]
    if scale < 1:  # OpenCV does not average when it shrinks
        sigma = 0.5 * np.sqrt(1 / scale**2 - 1)
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, scale)
    moved = cv2.warpAffine(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved, np.uint8)


def _to_linear(image: Image) -> NDArray[np.float32]:
    """Light, 0 to 1 (IEC 61966-2-1, sRGB)."""
    value = image.astype(np.float32) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _from_linear(light: NDArray[np.float32]) -> NDArray[np.float32]:
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def _as_uint8(values: NDArray[Any]) -> Image:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
