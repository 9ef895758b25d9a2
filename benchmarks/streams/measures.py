"""How well events match the signs of a stream, as SHREC'21 and SHREC'22 measure it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from benchmarks.streams.stitching import FRAME_MS, Span, Stream
from handpose.temporal import GestureEvent

LEAST_OVERLAP = 0.5
"""Share of a sign's frames that its event must cover."""
LONGEST = 2.0
"""Times the sign that its event may last."""


@dataclass
class Tally:
    """Counts over streams.

    Attributes
    ----------
    signs, found, events : int
        Signs shown, signs found with the right name, events told.
    delays : list of float
        Frames from the end of each sign that was found to the moment its event was told.
    minutes : float
    missed, wrong : list of str
        Labels that were missed; ``told instead of shown`` of false events.
    """

    signs: int = 0
    found: int = 0
    events: int = 0
    delays: list[float] = field(default_factory=list)
    minutes: float = 0.0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, stream: Stream, told: Iterable[tuple[float, GestureEvent]]) -> None:
        """Match what was told, begins and ends, each after its time, to the signs of a stream."""
        left = first_told(told)
        self.signs += len(stream.signs)
        self.events += len(left)
        self.minutes += stream.motion.duration_ms / 60_000
        for sign in stream.signs:
            match = next((one for one in left if _matches(sign, one[1])), None)
            if match is None:
                self.missed.append(sign.label)
                continue
            left.remove(match)
            self.found += 1
            self.delays.append(match[0] / FRAME_MS - sign.last)
        self.wrong += [f"{event.gesture} in {_shown(stream.signs, event)}" for _, event in left]

    def row(self) -> dict[str, float]:
        """Detection rate, false events a sign and a minute, delay in frames."""
        false = self.events - self.found
        delays = np.array(self.delays or [np.nan])
        return {
            "signs": self.signs,
            "detection": round(self.found / self.signs, 3),
            "false events a sign": round(false / self.signs, 3),
            "false events a minute": round(false / self.minutes, 2),
            "delay, median frames": round(float(np.median(delays)), 1),
            "delay, 90 % frames": round(float(np.percentile(delays, 90)), 1),
        }


def first_told(told: Iterable[tuple[float, GestureEvent]]) -> list[tuple[float, GestureEvent]]:
    """The events that ended, each with the time at which its begin, or its end, was first told."""
    begun: dict[tuple[int, str | None], float] = {}
    ended = []
    for now, event in told:
        first = begun.setdefault((event.started_ms, event.gesture), now)
        if event.has_ended:
            ended.append((first, event))
    return ended


def _overlap(sign: Span, event: GestureEvent) -> float:
    """Frames that both cover."""
    first, last = event.started_ms / FRAME_MS, (event.ended_ms or 0) / FRAME_MS
    return min(last, sign.last) - max(first, sign.first)


def _matches(sign: Span, event: GestureEvent) -> bool:
    frames = max(sign.last - sign.first, 1)
    length = ((event.ended_ms or 0) - event.started_ms) / FRAME_MS
    return (
        event.gesture == sign.label
        and _overlap(sign, event) >= LEAST_OVERLAP * frames
        and length <= LONGEST * frames
    )


def _shown(signs: Sequence[Span], event: GestureEvent) -> str:
    """What was shown while an event was told: a sign, or nothing."""
    best = max(signs, key=lambda sign: _overlap(sign, event))
    return best.label if _overlap(best, event) > 0 else "nothing"
