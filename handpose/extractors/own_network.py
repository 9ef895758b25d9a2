"""A trained net in the place of the landmark network of our own extractor."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS
from handpose.containers.skeletons import HAND
from handpose.errors import HandposeError
from handpose.extractors.native.hands import INPUT_SIZE
from handpose.keypoint_net.estimator import KeypointNet


class HandNetwork:
    """What `handpose.extractors.native` asks of its landmark network, answered by a `KeypointNet`.

    Such a net knows neither depth nor handedness, nor whether a hand is there at all: z is 0,
    metres are NaN, either hand is as probable, and every region is a hand. So its regions should
    come from the palm network in every frame.

    Parameters
    ----------
    net : KeypointNet
        Fitted, with 21 points, on crops that are upright as those of
        `handpose.networks.regions.hand_regions`.

    Raises
    ------
    HandposeError
        If the net has another number of points.
    """

    def __init__(self, net: KeypointNet):
        if net.skeleton != HAND:
            raise HandposeError(
                f"a hand has {N_LANDMARKS} points, but this net places the {len(net.skeleton)} of "
                f"{net.skeleton.name!r}, which handpose live --extractor shows; one for hands is "
                "trained with skeleton=HAND"
            )
        self._net = net
        self.sides = (INPUT_SIZE,)

    def __call__(self, images: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Points, presence, handedness and metres of crops (n, side, side, 3).

        Returns
        -------
        list of ndarray
            (n, 63) x, y, z in pixels of the crop; (n, 1) and (n, 1) probabilities; (n, 63).
        """
        n = len(images)
        points = np.zeros((n, N_LANDMARKS, 3), np.float32)
        points[..., :2] = self._net.predict(images)
        return [
            points.reshape(n, -1),
            np.ones((n, 1), np.float32),
            np.full((n, 1), 0.5, np.float32),
            np.full((n, 3 * N_LANDMARKS), np.nan, np.float32),
        ]
