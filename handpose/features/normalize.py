"""Normalisation: what is left of a hand when position, size and side are taken away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import PALM
from handpose.containers.skeletons import HandLandmark as H

PALM_POINTS = np.array(PALM)
SMALLEST_PALM = np.float32(1e-6)
"""Of the root of all squared distances from the wrist: a palm seen as a point has no size."""
SMALLEST_LENGTH = np.float32(1e-30)
_MIRRORED, _AS_SEEN = np.float32(-1), np.float32(1)


def palm_size(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Size of each palm: root mean square distance of its five points from their centre.

    Parameters
    ----------
    points : ndarray, shape (n, 21, d)

    Returns
    -------
    ndarray, shape (n,)
        In the unit of `points`.

    Notes
    -----
    Five points together change less than any single bone when the palm turns away from the
    camera.
    """
    palm = points.T.take(PALM_POINTS, axis=1)
    centred = palm - np.add.reduce(palm, axis=1, keepdims=True) / len(PALM_POINTS)
    squares = np.add.reduce(np.square(centred))
    return np.sqrt(np.add.reduce(squares) / len(PALM_POINTS)).astype(np.float32, copy=False)


def is_mirror_image(points: NDArray[np.float32], handedness: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Which hands have to be mirrored to look like right hands, shape (n,).

    Left hands are. A hand of unknown side counts as left if it shows the camera what a left palm
    would show: the thumb's side to the image's left, fingers up.
    """
    left, unknown = handedness == "Left", handedness == ""
    if not unknown.any():
        return left
    index = points[:, H.INDEX_FINGER_MCP, :2] - points[:, H.WRIST, :2]
    pinky = points[:, H.PINKY_MCP, :2] - points[:, H.WRIST, :2]
    turns_left = index[:, 0] * pinky[:, 1] - index[:, 1] * pinky[:, 0] > 0
    return np.where(unknown, turns_left, left)


def normalize(
    points: NDArray[np.float32], handedness: NDArray[np.str_], *, rotate: bool = False
) -> NDArray[np.float32]:
    """Move the wrist to the origin, the palm to size 1, and every hand to the right side.

    Parameters
    ----------
    points : ndarray of float32, shape (n, 21, d), d = 2 or 3
        In any unit, y down. Rows of NaN stay NaN.
    handedness : ndarray of str, shape (n,)
        ``"Left"``, ``"Right"`` or ``""``.
    rotate : bool, default=False
        Also turn the hand in the image plane until the middle finger's knuckle is straight above
        the wrist.

    Returns
    -------
    ndarray of float32, shape (n, 21, d)
        Stored with the hands innermost: its transpose is contiguous.
    """
    landmarks = np.subtract(points.T, points[:, :1].T, order="C")
    palms = palm_size(landmarks[:2].T)
    landmarks /= np.maximum(palms, smallest_palm(landmarks))
    landmarks[0] *= np.where(is_mirror_image(points, handedness), _MIRRORED, _AS_SEEN)
    return (_upright(landmarks) if rotate else landmarks).T


def smallest_palm(landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a palm's size is at least, shape (n,).

    Parameters
    ----------
    landmarks : ndarray of float32, shape (d, 21, n)
        Of n hands, seen from the wrist.
    """
    squares = np.square(landmarks[:2], dtype=np.float64)
    reach = np.sqrt(np.add.reduce(squares, axis=(0, 1))).astype(np.float32)
    return np.maximum(reach * SMALLEST_PALM, SMALLEST_LENGTH)


def _upright(landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Landmarks of shape (d, 21, n), turned in place."""
    x, y = landmarks[:2].copy()
    axis_x, axis_y = x[H.MIDDLE_FINGER_MCP], y[H.MIDDLE_FINGER_MCP]
    length = np.maximum(np.sqrt(np.square(axis_x) + np.square(axis_y)), SMALLEST_PALM)
    cos, sin = -axis_y / length, axis_x / length
    landmarks[0] = cos * x + sin * y
    landmarks[0, H.MIDDLE_FINGER_MCP] *= 0  # but for rounding; NaN stays
    landmarks[1] = -sin * x + cos * y
    return landmarks
