"""Events: gestures that began and ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class GestureEvent:
    """A gesture that began, or that began and ended.

    Each gesture is told twice: when it begins (`ended_ms` is None), and when it has ended.

    Attributes
    ----------
    gesture : str or None
        None for a hand that was seen and showed no known gesture. There are such events only where
        they are asked for: see `unknown_ms` of `handpose.Steadying`.
    hand : int
        Number of the hand in the video, see `HandTracker`.
    started_ms : int
        First frame that surely showed it.
    ended_ms : int or None
        Last frame that showed it; None while it lasts.
    score : float
        Mean probability so far, of the gesture or of what was rejected.
    handedness : str
        ``"Left"``, ``"Right"`` or ``""``: the person's own hand.
    rejected : str or None
        Of an event without a gesture: the label that was most probable, and not enough.
    """

    gesture: str | None
    hand: int
    started_ms: int
    ended_ms: int | None
    score: float
    handedness: str = ""
    rejected: str | None = None

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
            "rejected": self.rejected,
        }
