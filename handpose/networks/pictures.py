"""A picture as networks look at it: with copies of it in smaller sizes."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


class Picture:
    """An image, with copies of half its size, and of half of that, as they are needed.

    A network that sees a large image in few pixels would otherwise see every tenth of its pixels,
    and the grain of these.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    evidence : float, default=0.0
        What it adds to the logarithm of the odds of a hand that it is seen in this picture, which
        may be made from another one.
    """

    def __init__(self, rgb: NDArray[np.uint8], evidence: float = 0.0):
        self.rgb = rgb
        self.evidence = evidence
        self.height, self.width = rgb.shape[:2]
        self._levels = [rgb]

    def level(self, shrink: float) -> tuple[NDArray[np.uint8], float, float]:
        """The smallest copy that is still to be shrunk, or not enlarged, and its scale.

        Parameters
        ----------
        shrink : float
            Pixels of the image for one of what a network sees.

        Returns
        -------
        image : ndarray of uint8, shape (h, w, 3)
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


def _array(image: Any) -> NDArray[np.uint8]:
    return np.asarray(image, np.uint8)
