"""`GeneratedFeatures`: feature blocks, and crossings of what they measure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handpose.features.crossings import base_values, crossed, parse_crossing
from handpose.features.landmark_features import LandmarkFeatures
from handpose.features.normalize import normalize


class GeneratedFeatures(LandmarkFeatures):
    """Turn hands into the vectors of `LandmarkFeatures` with crossings behind them.

    Parameters
    ----------
    blocks : str or sequence of str, default="geometry"
        As for `LandmarkFeatures`.
    crossings : sequence of str
        Ratios, differences and products of two measurements, such as
        ``"distance(THUMB_TIP, INDEX_FINGER_TIP) / distance(WRIST, MIDDLE_FINGER_MCP)"``. Distances
        are in palm sizes; ``"flexion(INDEX_FINGER_PIP)"`` and ``"spread(INDEX, MIDDLE)"`` are in
        radians.
    rotate, depth : bool, default=False
        As for `LandmarkFeatures`.

    Attributes
    ----------
    n_features_out_ : int

    Examples
    --------
    >>> import numpy as np
    >>> hand = np.random.default_rng(0).uniform(0, 100, (1, 21, 3))
    >>> pinch = "distance(THUMB_TIP, INDEX_FINGER_TIP) / distance(WRIST, MIDDLE_FINGER_MCP)"
    >>> GeneratedFeatures("angles", [pinch]).fit_transform(hand).shape
    (1, 21)
    """

    def __init__(
        self,
        blocks: str | Sequence[str] = "geometry",
        crossings: Sequence[str] = (),
        *,
        rotate: bool = False,
        depth: bool = False,
    ):
        super().__init__(blocks, rotate=rotate, depth=depth)
        self.crossings = crossings

    def _compute(
        self, points: NDArray[np.float32], handedness: NDArray[np.str_]
    ) -> NDArray[np.float32]:
        plain = super()._compute(points, handedness)
        parsed = [parse_crossing(name) for name in self.crossings]
        hands = normalize(points[..., : len(self._axes())], handedness, rotate=self.rotate)
        return np.concatenate([plain, crossed(base_values(hands), parsed)], axis=1)

    def _names(self) -> list[str]:
        for name in self.crossings:
            parse_crossing(name)
        return [*super()._names(), *self.crossings]
