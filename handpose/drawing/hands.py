"""Hands, one colour a finger, dark outlines so that they show on any background."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.skeletons import FINGERS

Colour = tuple[int, int, int]

FINGER_COLOURS: dict[str, Colour] = {
    "thumb": (251, 146, 60),
    "index": (250, 204, 21),
    "middle": (74, 222, 128),
    "ring": (56, 189, 248),
    "pinky": (192, 132, 252),
}
PALM_COLOUR: Colour = (241, 245, 249)
INK: Colour = (15, 23, 42)

_SUBPIXEL_BITS = 4
_FAR = 2.0**20
"""Pixels beyond which OpenCV's integers would overflow."""

_CHAINS: list[tuple[tuple[int, ...], Colour]] = [
    ((1, 0, 5, 9, 13, 17, 0), PALM_COLOUR),
    *((joints, FINGER_COLOURS[finger]) for finger, joints in FINGERS.items()),
]
_JOINTS: list[tuple[int, Colour]] = [(0, PALM_COLOUR)] + [
    (joint, FINGER_COLOURS[finger]) for finger, joints in FINGERS.items() for joint in joints
]


def draw_hand(picture: NDArray[np.uint8], points: NDArray[np.floating]) -> None:
    """Draw one hand into a picture.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
        RGB, contiguous; changed in place.
    points : ndarray of shape (21, 2)
        Pixels.
    """
    extent = float((points.max(0) - points.min(0)).max())
    width = max(round(extent / 45), round(max(picture.shape[:2]) / 320), 1)
    fixed = np.clip(points - 0.5, -_FAR, _FAR) * (1 << _SUBPIXEL_BITS)
    places = fixed.round().astype(np.int32)
    chains = [(places.take(joints, axis=0), colour) for joints, colour in _CHAINS]
    options = {"lineType": cv2.LINE_AA, "shift": _SUBPIXEL_BITS}
    outline = width + max(2, width)
    cv2.polylines(picture, [chain for chain, _ in chains], False, INK, outline, **options)
    for chain, colour in chains:
        cv2.polylines(picture, [chain], False, colour, width, **options)
    radius = round(width * 1.5 * (1 << _SUBPIXEL_BITS))
    rim = max(round(width / 2), 1) << _SUBPIXEL_BITS
    centres = places.tolist()
    for joint, colour in _JOINTS:
        cv2.circle(picture, centres[joint], radius + rim, INK, -1, **options)
        cv2.circle(picture, centres[joint], radius, colour, -1, **options)
