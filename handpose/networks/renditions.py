"""Renditions: a picture as it would look in better light, searched where nothing is sure in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
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


RENDITIONS: tuple[Rendition, ...] = (
    brightened,
    *(partial(denoised, strength=strength) for strength in STRENGTHS),
)
"""In the order in which they are searched; each is None for a picture that does not need it."""


def renditions(picture: Picture) -> Iterator[Picture]:
    """The picture itself, then what `RENDITIONS` make of it."""
    yield picture
    for rendition in RENDITIONS:
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


def _array(image: Any) -> NDArray[np.uint8]:
    return np.asarray(image, np.uint8)
