"""Hands that the model did not know, each a picture that can become a sample."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.errors import DatasetError
from handpose.recognition.collector import hand_shapes

MOST = 24
"""Pictures that are kept; the oldest go first."""

_LASTING_MS = 500
"""A hand that changes from one gesture to another is unknown for a moment; that is no news."""
_APART = 0.25
"""Palm sizes by which hands in the list differ, in the mean of their landmarks."""


@dataclass(frozen=True)
class Unknown:
    """A picture of a hand that was not named.

    Attributes
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    hands : Landmarks of length 1
    nearest : str
        The gesture that it was taken for, with a score too low to be named.
    score : float
    """

    rgb: NDArray[np.uint8]
    hands: Landmarks
    nearest: str
    score: float


class Unknowns:
    """A list of them, in memory only, no two alike."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, Unknown] = OrderedDict()
        self._numbers = count(1)
        self._since: int | None = None

    def offer(self, unknown: Unknown | None, now_ms: int) -> None:
        """Look at a frame of the video: what was not named in it; None where all was."""
        if unknown is None:
            self._since = None
            return
        self._since = now_ms if self._since is None else self._since
        if now_ms - self._since < _LASTING_MS or self._is_there(unknown):
            return
        self._kept[next(self._numbers)] = unknown
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def take(self, number: int) -> Unknown:
        """Take one out of the list.

        Raises
        ------
        DatasetError
            If it is not there.
        """
        unknown = self.look(number)
        del self._kept[number]
        return unknown

    def look(self, number: int) -> Unknown:
        """One of the list; raises as `take` does."""
        if number not in self._kept:
            raise DatasetError("that picture is no longer in the list")
        return self._kept[number]

    def clear(self) -> None:
        """Forget all: another model knows other things."""
        self._kept.clear()
        self._since = None

    def to_dict(self) -> list[dict[str, Any]]:
        """The list for the page, the newest first."""
        return [
            {"id": number, "nearest": unknown.nearest, "score": round(unknown.score, 3)}
            for number, unknown in reversed(self._kept.items())
        ]

    def _is_there(self, unknown: Unknown) -> bool:
        (shape,) = hand_shapes(unknown.hands)
        known = [hand_shapes(other.hands)[0] for other in self._kept.values()]
        return any(np.linalg.norm(other - shape, axis=-1).mean() < _APART for other in known)
