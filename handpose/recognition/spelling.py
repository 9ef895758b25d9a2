"""`Speller`: letters that a hand shows in a video become text."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from handpose.features.normalize import palm_size
from handpose.recognition.results import VideoRecognition
from handpose.temporal import GestureEvent
from handpose.temporal.letters import HOLD_MS, LetterReader
from handpose.temporal.segmentation import SETTLE_MS
from handpose.temporal.word_list import WordList

SPACES = ("space", " ")
DELETES = ("del", "delete", "backspace")
"""Labels that end a word, and that take the last letter back."""

SPACE_MS = 1500.0
"""A hand that is not seen for this long ends a word."""
SPEED_MS = 110.0
"""Over how long the speed of a hand is taken: landmarks tremble from frame to frame, and cameras
repeat frames."""


class Speller:
    """Reads the letters that one hand shows in a video, and writes text.

    Parameters
    ----------
    words : iterable of str, optional
        A word that was spelled becomes the most similar one of these, unless none is near.
    hold_ms : float, default=130
        For how long a letter must be held still.
    space_ms : float, default=1500
        A hand that is not seen for this long ends a word; so does a label ``"space"``.

    Attributes
    ----------
    text : str
        What was spelled so far, the word that is not finished too.

    Notes
    -----
    Letters of one character are read, whatever their case. ``"space"`` ends a word, ``"del"``,
    ``"delete"`` and ``"backspace"`` take back a letter. A letter that only the model of motions
    knows replaces what was read of stills while it was drawn, if it is surer than these together.
    """

    def __init__(
        self,
        words: Iterable[str] | None = None,
        *,
        hold_ms: float = HOLD_MS,
        space_ms: float = SPACE_MS,
    ):
        self._list = None if words is None else WordList(words)
        self._reader, self._space_ms = LetterReader(hold_ms), space_ms
        self._finished: list[str] = []
        self._seen_ms: float | None = None
        self._now_ms = 0.0
        self._held: set[str] = set()
        self._track: int | None = None
        self._way: deque[tuple[float, NDArray[np.float32]]] = deque()

    @property
    def text(self) -> str:
        """What was spelled so far."""
        return " ".join(word for word in (*self._finished, self.word) if word)

    @property
    def word(self) -> str:
        """The word that is being spelled."""
        letters = self._reader.letters
        found = self._list.best([letter.scores for letter in letters]) if self._list else None
        return found[0] if found else "".join(letter.label for letter in letters)

    def update(self, result: VideoRecognition) -> str:
        """Take the next frame; gives the text so far."""
        now = self._now_ms = result.frame.timestamp_ms
        self._held = {_letter(label) for label in result.labels}
        hand = self._leading(result)
        if hand is None:
            self._track = None
            if self._seen_ms is not None and now - self._seen_ms >= self._space_ms:
                self.space()
            self._reader.update({}, now, 0.0)
        else:
            self._seen_ms = now
            scores = {_letter(k): float(p) for k, p in zip(result.labels, hand[1], strict=True)}
            points = result.hands.points[hand[0], :, :2]
            size = max(float(palm_size(points[None])[0]), 1e-6)
            x, y = points.mean(0).tolist()
            read = self._reader.update(scores, now, self._speed(points, size, now), (x, y, size))
            if read:
                self._obey()
        for event in result.events:
            self.take_event(event)
        return self.text

    def take_event(self, event: GestureEvent) -> None:
        """Take an event that came after the last frame: see `GestureStream.end`."""
        if event.kind == "motion" and event.gesture and not event.has_ended:
            self._draw(event)

    def space(self) -> None:
        """End the word."""
        if self._reader.letters:
            self._finished.append(self.word)
        self._reader.letters.clear()
        self._seen_ms = None

    def backspace(self) -> None:
        """Take back the last letter, or the last word where none is being spelled."""
        if self._reader.letters:
            self._reader.letters.pop()
        elif self._finished:
            self._finished.pop()

    def end(self) -> str:
        """End the last word; gives the text."""
        self.space()
        return self.text

    def _leading(self, result: VideoRecognition) -> tuple[int, NDArray[np.float64]] | None:
        """The hand that spells: the one before if it is still there, else the surest."""
        if not len(result):
            return None
        ids = result.track_ids.tolist()
        known = self._track in ids
        place = ids.index(self._track) if known else int(np.nan_to_num(result.scores).argmax())
        if np.isnan(result.probabilities[place]).any():
            return None
        if not known:
            self._track = ids[place]
            self._way.clear()
        return place, result.probabilities[place]

    def _speed(self, points: NDArray[np.float32], size: float, now: float) -> float:
        """Mean speed of the landmarks over the last `SPEED_MS`, in palm sizes a second."""
        while len(self._way) > 1 and self._way[0][0] < now - SPEED_MS:
            self._way.popleft()
        first = self._way[0] if self._way else None
        self._way.append((now, points))
        if first is None or now <= first[0]:
            return 0.0
        moved = float(np.linalg.norm(points - first[1], axis=1).mean())
        return moved / size / (now - first[0]) * 1000

    def _obey(self) -> None:
        """What the letter that was just read means."""
        label = self._reader.letters[-1].label
        if len(label) == 1 and not label.isspace():
            return
        self._reader.letters.pop()
        if label in SPACES:
            self.space()
        elif label in DELETES:
            self.backspace()

    def _draw(self, event: GestureEvent) -> None:
        """Take a letter, a space or a correction that was drawn in the air."""
        name = _letter(event.gesture or "")
        if name in SPACES:
            self.space()
        elif name in DELETES:
            self.backspace()
        elif len(name) == 1 and name not in self._held:
            self._reader.insert(name, event.score, event.started_ms, self._now_ms - SETTLE_MS)


def _letter(label: str) -> str:
    return label.casefold()
