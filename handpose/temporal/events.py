"""Events: gestures and motions that began and ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from handpose.system.deprecation import renamed

Kind: TypeAlias = Literal["gesture", "motion"]


@dataclass(frozen=True)
class GestureEvent:
    """A gesture or a motion that began, or that began and ended.

    There are two events for each: when it begins (`ended_ms` is None), and when it has ended.

    Attributes
    ----------
    gesture : str or None
        Name of the gesture or of the motion. None for a hand that was seen and showed no known
        gesture; there are such events only with `unknown_ms` of `handpose.Steadying`.
    track_id : int or None
        Number of the hand in the video; None for a motion of both hands.
    started_ms : int
        First frame that surely showed it. A motion is recognised when most of it was seen.
    ended_ms : int or None
        Last frame that showed it; None while it lasts.
    score : float
        Mean probability so far, of the gesture or of what was rejected.
    handedness : str
        ``"Left"``, ``"Right"`` or ``""``: the person's own hand.
    rejected : str or None
        Of an event without a gesture: the label that was most probable, and not enough.
    kind : {"gesture", "motion"}
    """

    gesture: str | None
    track_id: int | None
    started_ms: int
    ended_ms: int | None
    score: float
    handedness: str = ""
    rejected: str | None = None
    kind: Kind = "gesture"

    @property
    def hand(self) -> int | None:
        """Old name of `track_id`."""
        return renamed(self, "hand", "track_id")

    @property
    def has_ended(self) -> bool:
        """Whether the gesture is over."""
        return self.ended_ms is not None

    def to_dict(self) -> dict[str, Any]:
        """The event as JSON. ``hand`` repeats ``track_id``, for programs that know that name."""
        return {
            "event": "ended" if self.has_ended else "started",
            "kind": self.kind,
            "gesture": self.gesture,
            "track_id": self.track_id,
            "hand": self.track_id,
            "handedness": self.handedness,
            "started_ms": self.started_ms,
            "ended_ms": self.ended_ms,
            "score": round(self.score, 4),
            "rejected": self.rejected,
        }
