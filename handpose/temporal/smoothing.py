"""Smooth points: a One-Euro filter for each thing that is followed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.features.normalize import palm_size
from handpose.temporal.one_euro import FilterState, Floats, OneEuroFilter


class PointSmoother:
    """Filters the points of several things at once.

    Parameters
    ----------
    min_cutoff, beta, d_cutoff : float
        As in `OneEuroFilter`; beta in Hz for each unit a second.
    """

    def __init__(self, min_cutoff: float, beta: float, d_cutoff: float):
        self._filter = OneEuroFilter(min_cutoff, beta, d_cutoff)
        self._known: dict[int, tuple[float, Floats, Floats]] = {}

    def smooth(
        self, points: Floats, ids: NDArray[np.intp], timestamp_ms: float, unit: Floats
    ) -> Floats:
        """Smooth the points of the next frame; what is new stays as it was measured.

        Parameters
        ----------
        points : ndarray of float, shape (n, ..., axes)
        ids : ndarray of int, shape (n,)
            Numbers, see `Tracker`.
        timestamp_ms : float
            Must grow from call to call.
        unit : ndarray that broadcasts to the points
            What speeds are measured in.
        """
        if not len(points):
            return points
        seconds, numbers = timestamp_ms / 1000, ids.tolist()
        before, times = self._recalled(numbers, points, seconds)
        elapsed = (seconds - np.array(times)).reshape(-1, *[1] * (points.ndim - 1))
        now = self._filter.step(before, points, elapsed, unit)
        for number, value, slope in zip(numbers, now.value, now.slope, strict=True):
            self._known[number] = seconds, value, slope
        return now.value

    def forget(self, ids: Iterable[int]) -> None:
        """Forget things that are gone."""
        for number in ids:
            self._known.pop(number, None)

    def _recalled(
        self, numbers: list[int], measured: Floats, seconds: float
    ) -> tuple[FilterState, list[float]]:
        """What is known, and since when; what is new is at rest where it was measured."""
        known = [
            self._known.get(number, (seconds - 1, value, np.zeros_like(value)))
            for number, value in zip(numbers, measured, strict=True)
        ]
        values, slopes = ([row[column] for row in known] for column in (1, 2))
        return FilterState(np.array(values), np.array(slopes)), [row[0] for row in known]


class LandmarkSmoother:
    """Filters the landmarks of several hands at once.

    Speeds count in palm sizes a second (`handpose.features.normalize.palm_size`), so that neither
    the resolution nor the distance of the hand changes what the parameters mean.

    Parameters
    ----------
    min_cutoff, beta, d_cutoff : float
        As in `OneEuroFilter`; beta in Hz for each palm size a second.
    """

    def __init__(self, min_cutoff: float, beta: float, d_cutoff: float):
        self._points = PointSmoother(min_cutoff, beta, d_cutoff)

    def smooth(self, hands: Landmarks, ids: NDArray[np.intp], timestamp_ms: float) -> Landmarks:
        """Smooth `points` and `world` of the n hands of the next frame, all of them detected.

        Parameters
        ----------
        hands : Landmarks of length n
        ids : ndarray of int, shape (n,)
            Numbers, see `Tracker`. A new hand stays as it was measured.
        timestamp_ms : float
            Must grow from call to call.
        """
        if not len(hands):
            return hands
        measured = np.stack([hands.points, hands.world], axis=1, dtype=float)
        smooth = self._points.smooth(measured, ids, timestamp_ms, _palm_sizes(measured))
        smooth = smooth.astype(np.float32)
        return replace(hands, points=smooth[:, 0], world=smooth[:, 1])

    def forget(self, ids: Iterable[int]) -> None:
        """Forget hands that are gone."""
        self._points.forget(ids)


def _palm_sizes(points: Floats) -> Floats:
    """Of points of shape (n, 2, 21, 3), shape (n, 2, 1, 1)."""
    n, kinds = points.shape[:2]
    flat = points.reshape(n * kinds, *points.shape[2:])
    return palm_size(flat[..., :2]).reshape(n, kinds, 1, 1)
