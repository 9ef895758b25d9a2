"""Steady labels: a gesture begins when it was surely shown for a while, and ends likewise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from handpose.containers.labels import DEFAULT_MIN_SCORE
from handpose.temporal.clock import FrameClock
from handpose.temporal.events import GestureEvent, Kind

EXIT_RATIO = 0.625
"""A gesture ends below this share of the probability from which it begins: 0.5 of 0.8."""

TOLERANCE = 0.25
"""Share of a frame by which the hold time may be missed, so that uneven clocks do not cost a frame.
With half of one, labels of real clips at 14 frames a second change 1.1 times a second; with this or
less, 0.9 times."""
_ROUNDING = 0.1
"""Share of a frame that whole milliseconds may lose: three times 33 stands for 100."""


@dataclass
class _Shown:
    """A gesture: since when and until when it is shown, how surely, and in which steps of time."""

    gesture: str
    since: int
    until: int = 0
    total: float = 0.0
    frames: int = 0
    steps: list[float] = field(default_factory=list)
    gone_ms: float = 0.0

    def add(self, score: float, timestamp_ms: int) -> None:
        self.total += score
        self.frames += 1
        self.until = timestamp_ms
        self.gone_ms = 0.0

    def event(
        self, track_id: int | None, handedness: str, kind: Kind, *, ended: bool
    ) -> GestureEvent:
        until = self.until if ended else None
        score = self.total / self.frames
        return GestureEvent(self.gesture, track_id, self.since, until, score, handedness, kind=kind)


@dataclass
class _Unknown:
    """A hand that shows no known gesture: since when, until when, and what was rejected."""

    since: int
    until: int = 0
    totals: dict[str, float] = field(default_factory=dict)
    frames: int = 0
    seen_ms: float = 0.0
    told: bool = False

    def add(self, scores: Mapping[str, float], timestamp_ms: int) -> None:
        for label, score in scores.items():
            self.totals[label] = self.totals.get(label, 0.0) + score
        self.frames += 1
        self.until = timestamp_ms

    def event(
        self, track_id: int | None, handedness: str, kind: Kind, *, ended: bool
    ) -> GestureEvent:
        until = self.until if ended else None
        rejected = max(self.totals, key=lambda label: self.totals[label], default=None)
        score = self.totals[rejected] / self.frames if rejected is not None else 0.0
        return GestureEvent(None, track_id, self.since, until, score, handedness, rejected, kind)


class Debouncer:
    """Turns the probabilities of one hand, frame by frame, into gestures that begin and end.

    Parameters
    ----------
    track_id : int or None, default=0
        Number of the hand, for its events.
    enter : float, default=0.8
        A gesture begins when it was at least this probable for `hold_ms` without a break.
    exit : float, optional
        It ends when it was less probable than this for `hold_ms`, or another one began. Not above
        `enter`; the room between the two is the hysteresis. By default 0.625 of `enter`.
    hold_ms : float, default=100
    exit_hold_ms : float, optional
        Takes the place of `hold_ms` where a gesture ends.
    unknown_ms : float, optional
        A hand that is seen for this long without a gesture is an event too, whose gesture is None.
        By default it is not.
    rejecting : collection of str, optional
        Labels that name no gesture: a hand that shows one of them shows none.
    kind : {"gesture", "motion"}, default="gesture"
        Of the events.
    clock : FrameClock, optional
        That of the video, which knows its frames without this hand too. By default the calls of
        `update` are all the frames that there are.

    Raises
    ------
    ValueError
        If the thresholds are not in this order, or a time is below 0.

    Notes
    -----
    A frame covers the time until the next one, but no more than the period of the video, which is
    learnt (`FrameClock`). A gesture begins when the frames from its first to its last cover
    `hold_ms`, less a quarter of a frame; it ends when frames without it cover `hold_ms`. At 30
    frames a second and 100 ms these are four frames and three. Where frames lie ``4 * hold_ms``
    apart or more, one sure frame is enough, since there is no more evidence: for two frames, raise
    `hold_ms`. What is shown for `hold_ms` and two periods always begins, what is shown for less
    than `hold_ms` by a quarter of a period never.

    A frame in which the hand is not seen counts neither for nor against a gesture. After `hold_ms`
    (and a period) that no frame covers, a gesture that has not yet begun starts again.
    """

    def __init__(
        self,
        track_id: int | None = 0,
        *,
        enter: float = DEFAULT_MIN_SCORE,
        exit: float | None = None,  # noqa: A002 (the usual name of the threshold)
        hold_ms: float = 100,
        exit_hold_ms: float | None = None,
        unknown_ms: float | None = None,
        rejecting: Collection[str] = (),
        kind: Kind = "gesture",
        clock: FrameClock | None = None,
    ):
        self._enter, self._exit = enter, enter * EXIT_RATIO if exit is None else exit
        if not 0 <= self._exit <= enter <= 1:
            raise ValueError(
                f"0 <= exit <= enter <= 1 must hold, but got enter={enter} and exit={self._exit}"
            )
        times = {"hold_ms": hold_ms, "exit_hold_ms": exit_hold_ms, "unknown_ms": unknown_ms}
        for name, time in times.items():
            if time is not None and not time >= 0:
                raise ValueError(f"{name} must not be below 0, but got {time}")
        self._track_id, self._hold_ms, self._unknown_ms = track_id, hold_ms, unknown_ms
        self._exit_hold_ms = hold_ms if exit_hold_ms is None else exit_hold_ms
        self._kind = kind
        self._rejecting = frozenset(rejecting)
        self._clock, self._ticks = clock or FrameClock(), clock is None
        self._handedness = ""
        self._last: int | None = None
        self._candidate: _Shown | None = None
        self._active: _Shown | None = None
        self._unknown: _Unknown | None = None

    @property
    def gesture(self) -> str | None:
        """The gesture that is being shown."""
        return self._active.gesture if self._active else None

    def update(
        self, scores: Mapping[str, float], timestamp_ms: int, handedness: str = ""
    ) -> list[GestureEvent]:
        """Take the next frame in which the hand is seen.

        Parameters
        ----------
        scores : mapping of str to float
            Probability of each label; empty where the hand shows none.
        timestamp_ms : int
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
        elapsed = 0.0 if self._last is None else float(timestamp_ms - self._last)
        self._last, self._handedness = timestamp_ms, handedness
        shown = self._shown(scores)
        events = self._interrupt(shown, elapsed)
        if shown is not None and shown == self.gesture:
            self._go_on(scores[shown], timestamp_ms)
        elif shown is not None:
            events += self._propose(shown, scores[shown], timestamp_ms, elapsed)
        events += self._fade(shown, elapsed)
        return events + self._miss(shown, scores, timestamp_ms, elapsed)

    def end(self) -> list[GestureEvent]:
        """End what is being shown: the hand is gone, or the video is over."""
        self._candidate = None
        return self._end_unknown() + self._end_active()

    def _shown(self, scores: Mapping[str, float]) -> str | None:
        """The gesture that this frame shows, given the one that is being shown."""
        best = max(scores, key=lambda label: scores[label], default="")
        if best and scores[best] >= self._enter:
            return None if best in self._rejecting else best
        goes_on = scores.get(self.gesture or "", 0.0) >= self._exit
        return self.gesture if goes_on else None

    def _interrupt(self, shown: str | None, elapsed: float) -> list[GestureEvent]:
        """Give up the candidate if this frame does not go on with it, or tell it if its frames have
        turned out to cover enough time."""
        candidate = self._candidate
        if candidate is None:
            return []
        uncovered = elapsed - self._clock.covered(elapsed)
        most = max(self._hold_ms, self._clock.period_ms)
        broken = self._clock.is_known and uncovered > most
        if candidate.gesture == shown and not broken:
            return []
        self._candidate = None
        return self._begin(candidate) if self._was_held(candidate, elapsed) else []

    def _go_on(self, score: float, timestamp_ms: int) -> None:
        if self._active is not None:
            self._active.add(score, timestamp_ms)
        self._unknown = None

    def _propose(
        self, gesture: str, score: float, timestamp_ms: int, elapsed: float
    ) -> list[GestureEvent]:
        candidate = self._candidate
        if candidate is None:
            candidate = self._candidate = _Shown(gesture, timestamp_ms)
        else:
            candidate.steps.append(elapsed)
        candidate.add(score, timestamp_ms)
        if self._was_held(candidate, self._clock.step_ms):
            return self._begin(candidate)
        return []

    def _was_held(self, shown: _Shown, last_ms: float) -> bool:
        """Whether its frames cover `hold_ms`, of which the last may lack a part."""
        held = sum(self._clock.covered(step) for step in shown.steps)
        return held >= self._hold_ms - TOLERANCE * self._clock.covered(last_ms)

    def _begin(self, shown: _Shown) -> list[GestureEvent]:
        ended = self._end_unknown() + self._end_active()
        self._active, self._candidate = shown, None
        return [*ended, self._event(shown)]

    def _fade(self, shown: str | None, elapsed: float) -> list[GestureEvent]:
        """End what this frame does not show, if the frames without it cover enough time."""
        if self._active is None or shown == self.gesture:
            return []
        frame = self._clock.covered(elapsed)
        self._active.gone_ms += frame
        gone = self._active.gone_ms >= self._exit_hold_ms - _ROUNDING * frame
        return self._end_active() if gone else []

    def _miss(
        self, shown: str | None, scores: Mapping[str, float], timestamp_ms: int, elapsed: float
    ) -> list[GestureEvent]:
        """The event of a hand that shows no known gesture."""
        if self._unknown_ms is None:
            return []
        if self._unknown is not None:
            self._unknown.seen_ms += self._clock.covered(elapsed)
        if shown is None:
            self._unknown = self._unknown or _Unknown(timestamp_ms)
            self._unknown.add(scores, timestamp_ms)
        unknown = self._unknown
        if unknown is None or unknown.told or self._active or self._candidate:
            return []
        frame = self._clock.covered(self._clock.step_ms)
        if unknown.seen_ms < self._unknown_ms - TOLERANCE * frame:
            return []
        unknown.told = True
        return [self._event(unknown)]

    def _end_active(self) -> list[GestureEvent]:
        active, self._active = self._active, None
        return [self._event(active, ended=True)] if active else []

    def _end_unknown(self) -> list[GestureEvent]:
        unknown, self._unknown = self._unknown, None
        if unknown is None or not unknown.told:
            return []
        return [self._event(unknown, ended=True)]

    def _event(self, shown: _Shown | _Unknown, *, ended: bool = False) -> GestureEvent:
        return shown.event(self._track_id, self._handedness, self._kind, ended=ended)
