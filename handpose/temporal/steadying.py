"""Everything that a video adds to single frames, for all of its hands."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import DEFAULT_MIN_SCORE
from handpose.containers.landmarks import Landmarks
from handpose.temporal.clock import FrameClock
from handpose.temporal.debounce import Debouncer
from handpose.temporal.events import GestureEvent
from handpose.temporal.smoothing import LandmarkSmoother
from handpose.temporal.tracks import Tracker, sights_of, with_sides


@dataclass(frozen=True)
class Steadying:
    """How the hands and the labels of a video are kept steady.

    Parameters
    ----------
    min_cutoff, beta, d_cutoff : float
        Of the smoothing of landmarks, see `LandmarkSmoother`: lower `min_cutoff` for less jitter of
        a still hand, raise `beta` for less lag of a moving one.
    enter, exit : float, optional
        Probabilities from which and below which a gesture is shown, see `Debouncer`. By default
        `enter` is the `min_score` of the recogniser, so that photos and videos have one threshold,
        and `exit` is 0.625 of it.
    hold_ms : float
        For how long.
    max_lost_ms : float
        For how long a hand that is not found keeps its number and its gesture.
    unknown_ms : float, optional
        A hand that shows no known gesture for this long is an event whose gesture is None, see
        `GestureEvent`. By default it is not.
    """

    min_cutoff: float = 1.0
    beta: float = 4.0
    d_cutoff: float = 2.0
    enter: float | None = None
    exit: float | None = None
    hold_ms: float = 100
    max_lost_ms: float = 500
    unknown_ms: float | None = None

    def __post_init__(self) -> None:
        SteadyHands(self)  # its parts check what they are given
        self.debouncer(0)

    def debouncer(
        self, hand: int, *, rejecting: Collection[str] = (), clock: FrameClock | None = None
    ) -> Debouncer:
        """A debouncer with these settings for one hand; keywords as for `Debouncer`."""
        return Debouncer(
            hand,
            enter=DEFAULT_MIN_SCORE if self.enter is None else self.enter,
            exit=self.exit,
            hold_ms=self.hold_ms,
            unknown_ms=self.unknown_ms,
            rejecting=rejecting,
            clock=clock,
        )


class SteadyHands:
    """The hands of one video.

    Parameters
    ----------
    settings : Steadying
    rejecting : collection of str, optional
        Labels that name no gesture.
    """

    def __init__(self, settings: Steadying, *, rejecting: Collection[str] = ()):
        self._settings, self._rejecting = settings, rejecting
        self._clock = FrameClock()
        self._tracker = Tracker(settings.max_lost_ms, self._clock)
        self._smoother = LandmarkSmoother(settings.min_cutoff, settings.beta, settings.d_cutoff)
        self._labels: dict[int, Debouncer] = {}

    def follow(
        self, hands: Landmarks, timestamp_ms: int
    ) -> tuple[Landmarks, Landmarks, NDArray[np.intp], list[GestureEvent]]:
        """Take the hands of the next frame; time must grow.

        Returns
        -------
        smooth, measured : Landmarks
            Smoothed, and as they were found; in both, `handedness` is that of the whole video so
            far, and `handedness_score` the confidence in that.
        ids : ndarray of int, shape (n,)
        ended : list of GestureEvent
            Gestures of hands that are gone.
        """
        self._clock.tick(timestamp_ms)
        ids = self._tracker.update(sights_of(hands), timestamp_ms)
        ended = [event for hand in self._tracker.gone for event in self._end(hand)]
        self._smoother.forget(self._tracker.gone)
        hands = with_sides(hands, self._tracker.sides)
        return self._smoother.smooth(hands, ids, timestamp_ms), hands, ids, ended

    def label(
        self,
        ids: NDArray[np.intp],
        scores: Sequence[Mapping[str, float]],
        handedness: Sequence[str],
        timestamp_ms: int,
    ) -> tuple[tuple[str | None, ...], list[GestureEvent]]:
        """Take what the n hands of the same frame show; gives their steady gestures, and events."""
        events: list[GestureEvent] = []
        for hand, shown, side in zip(ids.tolist(), scores, handedness, strict=True):
            events += self._debouncer(hand).update(shown, timestamp_ms, side)
        return tuple(self._labels[hand].gesture for hand in ids.tolist()), events

    def end(self) -> list[GestureEvent]:
        """End what is still being shown."""
        return [event for hand in list(self._labels) for event in self._end(hand)]

    def _debouncer(self, hand: int) -> Debouncer:
        if hand not in self._labels:
            self._labels[hand] = self._settings.debouncer(
                hand, rejecting=self._rejecting, clock=self._clock
            )
        return self._labels[hand]

    def _end(self, hand: int) -> list[GestureEvent]:
        known = self._labels.pop(hand, None)
        return known.end() if known else []
