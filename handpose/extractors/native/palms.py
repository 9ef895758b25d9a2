"""The palm network: where in an image, and which way up, hands may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.extractors.native.regions import Regions, palm_regions
from handpose.extractors.native.single_shot import Detections, anchors, decode

INPUT_SIZE = 192
ANCHORS = anchors(INPUT_SIZE, ((8, 2), (16, 6)))
"""Shape (2016, 2)."""

_WRIST, _MIDDLE = 2, 4


@dataclass(frozen=True)
class Palms(Detections):
    """Palms that may be hands.

    The seven key points are the wrist, the bases of index, middle, ring and little finger, and two
    of the thumb.
    """

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


def decode_palms(
    boxes: NDArray[np.float32], logits: NDArray[np.float32], min_score: float, limit: int
) -> Palms:
    """Read the output of the palm network.

    Parameters
    ----------
    boxes : ndarray of shape (2016, 18)
    logits : ndarray of shape (2016,)
    min_score : float
    limit : int
        How many palms at most.
    """
    found = decode(boxes, logits, ANCHORS, INPUT_SIZE, min_score, limit)
    return Palms(found.points, found.score)
