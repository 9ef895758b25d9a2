"""Words of a list that letters may spell: a search over a tree of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from handpose.errors import DatasetError

EXTRA, LACKING, REPEATED = 4.0, 4.0, 1.5
"""Cost, as a negative logarithm of probability, of a letter that was read and not meant, of one
that was meant and not read, and of a double letter that was read once."""
FLOOR = 0.002
"""Least probability of any letter."""
TOO_FAR = 3.0
"""Cost for each letter above which no word of the list was meant."""


class WordList:
    """Finds the word that letters spell best.

    Parameters
    ----------
    words : iterable of str
        Case does not matter.

    Raises
    ------
    DatasetError
        If there is no word.
    """

    def __init__(self, words: Iterable[str]):
        self.words = sorted({word.strip().casefold() for word in words} - {""})
        if not self.words:
            raise DatasetError("the word list is empty; give one word a line")
        self._build()

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word.casefold() in self._end_of

    def best(self, letters: Sequence[Mapping[str, float]]) -> tuple[str, float] | None:
        """The word that letters spell best, and its cost for each letter.

        Parameters
        ----------
        letters : sequence of mapping of str to float
            Probabilities of each letter, one mapping for each letter that was read.

        Returns
        -------
        (str, float) or None
            None where every word is farther than `TOO_FAR`.
        """
        if not letters:
            return None
        costs = self._insertions(np.where(np.arange(len(self._parent)) == 0, 0.0, np.inf))
        for scores in letters:
            floor = -np.log(FLOOR)
            wanted = np.array(
                [-np.log(max(scores.get(c, 0.0), FLOOR)) for c in self._alphabet] or [floor]
            )
            step = costs[self._parent] + wanted[self._letter]
            step[0] = np.inf
            costs = self._insertions(np.minimum(step, costs + EXTRA))
        ends = costs[self._ends]
        place = int(ends.argmin())
        word = self._end_words[place]
        cost = float(ends[place]) / max(len(letters), len(word))
        return (word, cost) if cost <= TOO_FAR else None

    def _build(self) -> None:
        """Number the beginnings of all words, shorter ones first."""
        starts = sorted({w[:n] for w in self.words for n in range(len(w) + 1)}, key=len)
        number = {start: i for i, start in enumerate(starts)}
        self._alphabet = sorted({start[-1] for start in starts if start})
        code = {letter: i for i, letter in enumerate(self._alphabet)}
        self._parent: NDArray[np.intp] = np.array([number[s[:-1]] for s in starts], np.intp)
        self._letter: NDArray[np.intp] = np.array([code[s[-1]] if s else 0 for s in starts])
        repeated = np.array([len(s) > 1 and s[-1] == s[-2] for s in starts])
        self._lacking = np.where(repeated, REPEATED, LACKING)
        depth = np.array([len(start) for start in starts])
        self._levels = [np.flatnonzero(depth == d) for d in range(1, int(depth.max()) + 1)]
        self._end_of = {word: number[word] for word in self.words}
        self._end_words = list(self._end_of)
        self._ends = np.array([self._end_of[word] for word in self._end_words])

    def _insertions(self, costs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Costs where letters that were not read are allowed for, level by level."""
        for level in self._levels:
            lacking = costs[self._parent[level]] + self._lacking[level]
            costs[level] = np.minimum(costs[level], lacking)
        return costs
