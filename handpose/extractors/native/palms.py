"""The palm network: where in an image, and which way up, hands may be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.assets import PALM_NETWORK, asset_path
from handpose.networks.regions import Regions, palm_regions
from handpose.networks.runtimes import Network, open_network
from handpose.networks.single_shot import Detections, anchors, decode
from handpose.networks.views import COARSE, FINE

LAYERS = ((8, 2), (16, 6))
"""Pixels between neighbouring anchors, and anchors at each place."""
ANCHORS = {side: anchors(side, LAYERS) for side in (FINE, COARSE)}
"""Shapes (2016, 2) and (896, 2)."""

WRIST, MIDDLE = 2, 4
"""Rows of `Palms.points`: the wrist and the base of the middle finger."""


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
        points = view.to_image(self.points)
        size = (self.points[:, 1] - self.points[:, 0]) * view.side
        centre = (points[:, 0] + points[:, 1]) / 2
        return palm_regions(centre, size, points[:, WRIST], points[:, MIDDLE])


def open_palm_network(runtime: str, threads: int, precision: str) -> Network:
    """The palm network; for coarse images too, where the runtime can change the side.

    Parameters
    ----------
    runtime, threads, precision
        As for `open_network`.
    """
    path = asset_path(PALM_NETWORK)
    return open_network(path, runtime, threads, precision, sides=(COARSE, FINE))


def decode_palms(
    boxes: NDArray[np.float32],
    logits: NDArray[np.float32],
    side: int,
    min_score: float,
    limit: int,
) -> Palms:
    """Read the output of the palm network.

    Parameters
    ----------
    boxes : ndarray of shape (n, 18)
    logits : ndarray of shape (n,)
    side : int
        Of the image, one of `ANCHORS`.
    min_score : float
    limit : int
        How many palms at most.
    """
    found = decode(boxes, logits, ANCHORS[side], side, min_score, limit)
    return Palms(found.points, found.score)
