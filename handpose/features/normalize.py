"""Normalisation: what is left of a hand when position, size and side are taken away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handpose.skeletons import HandLandmark as H

_PALM = [H.WRIST, H.INDEX_FINGER_MCP, H.MIDDLE_FINGER_MCP, H.RING_FINGER_MCP, H.PINKY_MCP]
_SMALLEST_PALM = 1e-6


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
    palm = points[:, _PALM]
    centred = palm - palm.mean(1, keepdims=True)
    return np.sqrt(np.square(centred).sum(2).mean(1)).astype(np.float32)


def is_mirror_image(points: NDArray[np.float32], handedness: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Which hands have to be mirrored to look like right hands, shape (n,).

    Left hands are. Where nobody said which hand it is, a hand that shows the camera what a left
    palm would show (thumb side to the image's left, fingers up) counts as left.
    """
    index = points[:, H.INDEX_FINGER_MCP, :2] - points[:, H.WRIST, :2]
    pinky = points[:, H.PINKY_MCP, :2] - points[:, H.WRIST, :2]
    turns_left = index[:, 0] * pinky[:, 1] - index[:, 1] * pinky[:, 0] > 0
    return np.where(handedness == "", turns_left, handedness == "Left")


def normalize(
    points: NDArray[np.float32], handedness: NDArray[np.str_], *, rotate: bool = False
) -> NDArray[np.float32]:
    """Move the wrist to the origin, the palm to size 1, and every hand to the right side.

    Parameters
    ----------
    points : ndarray of float32, shape (n, 21, d), d = 2 or 3
        Pixels, y down. Rows of NaN stay NaN.
    handedness : ndarray of str, shape (n,)
        ``"Left"``, ``"Right"`` or ``""``.
    rotate : bool, default=False
        Also turn the hand in the image plane until the middle finger's knuckle is straight above
        the wrist.

    Returns
    -------
    ndarray of float32, shape (n, 21, d)
    """
    scale = np.maximum(palm_size(points[..., :2]), np.float32(_SMALLEST_PALM))
    hands = ((points - points[:, :1]) / scale[:, None, None]).astype(np.float32, copy=False)
    hands[is_mirror_image(points, handedness), :, 0] *= -1
    return _upright(hands) if rotate else hands


def _upright(hands: NDArray[np.float32]) -> NDArray[np.float32]:
    axis = hands[:, H.MIDDLE_FINGER_MCP, :2]
    length = np.maximum(np.linalg.norm(axis, axis=1), np.float32(_SMALLEST_PALM))
    cos, sin = -axis[:, 1] / length, axis[:, 0] / length
    x, y = hands[..., 0].copy(), hands[..., 1].copy()
    hands[..., 0] = cos[:, None] * x + sin[:, None] * y
    hands[..., 1] = -sin[:, None] * x + cos[:, None] * y
    return hands
