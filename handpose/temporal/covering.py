"""The windows of an endless stream that, together, explain it best."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

from handpose.containers.labels import DEFAULT_MIN_SCORE
from handpose.temporal.clock import FrameClock
from handpose.temporal.events import GestureEvent

SETTLE_MS = 250.0
"""A motion is told this long after its end: see benchmarks/streams."""
SHARED = 0.2
"""Share of a window that may lie in the motion before it."""
SHOWN_MS = 300.0
"""For how long a motion that was told counts as being shown."""

_SUREST = 1e-9
"""No score is nearer to 0 or 1."""


@dataclass(frozen=True)
class Candidate:
    """A window that may show a whole motion.

    Attributes
    ----------
    label : str
    score : float
        Between 0 and 1: how much speaks for this motion, whole, and not much else.
    started_ms, ended_ms : float
    """

    label: str
    score: float
    started_ms: float
    ended_ms: float

    @property
    def latest_start_ms(self) -> float:
        """Where the motion before it must have ended."""
        return self.started_ms + SHARED * (self.ended_ms - self.started_ms)


class CoveringSegmenter:
    """Finds whole motions in a stream: each is told once, a moment after its end.

    Parameters
    ----------
    track_id : int or None, default=0
        Number of the hand, for the events.
    enter : float, default=0.8
        Score from which on a window counts.
    hold_ms : float, default=100
        How long a motion must last.
    settle_ms : float, default=250
        A motion is told so long after its end, if no better one has come up.
    clock : FrameClock, optional
        Of the video; its own by default.

    Notes
    -----
    Of the windows whose score is `enter` or more, those are chosen that do not overlap (but by
    `SHARED`) and have the highest sum of values: by how much the log odds of the score are above
    those of `enter` (weighted interval scheduling).
    """

    def __init__(
        self,
        track_id: int | None = 0,
        *,
        enter: float = DEFAULT_MIN_SCORE,
        hold_ms: float = 100.0,
        settle_ms: float = SETTLE_MS,
        clock: FrameClock | None = None,
    ):
        if not 0 <= enter <= 1:
            raise ValueError(f"enter must lie between 0 and 1, but got {enter}")
        for name, time in (("hold_ms", hold_ms), ("settle_ms", settle_ms)):
            if not time >= 0:
                raise ValueError(f"{name} must not be below 0, but got {time}")
        self._track_id, self._enter = track_id, enter
        self._hold_ms, self._settle_ms = hold_ms, settle_ms
        self._clock, self._ticks = clock or FrameClock(), clock is None
        self._live: list[Candidate] = []
        self._boundary_ms = -float("inf")
        self._active: GestureEvent | None = None
        self._told_ms = 0.0
        self._handedness = ""

    @property
    def gesture(self) -> str | None:
        """The motion that was told a moment ago."""
        return self._active.gesture if self._active else None

    def update(
        self, candidates: Sequence[Candidate], timestamp_ms: float, handedness: str = ""
    ) -> list[GestureEvent]:
        """Take windows that came up since the last call.

        Parameters
        ----------
        candidates : sequence of Candidate
            None ends before one that was given before.
        timestamp_ms : float
            Must grow from call to call.
        handedness : str, optional
            For the events.

        Returns
        -------
        list of GestureEvent
            What ended and what began, in the order in which it happened.

        Raises
        ------
        LandmarksError
            If the time does not grow.
        """
        if self._ticks:
            self._clock.tick(timestamp_ms)
        self._handedness = handedness or self._handedness
        self._live += [one for one in candidates if self._counts(one)]
        ended = self._end_active() if timestamp_ms - self._told_ms >= SHOWN_MS else []
        return ended + self._tell(timestamp_ms, timestamp_ms - self._settle_ms)

    def end(self, candidates: Sequence[Candidate] = ()) -> list[GestureEvent]:
        """Tell what is left, and end what goes on: the hand is gone, or the video is over.

        Parameters
        ----------
        candidates : sequence of Candidate, optional
            Windows that came up since the last call of `update`.
        """
        self._live += [one for one in candidates if self._counts(one)]
        return self._tell(self._told_ms, float("inf")) + self._end_active()

    def _counts(self, one: Candidate) -> bool:
        lasts_ms = one.ended_ms - one.started_ms
        later = one.latest_start_ms >= self._boundary_ms
        return one.score >= self._enter and lasts_ms >= self._hold_ms and later

    def _tell(self, now: float, until_ms: float) -> list[GestureEvent]:
        """Tell the chosen windows that ended at a time or before it."""
        events = []
        for one in self._chosen():
            if one.ended_ms > until_ms:
                break
            events += self._end_active()
            started_ms = round(max(one.started_ms, self._boundary_ms))
            self._active = GestureEvent(
                one.label,
                self._track_id,
                started_ms,
                None,
                one.score,
                self._handedness,
                kind="motion",
            )
            events.append(self._active)
            self._boundary_ms, self._told_ms = one.ended_ms, now
        self._live = [one for one in self._live if one.latest_start_ms >= self._boundary_ms]
        return events

    def _chosen(self) -> list[Candidate]:
        """The windows that together have the highest value, in the order of time."""
        ends = [one.ended_ms for one in self._live]
        best, before, taken = [0.0], [], []
        for number, one in enumerate(self._live):
            free = bisect_right(ends, one.latest_start_ms, hi=number)
            value = best[free] + self._value(one)
            before.append(free)
            taken.append(value >= best[-1])
            best.append(max(value, best[-1]))
        chosen, left = [], len(self._live)
        while left:
            left -= 1
            if taken[left]:
                chosen.append(self._live[left])
                left = before[left]
        return chosen[::-1]

    def _value(self, one: Candidate) -> float:
        return _log_odds(one.score) - _log_odds(self._enter)

    def _end_active(self) -> list[GestureEvent]:
        active, self._active = self._active, None
        return [] if active is None else [replace(active, ended_ms=round(self._boundary_ms))]


def _log_odds(score: float) -> float:
    score = min(max(score, _SUREST), 1 - _SUREST)
    return log(score / (1 - score))
