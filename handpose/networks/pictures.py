"""A picture as networks look at it: smaller copies of it, and brighter or smoother ones."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

MANY_PIXELS = 2_000_000
"""From which on a copy with four channels takes longer than its crops save."""

WHITE = 99.5
"""Percentile of a small copy's values that `Picture.cleared` makes white."""
DARK = 150
"""Below this value at `WHITE`, light is evened."""
GRAIN = 8.0
"""Grey levels of noise from which on `Picture.cleared` smoothes."""
SMOOTHING = (16.0, 4.0)
"""Grey levels of noise for one pixel of smoothing (its standard deviation), and pixels at most."""
_SMALL = 64
_SAMPLE = 512
"""Pixels across of the middle of a picture in which its noise is estimated."""
_SECOND_DIFFERENCES = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


class Picture:
    """An image, with copies of half its size, and of half of that, as they are needed.

    A network that sees a large image in few pixels would otherwise see every tenth of its pixels,
    and the grain of these.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    """

    def __init__(self, rgb: NDArray[np.uint8]):
        self.rgb = rgb
        self.height, self.width = rgb.shape[:2]
        self._levels = [_for_crops(rgb)]

    def level(self, shrink: float) -> tuple[NDArray[np.uint8], float, float]:
        """The smallest copy that is still to be shrunk, or not enlarged, and its scale.

        Parameters
        ----------
        shrink : float
            Pixels of the image for one of what a network sees.

        Returns
        -------
        image : ndarray of uint8, shape (h, w, 3 or 4)
        across, down : float
            Its width and height, relative to the whole image's.
        """
        number = max(0, int(np.log2(max(shrink, 1))))
        while len(self._levels) <= number:
            last = self._levels[-1]
            size = (max(1, last.shape[1] // 2), max(1, last.shape[0] // 2))
            self._levels.append(_array(cv2.resize(last, size, interpolation=cv2.INTER_AREA)))
        image = self._levels[number]
        return image, image.shape[1] / self.width, image.shape[0] / self.height

    @cached_property
    def cleared(self) -> Picture | None:
        """The picture with evened light if it is dark, smoothed if it is grainy; else None."""
        white = self._white()
        dark = 0 < white < DARK
        gain = 255 / white if dark else 1.0
        grain = noise(self.rgb) * gain
        if not dark and grain < GRAIN:
            return None
        rgb = self.rgb
        if grain >= GRAIN:
            pixels = min(grain / SMOOTHING[0], SMOOTHING[1])
            rgb = _array(cv2.GaussianBlur(rgb, (0, 0), pixels))
        return Picture(_array(cv2.convertScaleAbs(rgb, alpha=gain)))

    def _white(self) -> float:
        small, _, _ = self.level(max(self.width, self.height) / _SMALL)
        return float(np.percentile(small[..., :3], WHITE))


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


def _for_crops(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As it is cropped fastest: RGBA, unless the copy takes longer than it saves."""
    if rgb.shape[0] * rgb.shape[1] > MANY_PIXELS:
        return rgb
    return _array(cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA))


def _array(image: Any) -> NDArray[np.uint8]:
    return np.asarray(image, np.uint8)
