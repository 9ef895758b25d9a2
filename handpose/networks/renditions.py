"""Renditions: a picture in better light, or in the colours of skin, searched where nothing is sure
in it.

The networks know hands by their skin: of gloved or painted ones they miss most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from math import ceil, log2
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.networks.pictures import Picture

WHITE = 99.5
"""Percentile of the values of a small copy that becomes white in a dark picture."""
DARK = 150
"""A picture is dark if its value at `WHITE` is lower."""
GRAIN = 8.0
"""Noise of a grainy picture in grey levels (standard deviation), after its light was evened."""
GRAINY_SIDE = 640
"""A grainy picture is first averaged down to this side or less, and at least to its half."""
STRENGTHS = 1.0, 1.5
"""Of denoising, in standard deviations of the noise: the first keeps small hands, the second
clears large ones better."""
_SMALL = 64
_SAMPLE = 512
"""Side of the middle of a picture in which its noise is estimated."""
_PATCH, _WINDOW = 3, 9
"""Sides of what non-local means compares and where it looks: 50 ms for 640 x 480 pixels."""
_SECOND_DIFFERENCES = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)

SKIN_HUE, SKIN_SATURATION = 10, (50, 110)
"""Of skin, in OpenCV's units: hue to 180, saturation to 255."""
LIFT = 0.5
"""Exponent of the brightness of `skin_toned`: black gloves become as bright as skin."""
SKIN_TONES = (
    (0, 40, 110, 180, 255),
    (0, 58, 150, 224, 255),
    (0, 32, 100, 172, 238),
    (0, 24, 80, 145, 226),
)
"""From shade to light: brightness, then red, green and blue of skin."""
RECOLORED_EVIDENCE = -2.0
"""What it adds to a hand's evidence that it was seen in other colours: 0.985 then counts as 0.9. Of
67 gloved hands in each of eight colours 3 at most are lost by it, and of 316 pictures without hands
15 would otherwise show one in other colours, and now none does."""

Rendition = Callable[[Picture], "Picture | None"]


def brightened(picture: Picture) -> Picture | None:
    """A dark picture with its brightest pixels made white, if it is not grainy."""
    gain = _gain(picture)
    if gain == 1 or noise(picture.rgb) * gain >= GRAIN:
        return None
    return Picture(_array(cv2.convertScaleAbs(picture.rgb, alpha=gain)))


def denoised(picture: Picture, strength: float) -> Picture | None:
    """A grainy picture without its grain, and brightened if it is dark."""
    gain = _gain(picture)
    if noise(picture.rgb) * gain < GRAIN:
        return None
    halvings = max(1, ceil(log2(max(picture.width, picture.height) / GRAINY_SIDE)))
    small, _, _ = picture.level(2**halvings)
    bright = _array(cv2.convertScaleAbs(small[..., :3], alpha=gain))
    h = strength * noise(bright)
    clean = cv2.fastNlMeansDenoising(
        bright, None, h=h, templateWindowSize=_PATCH, searchWindowSize=_WINDOW
    )
    return Picture(_array(cv2.resize(clean, (picture.width, picture.height))))


def skin_hued(picture: Picture) -> Picture:
    """A picture with everything in the hue of skin, its light and shade unchanged: for gloves."""
    hsv = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = SKIN_HUE
    np.clip(hsv[..., 1], *SKIN_SATURATION, out=hsv[..., 1])
    return Picture(_array(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)), RECOLORED_EVIDENCE)


def skin_toned(picture: Picture) -> Picture:
    """A picture in shades of skin, its dark parts brightened: for black gloves."""
    return Picture(_tones()[picture.rgb.max(2)], RECOLORED_EVIDENCE)


LIGHT: tuple[Rendition, ...] = (
    brightened,
    *(partial(denoised, strength=strength) for strength in STRENGTHS),
)
"""Each is None for a picture that does not need it."""
COLORS: tuple[Rendition, ...] = (skin_hued, skin_toned)
RENDITIONS = LIGHT + COLORS
"""In the order in which they are searched."""
COSTLY = 2
"""Number of the first that may take longer than the networks; to brighten takes a millisecond."""


def renditions(picture: Picture) -> Iterator[Picture]:
    """The picture itself, then what `LIGHT` makes of it."""
    yield picture
    for rendition in LIGHT:
        seen = rendition(picture)
        if seen is not None:
            yield seen


def recolored(picture: Picture) -> Iterator[Picture]:
    """What `COLORS` make of a picture."""
    for rendition in COLORS:
        seen = rendition(picture)
        if seen is not None:
            yield seen


def rendition(picture: Picture, number: int) -> Picture:
    """The picture itself for 0, else what one of `RENDITIONS` makes of it, if it needs it."""
    return (RENDITIONS[number - 1](picture) if number else None) or picture


def noise(rgb: NDArray[np.uint8]) -> float:
    """Standard deviation of the grain in the middle of an image, in grey levels.

    J. Immerkaer, Fast noise variance estimation, Computer Vision and Image Understanding 64, 1996.
    """
    height, width = rgb.shape[:2]
    if min(height, width) < 3:
        return 0.0
    top, left = max(0, (height - _SAMPLE) // 2), max(0, (width - _SAMPLE) // 2)
    grey = cv2.cvtColor(rgb[top : top + _SAMPLE, left : left + _SAMPLE], cv2.COLOR_RGB2GRAY)
    differences = cv2.filter2D(grey, cv2.CV_32F, _SECOND_DIFFERENCES)[1:-1, 1:-1]
    return float(np.sqrt(np.pi / 2) * np.abs(differences).mean() / 6)


def _gain(picture: Picture) -> float:
    """By which the values of a dark picture are multiplied; 1 for any other."""
    small, _, _ = picture.level(max(picture.width, picture.height) / _SMALL)
    white = float(np.percentile(small[..., :3], WHITE))
    return 255 / white if 0 < white < DARK else 1.0


@cache
def _tones() -> NDArray[np.uint8]:
    """Colour of skin for each brightness, shape (256, 3)."""
    lifted = 255 * (np.arange(256) / 255) ** LIFT
    brightness, *channels = SKIN_TONES
    tones = [np.interp(lifted, brightness, channel) for channel in channels]
    return _array(np.stack(tones, axis=-1).round())


def _array(image: Any) -> NDArray[np.uint8]:
    return np.asarray(image, np.uint8)
