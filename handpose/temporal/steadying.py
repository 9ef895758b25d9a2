"""Everything that a video adds to single frames, for all of its hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.landmarks import Landmarks
from handpose.temporal.debounce import Debouncer, GestureEvent
from handpose.temporal.smoothing import LandmarkSmoother
from handpose.temporal.tracks import HandTracker


@dataclass(frozen=True)
class Steadying:
    """How the hands and the labels of a video are kept steady.

    Parameters
    ----------
    min_cutoff, beta, d_cutoff : float
        Of the smoothing of landmarks, see `LandmarkSmoother`: lower `min_cutoff` for less jitter of
        a still hand, raise `beta` for less lag of a moving one.
    enter, exit : float
        Probabilities from which and below which a gesture is shown, see `Debouncer`.
    hold_ms : float
        For how long.
    max_lost_ms : float
        For how long a hand that is not found keeps its number and its gesture.
    """

    min_cutoff: float = 1.0
    beta: float = 4.0
    d_cutoff: float = 2.0
    enter: float = 0.8
    exit: float = 0.5
    hold_ms: float = 100
    max_lost_ms: float = 500

    def __post_init__(self) -> None:
        SteadyHands(self)  # its parts check what they are given
        self.debouncer(0)

    def debouncer(self, hand: int) -> Debouncer:
        """A debouncer with these settings for one hand."""
        return Debouncer(hand, enter=self.enter, exit=self.exit, hold_ms=self.hold_ms)


class SteadyHands:
    """The hands of one video.

    Parameters
    ----------
    settings : Steadying
    """

    def __init__(self, settings: Steadying):
        self._settings = settings
        self._tracker = HandTracker(settings.max_lost_ms)
        self._smoother = LandmarkSmoother(settings.min_cutoff, settings.beta, settings.d_cutoff)
        self._labels: dict[int, Debouncer] = {}

    def follow(
        self, hands: Landmarks, timestamp_ms: int
    ) -> tuple[Landmarks, NDArray[np.intp], list[GestureEvent]]:
        """Take the hands of the next frame.

        Returns
        -------
        hands : Landmarks
            Smoothed.
        ids : ndarray of int, shape (n,)
        ended : list of GestureEvent
            Gestures of hands that are gone.

        Raises
        ------
        ValueError
            If the time does not grow.
        """
        ids = self._tracker.update(hands, timestamp_ms)
        ended = [event for hand in self._tracker.gone for event in self._end(hand)]
        self._smoother.forget(self._tracker.gone)
        return self._smoother.smooth(hands, ids, timestamp_ms), ids, ended

    def label(
        self,
        ids: NDArray[np.intp],
        scores: Sequence[Mapping[str, float]],
        handedness: Sequence[str],
        timestamp_ms: int,
    ) -> tuple[tuple[str | None, ...], list[GestureEvent]]:
        """Take what the same frame's hands show.

        Parameters
        ----------
        ids : ndarray of int, shape (n,)
        scores : n mappings of gesture to probability
        handedness : n str
        timestamp_ms : int

        Returns
        -------
        gestures : tuple of n (str or None)
            Steady.
        events : list of GestureEvent
        """
        events: list[GestureEvent] = []
        for hand, shown, side in zip(ids.tolist(), scores, handedness, strict=True):
            events += self._debouncer(hand).update(shown, timestamp_ms, side)
        return tuple(self._labels[hand].gesture for hand in ids.tolist()), events

    def end(self) -> list[GestureEvent]:
        """End what is still being shown."""
        return [event for hand in list(self._labels) for event in self._end(hand)]

    def _debouncer(self, hand: int) -> Debouncer:
        if hand not in self._labels:
            self._labels[hand] = self._settings.debouncer(hand)
        return self._labels[hand]

    def _end(self, hand: int) -> list[GestureEvent]:
        known = self._labels.pop(hand, None)
        return known.end() if known else []
