"""Steady labels: a gesture begins when it was surely shown for a while, and ends likewise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class GestureEvent:
    """A gesture that began, or that began and ended.

    Each gesture is told twice: when it begins (`ended_ms` is None), and when it has ended.

    Attributes
    ----------
    gesture : str
    hand : int
        Number of the hand in the video, see `HandTracker`.
    started_ms : int
        First frame that surely showed it.
    ended_ms : int or None
        Last frame that showed it; None while it lasts.
    score : float
        Mean probability so far.
    handedness : str
        ``"Left"``, ``"Right"`` or ``""``: the person's own hand.
    """

    gesture: str
    hand: int
    started_ms: int
    ended_ms: int | None
    score: float
    handedness: str = ""

    @property
    def has_ended(self) -> bool:
        """Whether the gesture is over."""
        return self.ended_ms is not None

    def to_dict(self) -> dict[str, Any]:
        """The event as JSON."""
        return {
            "event": "ended" if self.has_ended else "started",
            "gesture": self.gesture,
            "hand": self.hand,
            "handedness": self.handedness,
            "started_ms": self.started_ms,
            "ended_ms": self.ended_ms,
            "score": round(self.score, 4),
        }


@dataclass
class _Shown:
    """A gesture, from when it is shown, how surely and until when."""

    gesture: str
    since: int
    until: int
    total: float = 0.0
    frames: int = 0

    def add(self, score: float, timestamp_ms: int) -> None:
        self.total += score
        self.frames += 1
        self.until = timestamp_ms


class Debouncer:
    """Turns the probabilities of one hand, frame by frame, into gestures that begin and end.

    Parameters
    ----------
    hand : int, default=0
        Number of the hand, for its events.
    enter : float, default=0.8
        A gesture begins when it was at least this probable for `hold_ms` without a break.
    exit : float, default=0.5
        It ends when it was less probable than this for `hold_ms`, or another one began. Not above
        `enter`; the room between the two is the hysteresis.
    hold_ms : float, default=100

    Raises
    ------
    ValueError
        If the thresholds are not in this order, or the time is below 0.
    """

    def __init__(
        self,
        hand: int = 0,
        *,
        enter: float = 0.8,
        exit: float = 0.5,  # noqa: A002 (the usual name of the threshold)
        hold_ms: float = 100,
    ):
        if not 0 <= exit <= enter <= 1:
            raise ValueError(
                f"0 <= exit <= enter <= 1 must hold, but got enter={enter} and exit={exit}"
            )
        if hold_ms < 0:
            raise ValueError(f"hold_ms must not be below 0, but got {hold_ms}")
        self._hand, self._enter, self._exit, self._hold_ms = hand, enter, exit, hold_ms
        self._handedness = ""
        self._candidate: _Shown | None = None
        self._active: _Shown | None = None

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
            Probability of each gesture; empty where the hand shows none.
        timestamp_ms : int
            Must grow from call to call.
        handedness : str, optional
            For the events.

        Returns
        -------
        list of GestureEvent
            What ended and what began, in this order.
        """
        self._handedness = handedness
        self._watch(scores, timestamp_ms)
        next_one = self._candidate
        if next_one and timestamp_ms - next_one.since >= self._hold_ms:
            ended = self.end()
            self._active = next_one
            return [*ended, self._event(next_one, ended=False)]
        return self.end() if self._has_faded(scores, timestamp_ms) else []

    def end(self) -> list[GestureEvent]:
        """End what is being shown: the hand is gone, or the video is over."""
        active, self._active, self._candidate = self._active, None, None
        return [self._event(active, ended=True)] if active else []

    def _has_faded(self, scores: Mapping[str, float], timestamp_ms: int) -> bool:
        if self._active is None:
            return False
        score = scores.get(self._active.gesture, 0.0)
        if score >= self._exit:
            self._active.add(score, timestamp_ms)
            return False
        return timestamp_ms - self._active.until >= self._hold_ms

    def _event(self, shown: _Shown, *, ended: bool) -> GestureEvent:
        until = shown.until if ended else None
        score = shown.total / shown.frames
        return GestureEvent(shown.gesture, self._hand, shown.since, until, score, self._handedness)

    def _watch(self, scores: Mapping[str, float], timestamp_ms: int) -> None:
        """Keep the gesture that may be the next one."""
        best = max(scores, key=lambda name: scores[name], default="")
        if not best or scores[best] < self._enter or best == self.gesture:
            self._candidate = None
            return
        if self._candidate is None or self._candidate.gesture != best:
            self._candidate = _Shown(best, timestamp_ms, timestamp_ms)
        self._candidate.add(scores[best], timestamp_ms)
