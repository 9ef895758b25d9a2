"""Decoding of single-shot detectors (BlazePalm, BlazeFace)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from handpose.networks.regions import Floats

MIN_OVERLAP = 0.3
"""Intersection over union above which two boxes are merged (MediaPipe's graphs)."""
_TINY = np.finfo(float).tiny


@dataclass(frozen=True)
class Detections:
    """The detections in one square, by falling score.

    Attributes
    ----------
    points : ndarray of shape (n, 2 + k, 2)
        Top left and bottom right corner of the box, then k key points; relative to the square.
    score : ndarray of shape (n,)
        Between 0 and 1.
    """

    points: Floats
    score: Floats

    def __len__(self) -> int:
        return len(self.score)


def anchors(size: int, layers: Sequence[tuple[int, int]]) -> Floats:
    """Centres of a network's anchors, corners of the input at 0 and 1.

    Parameters
    ----------
    size : int
        Side of the input in pixels.
    layers : sequence of (int, int)
        Pixels between neighbouring anchors, and anchors at each place.

    Returns
    -------
    ndarray of shape (n, 2)
    """
    centres = []
    for stride, count in layers:
        axis = (np.arange(size // stride) + 0.5) * stride / size
        x, y = np.meshgrid(axis, axis)
        centres.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), count, axis=0))
    return np.concatenate(centres)


def decode(
    boxes: NDArray[np.float32],
    logits: NDArray[np.float32],
    centres: Floats,
    size: int,
    min_score: float,
    limit: int,
) -> Detections:
    """Read the output of a network.

    Overlapping boxes are merged: their mean, weighted by score.

    Parameters
    ----------
    boxes : ndarray of shape (n, 4 + 2 k)
        Centre, size and k key points as offsets from the anchors, in pixels of the input.
    logits : ndarray of shape (n,)
    centres : ndarray of shape (n, 2)
        See `anchors`.
    size : int
        Side of the input in pixels.
    min_score : float
    limit : int
        Most detections.
    """
    rows = np.flatnonzero(logits >= log(min_score / (1 - min_score)))
    rows = rows[np.argsort(-logits[rows], kind="stable")]
    score = 1 / (1 + np.exp(-logits[rows].astype(np.float64)))
    points = boxes[rows].reshape(len(rows), boxes.shape[1] // 2, 2) / np.float64(size)
    half = points[:, 1] / 2
    points[:, 1] = points[:, 0] + half
    points[:, 0] -= half
    points += centres[rows, None]
    return _blended(points, score, limit)


def _blended(points: Floats, score: Floats, limit: int) -> Detections:
    none = points[:0]
    blends: list[Floats] = []
    scores: list[float] = []
    while len(score) and len(blends) < limit:
        same = overlap(points[0], points) > MIN_OVERLAP
        same[0] = True  # even if the box has no area
        weight = score[same] / score[same].sum()
        blends.append(np.einsum("i,ijk->jk", weight, points[same]))
        scores.append(score[0])
        points, score = points[~same], score[~same]
    return Detections(np.array(blends) if blends else none, np.array(scores))


def overlap(box: Floats, boxes: Floats) -> Floats:
    """Intersection over union of upright boxes.

    Parameters
    ----------
    box : ndarray of shape (2 or more, 2)
        Top left and bottom right corner; further points are ignored.
    boxes : ndarray of shape (n, 2 or more, 2)

    Returns
    -------
    ndarray of shape (n,)
    """
    common = np.minimum(boxes[:, 1], box[1]) - np.maximum(boxes[:, 0], box[0])
    shared = _area(np.maximum(common, 0))
    union = _area(boxes[:, 1] - boxes[:, 0]) + _area(box[1] - box[0]) - shared
    return np.asarray(shared / np.maximum(union, _TINY))


def _area(size: Floats) -> Floats:
    return np.asarray(size[..., 0] * size[..., 1])
