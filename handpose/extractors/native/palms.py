"""The palm network: where in an image, and which way up, hands may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.extractors.native.regions import Floats, Regions, palm_regions

INPUT_SIZE = 192
MIN_OVERLAP = 0.3
"""Intersection over union from which two boxes are one palm (MediaPipe's graph)."""

_STRIDES = ((8, 2), (16, 6))
"""Pixels between neighbouring anchors and anchors at each place, a layer each."""

_WRIST, _MIDDLE = 2, 4
"""Rows of a decoded palm: two corners, then seven key points from the wrist to the thumb."""


@dataclass(frozen=True)
class Palms:
    """Palms that may be hands, the surest first.

    Attributes
    ----------
    points : ndarray of shape (n, 9, 2)
        Least and greatest corner of the box, then seven key points: wrist, the bases of index,
        middle, ring and little finger, two of the thumb.
    score : ndarray of shape (n,)
        Between 0 and 1.
    """

    points: Floats
    score: Floats

    def __len__(self) -> int:
        return len(self.score)

    def regions(self, view: Regions) -> Regions:
        """Where the hands of these palms should be, in pixels of the image.

        Parameters
        ----------
        view : Regions
            The one square of the image in which the palms were found.
        """
        points = view[np.zeros(len(self), int)].to_image(self.points)
        size = (self.points[:, 1] - self.points[:, 0]) * view.side[0]
        return palm_regions(points[:, :2].mean(1), size, points[:, _WRIST], points[:, _MIDDLE])


def anchors() -> Floats:
    """Centres of the network's 2,016 anchors, corners of the input at 0 and 1, shape (2016, 2)."""
    layers = []
    for stride, count in _STRIDES:
        axis = (np.arange(INPUT_SIZE // stride) + 0.5) * stride / INPUT_SIZE
        x, y = np.meshgrid(axis, axis)
        layers.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), count, axis=0))
    return np.concatenate(layers)


_ANCHORS = anchors()


def decode_palms(
    boxes: NDArray[np.float32], logits: NDArray[np.float32], min_score: float, limit: int
) -> Palms:
    """Read the output of the palm network.

    Boxes that overlap are one palm; it takes their mean, weighted by score.

    Parameters
    ----------
    boxes : ndarray of shape (2016, 18)
        Centre, size and seven key points as offsets from the anchors, in pixels of the input.
    logits : ndarray of shape (2016,)
    min_score : float
    limit : int
        How many palms at most.
    """
    rows = np.flatnonzero(logits >= np.log(min_score / (1 - min_score)))
    rows = rows[np.argsort(-logits[rows], kind="stable")]
    score = 1 / (1 + np.exp(-logits[rows].astype(np.float64)))
    points = boxes[rows].reshape(-1, 9, 2).astype(np.float64) / INPUT_SIZE
    half = points[:, 1] / 2
    points[:, 1] = points[:, 0] + half
    points[:, 0] -= half
    return _blended(points + _ANCHORS[rows][:, None], score, limit)


def _blended(points: Floats, score: Floats, limit: int) -> Palms:
    blends: list[Floats] = []
    scores: list[float] = []
    while len(score) and len(blends) < limit:
        same = overlap(points[0], points) > MIN_OVERLAP
        same[0] = True  # even where a box has no area
        weight = score[same]
        blends.append((weight[:, None, None] * points[same]).sum(0) / weight.sum())
        scores.append(score[0])
        points, score = points[~same], score[~same]
    return Palms(np.array(blends).reshape(-1, 9, 2), np.array(scores))


def overlap(box: Floats, boxes: Floats) -> Floats:
    """Intersection over union of upright boxes.

    Parameters
    ----------
    box : ndarray of shape (2 or more, 2)
        Least and greatest corner; what follows is not looked at.
    boxes : ndarray of shape (n, 2 or more, 2)

    Returns
    -------
    ndarray of shape (n,)
    """
    common = np.minimum(boxes[:, 1], box[1]) - np.maximum(boxes[:, 0], box[0])
    shared = np.maximum(common, 0).prod(1)
    union = (boxes[:, 1] - boxes[:, 0]).prod(1) + (box[1] - box[0]).prod() - shared
    return np.asarray(shared / np.maximum(union, np.finfo(float).tiny))
