"""When a motion begins and ends in an endless stream, and what it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from handpose.containers.labels import DEFAULT_MIN_SCORE
from handpose.temporal.clock import FrameClock
from handpose.temporal.debounce import EXIT_RATIO
from handpose.temporal.events import GestureEvent

SETTLE_MS = 150.0
"""A motion is told once no window has been surer for this long: a window that holds part of a
motion often looks like another one."""
SMOOTH_MS = 270.0
"""Scores are means over this long: chosen on people of SHREC'17, see benchmarks/streams."""
SHARED = 0.2
"""Share of a window that may lie in the motion before it."""
ALIKE = 0.1
"""Windows that are less sure than the surest by this at most show the motion too, from the first
begin to the last end."""

_SURER = 0.01


@dataclass(frozen=True)
class Look:
    """What a window that ends now shows.

    Attributes
    ----------
    started_ms : float
        Where it begins.
    scores : mapping of str to float
        Probability of each label.
    """

    started_ms: float
    scores: Mapping[str, float]


@dataclass(frozen=True)
class _Shown:
    """A label that is shown by a window that ended at a tick, and for how long until the next."""

    label: str
    score: float
    started_ms: float
    ended_ms: float
    lasts_ms: float


class Segmenter:
    """Finds motions in a stream: each is told once, when it is surest.

    Parameters
    ----------
    track_id : int or None, default=0
        Number of the hand, for the events.
    enter : float, default=0.8
        Probability from which on a window shows a motion.
    exit : float, optional
        A motion has ended when no window shows it this surely; 0.625 of `enter` by default.
    hold_ms : float, default=100
        For how long a motion must be shown.
    settle_ms : float, default=150
        A motion is told once no window has been surer for this long.
    smooth_ms : float, default=270
        Scores are means over this long.
    exit_hold_ms : float, optional
        For how long no window must show a motion that was told, before it has ended; `hold_ms` by
        default.
    rejecting : collection of str, optional
        Labels that name no motion.
    clock : FrameClock, optional
        Of the video; its own by default.

    Notes
    -----
    Windows of several lengths that end now are each named, and a label is as sure as its surest
    window, on average over `smooth_ms`. The surest motion is told where none is surer for
    `settle_ms`; it lasted as long as the windows together that show it about as surely. A window
    that lies in a motion that was told, by more than `SHARED` of its length, tells no other one.
    """

    def __init__(
        self,
        track_id: int | None = 0,
        *,
        enter: float = DEFAULT_MIN_SCORE,
        exit: float | None = None,  # noqa: A002 (the usual name of the threshold)
        hold_ms: float = 100.0,
        settle_ms: float = SETTLE_MS,
        smooth_ms: float = SMOOTH_MS,
        exit_hold_ms: float | None = None,
        rejecting: Collection[str] = (),
        clock: FrameClock | None = None,
    ):
        self._enter, self._exit = enter, enter * EXIT_RATIO if exit is None else exit
        if not 0 <= self._exit <= enter <= 1:
            raise ValueError(
                f"0 <= exit <= enter <= 1 must hold, but got enter={enter} and exit={self._exit}"
            )
        times = {
            "hold_ms": hold_ms,
            "settle_ms": settle_ms,
            "smooth_ms": smooth_ms,
            "exit_hold_ms": exit_hold_ms,
        }
        for name, time in times.items():
            if time is not None and not time >= 0:
                raise ValueError(f"{name} must not be below 0, but got {time}")
        self._track_id, self._hold_ms, self._settle_ms = track_id, hold_ms, settle_ms
        self._smooth_ms = smooth_ms
        self._exit_hold_ms = hold_ms if exit_hold_ms is None else exit_hold_ms
        self._rejecting = frozenset(rejecting)
        self._clock, self._ticks = clock or FrameClock(), clock is None
        self._recent: deque[tuple[float, Sequence[Look]]] = deque()
        self._sure: list[_Shown] = []
        self._surest: _Shown | None = None
        self._settled_ms = 0.0
        self._active: GestureEvent | None = None
        self._until_ms = self._boundary_ms = -float("inf")
        self._gone_ms = 0.0
        self._handedness = ""

    @property
    def gesture(self) -> str | None:
        """The motion that was told and goes on."""
        return self._active.gesture if self._active else None

    def update(
        self, looks: Sequence[Look], timestamp_ms: float, handedness: str = ""
    ) -> list[GestureEvent]:
        """Take what windows that end now show; none where no hand was seen for long enough.

        Parameters
        ----------
        looks : sequence of Look
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
        step = self._clock.covered(self._clock.step_ms)
        self._handedness = handedness or self._handedness
        self._recent.append((timestamp_ms, looks))
        while self._recent[0][0] <= timestamp_ms - self._smooth_ms:
            self._recent.popleft()
        lasts_ms = step or self._clock.period_ms
        return self._go_on(timestamp_ms, step) + self._consider(timestamp_ms, step, lasts_ms)

    def end(self) -> list[GestureEvent]:
        """Tell what was under way, and end what goes on: the hand is gone, or the video is over."""
        return self._tell() + self._end_active()

    def _shown(self, now: float, since_ms: float, lasts_ms: float = 0.0) -> list[_Shown]:
        """How surely each label is shown by windows that lie behind a time, mean of some ticks."""
        sums: dict[str, float] = {}
        newest: dict[str, tuple[float, float]] = {}
        for ended_ms, looks in self._recent:
            newest = {}
            for look in looks:
                if since_ms - look.started_ms > SHARED * (ended_ms - look.started_ms):
                    continue
                for label, score in look.scores.items():
                    newest[label] = max(newest.get(label, (0.0, 0.0)), (score, look.started_ms))
            for label, (score, _) in newest.items():
                sums[label] = sums.get(label, 0.0) + score
        n = len(self._recent)
        return [
            _Shown(label, sums[label] / n, started_ms, now, lasts_ms)
            for label, (_, started_ms) in newest.items()
        ]

    def _go_on(self, now: float, step: float) -> list[GestureEvent]:
        """Whether the motion that was told goes on."""
        if self._active is None:
            return []
        again = any(
            one.label == self.gesture and one.score >= self._exit
            for one in self._shown(now, -float("inf"))
        )
        self._gone_ms = 0.0 if again else self._gone_ms + step
        return [] if self._gone_ms < self._exit_hold_ms else self._end_active()

    def _consider(self, now: float, step: float, lasts_ms: float) -> list[GestureEvent]:
        """Keep what is surely shown, and tell the surest when none gets surer."""
        sure = [
            one
            for one in self._shown(now, self._boundary_ms, lasts_ms)
            if one.score >= self._enter and one.label not in self._rejecting
        ]
        self._sure += sure
        best = max(sure, key=lambda one: one.score, default=None)
        if best and (self._surest is None or best.score > self._surest.score + _SURER):
            self._surest, self._settled_ms = best, 0.0
            return []
        self._settled_ms += step
        return self._tell() if self._settled_ms >= self._settle_ms else []

    def _tell(self) -> list[GestureEvent]:
        """Begin the surest motion, or go on with it where it was told already."""
        best, sure = self._surest, self._sure
        self._surest, self._sure = None, []
        held_ms = sum({one.ended_ms: one.lasts_ms for one in sure}.values())
        if best is None or held_ms < self._hold_ms:
            return []
        own = [o for o in sure if o.label == best.label and o.score >= best.score - ALIKE]
        started_ms = max(min(one.started_ms for one in own), self._boundary_ms)
        goes_on = best.label == self.gesture
        ended = [] if goes_on else self._end_active()
        self._until_ms = self._boundary_ms = max(one.ended_ms for one in own)
        self._gone_ms = 0.0
        if goes_on:
            return []
        self._active = GestureEvent(
            best.label,
            self._track_id,
            round(started_ms),
            None,
            best.score,
            self._handedness,
            kind="motion",
        )
        return [*ended, self._active]

    def _end_active(self) -> list[GestureEvent]:
        active, self._active = self._active, None
        if active is None:
            return []
        return [replace(active, ended_ms=round(self._until_ms))]
