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
SMOOTH_MS = 70.0
"""Scores are means over this long."""
SHARED = 0.4
"""Share of a window that may lie in the motion before it."""

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
class _Seen:
    """How surely a label is shown, and since when."""

    score: float
    started_ms: float


@dataclass
class _Candidate:
    """The motion that was shown most surely of late, and is not yet told."""

    label: str
    score: float
    started_ms: float
    ended_ms: float
    settled_ms: float = 0.0
    held_ms: float = 0.0


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
    smooth_ms : float, default=70
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
    window, on average over `smooth_ms`. The surest of all is the candidate until a later one is
    surer; where none is for `settle_ms`, it is told. A window that lies in a motion that was told,
    by more than `SHARED` of its length, tells no other one.
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
        self._candidate: _Candidate | None = None
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
        events = self._go_on(timestamp_ms, step)
        return events + self._consider(timestamp_ms, step)

    def end(self) -> list[GestureEvent]:
        """Tell what was under way, and end what goes on: the hand is gone, or the video is over."""
        events = self._tell() if self._candidate else []
        return events + self._end_active()

    def _shown(self, since_ms: float) -> dict[str, _Seen]:
        """How surely each label is shown by windows that lie behind a time, mean of some ticks."""
        sums: dict[str, float] = {}
        newest: dict[str, _Seen] = {}
        for now, looks in self._recent:
            newest = {}
            for look in looks:
                if since_ms - look.started_ms > SHARED * (now - look.started_ms):
                    continue
                for label, score in look.scores.items():
                    if label not in newest or score > newest[label].score:
                        newest[label] = _Seen(score, look.started_ms)
            for label, seen in newest.items():
                sums[label] = sums.get(label, 0.0) + seen.score
        n = len(self._recent)
        return {label: replace(seen, score=sums[label] / n) for label, seen in newest.items()}

    def _go_on(self, now: float, step: float) -> list[GestureEvent]:
        """Whether the motion that was told goes on."""
        if self._active is None:
            return []
        gesture = self._active.gesture or ""
        again = self._shown(self._until_ms).get(gesture)
        if again is not None and again.score >= self._enter:
            self._until_ms = self._boundary_ms = now
        anywhere = self._shown(-float("inf")).get(gesture)
        shown = anywhere is not None and anywhere.score >= self._exit
        self._gone_ms = 0.0 if shown else self._gone_ms + step
        return [] if self._gone_ms < self._exit_hold_ms else self._end_active()

    def _consider(self, now: float, step: float) -> list[GestureEvent]:
        """Keep the surest motion, and tell it when none gets surer."""
        shown = self._shown(self._boundary_ms)
        top = max(shown, key=lambda label: shown[label].score, default="")
        sure = bool(top) and shown[top].score >= self._enter
        if sure and top not in self._rejecting and top != self.gesture:
            self._propose(top, shown[top], now, step)
        elif self._candidate is not None:
            self._candidate.settled_ms += step
        settled = self._candidate is not None and self._candidate.settled_ms >= self._settle_ms
        return self._tell() if settled else []

    def _propose(self, label: str, seen: _Seen, now: float, step: float) -> None:
        """Take what is shown surely as the candidate, if it is surer."""
        held_ms = step or self._clock.period_ms
        best = self._candidate
        if best is None or seen.score > best.score + _SURER:
            held_ms += best.held_ms if best else 0.0
            self._candidate = _Candidate(label, seen.score, seen.started_ms, now, 0.0, held_ms)
        else:
            best.held_ms += held_ms
            best.settled_ms += step

    def _tell(self) -> list[GestureEvent]:
        found, self._candidate = self._candidate, None
        if found is None or found.held_ms < self._hold_ms:
            return []
        ended = self._end_active()
        self._active = GestureEvent(
            found.label,
            self._track_id,
            round(max(found.started_ms, self._boundary_ms)),
            None,
            found.score,
            self._handedness,
            kind="motion",
        )
        self._until_ms = self._boundary_ms = found.ended_ms
        self._gone_ms = 0.0
        return [*ended, self._active]

    def _end_active(self) -> list[GestureEvent]:
        active, self._active = self._active, None
        if active is None:
            return []
        return [replace(active, ended_ms=round(self._until_ms))]
