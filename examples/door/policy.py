"""What the door asks for, and how long it waits after a failure."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Policy:
    """The rules of a door.

    Attributes
    ----------
    challenge : int
        Gestures, drawn anew for each attempt, that are shown before the sequence.
    min_score : float
        From which score on a hand shows a gesture. Lower than elsewhere: a gesture that is missed
        keeps its owner out, and one that is named wrongly opens only where the secret has it.
    pause_ms, step_ms, total_ms : float
        Limits of time, see `handpose.GestureSequences`.
    max_gap_ms : float
        Longest time between two frames: what was not seen does not count.
    waits_s : tuple of float
        After the first failure in a row, the second, ...; then the door locks out.
    lock_out_s, longest_s : float
        First lock-out, doubled by each further failure up to the longest.
    open_s : float
    """

    challenge: int = 2
    min_score: float = 0.35
    pause_ms: float = 1800
    step_ms: float = 5000
    total_ms: float = 30_000
    max_gap_ms: float = 500
    waits_s: tuple[float, ...] = (2, 4, 8, 16)
    lock_out_s: float = 900
    longest_s: float = 86_400
    open_s: float = 3

    def wait_s(self, failures: int) -> float:
        """Seconds in which the door looks at no hand, after so many failures in a row."""
        if failures <= len(self.waits_s):
            return self.waits_s[failures - 1] if failures else 0
        doublings = min(failures - len(self.waits_s) - 1, 30)
        return min(self.lock_out_s * 2**doublings, self.longest_s)

    def drawn(self, gestures: list[str]) -> list[str]:
        """A challenge that nobody can foresee, no gesture twice in a row."""
        found: list[str] = []
        while len(found) < self.challenge:
            gesture = secrets.choice(gestures)
            found += [gesture] if found[-1:] != [gesture] else []
        return found


@dataclass(frozen=True)
class State:
    """What the log says: it is the only memory of the door, so that a restart forgets nothing.

    Attributes
    ----------
    failures : int
        Attempts since the last opening. One that was begun counts, whatever became of it.
    challenge : tuple of str
        Drawn and not yet used; empty where there is none.
    """

    failures: int = 0
    challenge: tuple[str, ...] = ()

    def after(self, record: dict[str, Any]) -> State:
        """What the next record makes of it."""
        if record["event"] == "attempt":
            return State(self.failures + 1)
        if record["event"] in ("opened", "reset"):
            return replace(self, failures=0)
        if record["event"] == "challenge":
            return replace(self, challenge=tuple(record["gestures"]))
        return self
