"""Hands in other colours: gloves and tinted skin, made from photos of bare hands."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import HAND_CONNECTIONS, PALM

Image = NDArray[np.uint8]

FINGER, SPREAD = 0.2, 0.5
"""Width of what is hand for certain around each bone, and of what may be, in palm lengths."""
CUTS = 3


@dataclass(frozen=True)
class Tint:
    """What a hand's colour becomes; its light and shade stay.

    Attributes
    ----------
    hue : int
        0 to 179.
    saturation : int
        0 to 255.
    median : int
        Value of the hand's median pixel, 0 to 255.
    """

    hue: int
    saturation: int
    median: int


TINTS = {
    "blue": Tint(112, 190, 140),
    "green": Tint(62, 180, 120),
    "purple": Tint(140, 170, 120),
    "black": Tint(110, 40, 38),
    "white": Tint(100, 12, 215),
    "red": Tint(176, 205, 165),
    "yellow": Tint(28, 200, 205),
    "pink": Tint(166, 130, 215),
}


def hand_mask(image: Image, hands: Landmarks, row: int = 0) -> NDArray[np.float32]:
    """How much each pixel belongs to a hand, from 0 to 1: cut out around its landmarks.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    hands : Landmarks
    row : int
        Which of the hands.
    """
    points = hands.points[row, :, :2]
    palm = float(np.linalg.norm(points[PALM[2]] - points[PALM[0]]))
    sure, maybe = _around(image, points, FINGER * palm), _around(image, points, SPREAD * palm)
    marks = np.where(maybe, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    marks[_around(image, points, 1.8 * FINGER * palm)] = cv2.GC_PR_FGD
    marks[sure] = cv2.GC_FGD
    cv2.setRNGSeed(0)
    cv2.grabCut(
        image, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), CUTS, cv2.GC_INIT_WITH_MASK
    )
    mask = np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(0.6, 0.02 * palm)), np.float32)


def recolored(image: Image, mask: NDArray[np.float32], tint: Tint) -> Image:
    """An image whose hand has another colour."""
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV).astype(np.float32)
    shade = hsv[..., 2] / max(1.0, float(np.median(hsv[..., 2][mask > 0.5])))
    value = np.clip(tint.median * shade, 0, 255)
    hue, saturation = np.full_like(value, tint.hue), np.full_like(value, tint.saturation)
    glove = np.stack([hue, saturation, value], -1).astype(np.uint8)
    rgb = cv2.cvtColor(glove, cv2.COLOR_HSV2RGB)
    mixed = mask[..., None] * rgb + (1 - mask[..., None]) * image
    return np.asarray(mixed.round(), np.uint8)


def _around(image: Image, points: NDArray[np.float64], width: float) -> NDArray[np.bool_]:
    """Pixels near the bones and on the palm."""
    drawn = np.zeros(image.shape[:2], np.uint8)
    at = points.round().astype(np.int32)
    for a, b in HAND_CONNECTIONS:
        cv2.line(drawn, at[a].tolist(), at[b].tolist(), 1, max(1, round(width)))
    cv2.fillPoly(drawn, [at[[0, 1, 5, 9, 13, 17]]], 1)
    return drawn.astype(bool)
