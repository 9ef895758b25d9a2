"""Hands and captions on one picture."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.drawing.plates import text_plate
from handpose.drawing.skeletons import draw_skeleton

SMALLEST_SIDE = 480
"""Pixels of the longer side to which a smaller picture is enlarged."""


def annotate(
    image: NDArray[np.uint8], hands: Landmarks, captions: Sequence[str] = ()
) -> NDArray[np.uint8]:
    """Draw hands, one colour a finger, each with a caption; what is unsure is drawn faintly.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        RGB. A small image is enlarged, so that lines and letters stay sharp.
    hands : Landmarks
    captions : sequence of str, optional
        One for each hand; an empty one is left out.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        A new image, its longer side at least 480 pixels.
    """
    picture, zoom = enlarged(image)
    seen = hands[hands.detected]
    for points, scores in zip(seen.points[..., :2], seen.point_scores, strict=True):
        draw_skeleton(picture, points * zoom, point_scores=scores)
    for hand, caption in zip(hands, captions, strict=False):
        if caption and hand.detected[0]:
            caption_above(picture, hand.points[0, :, :2] * zoom, caption)
    return picture


def enlarged(image: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """A copy of an image, its longer side at least 480 pixels, and by how much it grew."""
    zoom = max(1.0, SMALLEST_SIDE / max(image.shape[:2]))
    if zoom == 1:
        return np.array(image), zoom
    size = (round(image.shape[1] * zoom), round(image.shape[0] * zoom))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8), zoom


def caption_above(picture: NDArray[np.uint8], points: NDArray[np.floating], caption: str) -> None:
    """Write above a hand or a face, inside the picture.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
        Changed in place.
    points : ndarray of shape (k, 2)
        What it is written above, pixels.
    caption : str
    """
    height, width = picture.shape[:2]
    plate = text_plate(caption, max(14, round(max(height, width) / 26)))
    (x0, y0), (x1, _) = points.min(0), points.max(0)
    x = np.clip((x0 + x1 - plate.width) / 2, 0, max(width - plate.width, 0))
    y = np.clip(y0 - plate.height * 4 / 3, 0, max(height - plate.height, 0))
    plate.paste(picture, float(x), float(y))
