"""Letters that a hand shows one after the other, held or moved."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from handpose.temporal.clock import FrameClock

HOLD_MS = 130.0
"""For how long a letter must be held still."""
BREAK_MS = 90.0
"""A letter that is left for longer than this and held again was shown twice."""
ASIDE = 0.6
"""Palm sizes by which a hand that keeps its letter must be carried aside to show it twice: half of
what signers do."""
STILL = 2.5
"""Palm sizes a second, mean of the landmarks, below which a hand holds still."""
LEAST = 0.3
"""Least probability of a letter that is held."""
SAME_MS = 300.0
"""By how much two letters must explain what a hand that holds still shows better than one letter
does: milliseconds times the natural logarithm of a ratio of probabilities."""
FLOOR = 0.01
"""Least probability of any letter in that."""
SURER = 0.35
"""By how much more probable a drawn letter must be than the letters that were held meanwhile, as a
share of its time."""
GUARD_MS = 400.0
"""Before and after a letter is drawn, the hand that draws it is no letter for this long."""
_DRAWING = 0.2
"""Share of the frames of a drawing from which on a hand shape belongs to it."""
_REMEMBERED_MS = 3000.0


Place = tuple[float, float, float]
"""Where a hand is, and its palm size, all in one unit."""


@dataclass
class Letter:
    """A letter that was shown.

    Attributes
    ----------
    scores : dict of str to float
        Mean probability of each letter while it was held.
    started_ms, ended_ms : float
    """

    scores: dict[str, float]
    started_ms: float
    ended_ms: float

    @property
    def label(self) -> str:
        """The most probable letter."""
        return max(self.scores, key=lambda name: self.scores[name])

    @property
    def lasted_ms(self) -> float:
        """For how long it was shown."""
        return self.ended_ms - self.started_ms


@dataclass
class _Held:
    """A letter that is being shown: how long it was held still, and what else it may be."""

    label: str
    since_ms: float
    until_ms: float
    still_ms: float = 0.0
    away_ms: float = 0.0
    sums: dict[str, float] = field(default_factory=dict)
    weight: float = 0.0
    letter: Letter | None = None
    place: Place | None = None

    def add(
        self, scores: Mapping[str, float], now: float, weight: float, place: Place | None
    ) -> None:
        """Take a frame that shows it."""
        for name, score in scores.items():
            self.sums[name] = self.sums.get(name, 0.0) + weight * score
        self.weight += weight
        self.until_ms, self.away_ms, self.place = now, 0.0, place

    def means(self) -> dict[str, float]:
        """Mean probabilities."""
        return {name: total / self.weight for name, total in self.sums.items()}

    def loss(self, label: str) -> float:
        """By how much another letter explains what was shown worse than the best one does."""
        sums, least = self.sums, FLOOR * self.weight
        best = max(sums.values())
        return self.weight * math.log(max(best, least) / max(sums.get(label, 0.0), least))

    def is_like(self, other: _Held) -> bool:
        """Whether one letter explains both about as well as two do."""
        return min(self.loss(name) + other.loss(name) for name in self.sums) < SAME_MS

    def is_at(self, place: Place | None) -> bool:
        """Whether the hand has not been carried aside since; where places are told."""
        if self.place is None or place is None:
            return False
        return math.dist(self.place[:2], place[:2]) < ASIDE * place[2]

    def with_piece(self, other: _Held) -> _Held:
        """The same letter, and another piece of it."""
        joined = replace(self, sums=dict(self.sums))
        for name, total in other.sums.items():
            joined.sums[name] = joined.sums.get(name, 0.0) + total
        joined.weight += other.weight
        joined.until_ms, joined.place = other.until_ms, other.place
        return joined

    def write(self) -> None:
        """Say in its letter what is known of it."""
        if self.letter is not None:
            self.letter.scores, self.letter.ended_ms = self.means(), self.until_ms


class LetterReader:
    """Turns what a hand shows, frame by frame, into letters, each once.

    A letter is read when it is the most probable one for `hold_ms` while the hand is still. What a
    hand shows on its way from one letter to the next is too short or too fast. A letter that is
    left, or carried aside, and held again is read again, as double letters are shown; a hand that
    drifts a little has not left it. While a hand holds still, it shows another letter only where
    that explains clearly more.

    Parameters
    ----------
    hold_ms : float, default=130
    still : float, default=2.5
        Palm sizes a second below which a hand holds still.
    least : float, default=0.3
        Least probability of a letter that is held.

    Attributes
    ----------
    letters : list of Letter
        All that were read.
    """

    def __init__(self, hold_ms: float = HOLD_MS, *, still: float = STILL, least: float = LEAST):
        for name, value in {"hold_ms": hold_ms, "still": still, "least": least}.items():
            if not value >= 0:
                raise ValueError(f"{name} must not be below 0, but got {value}")
        self._hold_ms, self._still, self._least = hold_ms, still, least
        self._clock = FrameClock()
        self._held: _Held | None = None
        self._before: _Held | None = None
        self._joined: _Held | None = None
        self._recent: deque[tuple[float, str]] = deque()
        self._drawing: tuple[set[str], float] = (set(), 0.0)
        self.letters: list[Letter] = []

    def update(
        self,
        scores: Mapping[str, float],
        timestamp_ms: float,
        speed: float,
        place: Place | None = None,
    ) -> bool:
        """Take the next frame.

        Parameters
        ----------
        scores : mapping of str to float
            Probability of each letter; empty where no hand is seen.
        timestamp_ms : float
            Must grow from call to call.
        speed : float
            Of the hand, in palm sizes a second.
        place : tuple of three float, optional
            x and y of the hand and its palm size. Where it is not told, a hand that moved was
            carried aside.

        Returns
        -------
        bool
            Whether a letter was read.
        """
        self._clock.tick(timestamp_ms)
        step = self._clock.covered(self._clock.step_ms) or self._clock.period_ms
        best = max(scores, key=lambda name: scores[name], default="")
        shown = best if best and scores[best] >= self._least and speed <= self._still else ""
        self._recent.append((timestamp_ms, best))
        while self._recent[0][0] < timestamp_ms - _REMEMBERED_MS:
            self._recent.popleft()
        if not scores or (speed > self._still and not self._keeps(best, place)):
            self._before = self._joined = None
        held = self._held
        if held is None or shown != held.label:
            held = self._leave(held, shown, timestamp_ms, step)
        if held is None or shown != held.label:
            return False
        held.add(scores, timestamp_ms, step, place)
        held.still_ms += step
        return self._read(held)

    def insert(self, label: str, score: float, started_ms: float, ended_ms: float) -> None:
        """Take a letter that is drawn, unless letters that were held meanwhile explain it.

        It replaces what was read while it was drawn. The hand that drew it, held just before or
        after, is no letter either.
        """
        held = [one for one in self.letters if _within(one, started_ms, ended_ms)]
        explained = sum(max(one.scores.values()) * one.lasted_ms for one in held)
        if score < SURER + explained / max(ended_ms - started_ms, 1.0):
            return
        shown = [name for now, name in self._recent if started_ms <= now <= ended_ms and name]
        drawing = {name for name in shown if shown.count(name) >= _DRAWING * len(shown)}
        drawn = Letter({label: score}, started_ms, ended_ms)
        left = [
            one
            for one in self.letters
            if one not in held
            and not (one.label in drawing and one.ended_ms >= started_ms - GUARD_MS)
        ]
        self.letters = sorted([*left, drawn], key=lambda one: one.started_ms + one.ended_ms)
        self._drawing = drawing, ended_ms + GUARD_MS
        if self._held is not None and self._held.since_ms < ended_ms:
            self._held = None

    def _keeps(self, best: str, place: Place | None) -> bool:
        """Whether a hand that moves shows what it held before, near where it held it."""
        before = self._joined or self._before
        return before is not None and best == before.label and before.is_at(place)

    def _leave(self, held: _Held | None, shown: str, now: float, step: float) -> _Held | None:
        """Give up what was held once something else, or nothing, is shown for long enough."""
        if held is not None:
            held.away_ms += step
            if held.away_ms < BREAK_MS:
                return held
        self._before, self._joined = self._joined or self._before, None
        self._held = _Held(shown, now, now) if shown else None
        return self._held

    def _read(self, held: _Held) -> bool:
        if held.letter is not None:
            held.write()
            return False
        if held.still_ms < self._hold_ms:
            return False
        if self._before is not None:
            alike = self._before.is_like(held)
            self._joined = self._before.with_piece(held) if alike else None
            (self._joined or self._before).write()
            if alike:
                return False
        self._before = held
        held.letter = Letter(held.means(), held.since_ms, held.until_ms)
        drawing, until_ms = self._drawing
        if held.label in drawing and held.since_ms <= until_ms:
            return False
        self.letters.append(held.letter)
        return True


def _within(letter: Letter, started_ms: float, ended_ms: float) -> bool:
    """Whether half of a letter or more lies between two times."""
    shared = min(letter.ended_ms, ended_ms) - max(letter.started_ms, started_ms)
    return shared >= 0.5 * letter.lasted_ms
