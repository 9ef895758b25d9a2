"""A second look at an image in which no hand was found: enlarged, with a border around it.

Palm detectors miss a hand that fills the frame, because in training there was always something
around it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks

TARGET_SIDE = 256
"""Pixels; images whose longer side is smaller are enlarged to it."""
LONGEST_SIDE = 2048
"""Pixels; images whose longer side is larger are reduced to it. Networks see far fewer."""
BORDER = 0.5
"""Width of the border, as a fraction of the longer side."""


def padded(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float, int]:
    """Enlarge a small image and repeat the edge pixels outwards.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)

    Returns
    -------
    image : ndarray of uint8
    scale : float
        By how much it was enlarged; less than 1 for a very large image.
    border : int
        Pixels that were added on each side, after enlarging.
    """
    import cv2

    height, width = image.shape[:2]
    longest = max(width, height)
    scale = min(max(longest, TARGET_SIDE), LONGEST_SIDE) / longest
    if scale != 1:
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        image = np.asarray(cv2.resize(image, size), np.uint8)
    border = round(BORDER * max(image.shape[:2]))
    sides = (border, border, border, border)
    return np.asarray(cv2.copyMakeBorder(image, *sides, cv2.BORDER_REPLICATE)), scale, border


def unpadded(hands: Landmarks, scale: float, border: int, image_size: tuple[int, int]) -> Landmarks:
    """Map landmarks of a `padded` image back to the image it was made from.

    Parameters
    ----------
    hands : Landmarks
    scale, border
        As `padded` returned them.
    image_size : (int, int)
        Width and height of the original image.
    """
    offset = np.array([border, border, 0], np.float32)
    return replace(
        hands,
        points=(hands.points - offset) / np.float32(scale),
        image_size=np.tile(image_size, (len(hands), 1)),
    )
