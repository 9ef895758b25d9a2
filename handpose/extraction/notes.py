"""What is noted about the rows of a table, and added up from those of its parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_MANY = 0.5
"""Share of a label's files with two hands above which it counts as a sign of two hands."""


@dataclass
class Notes:
    """Counts of files, for each label, and names of those that went wrong.

    Attributes
    ----------
    found, missed : Counter
        With and without a hand.
    two_hands : Counter
        With a second hand.
    errors : list of (str, str)
        Those that could not be read, with the reason.
    without_hand : list of str
        Clips in which no hand is seen.
    """

    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    two_hands: Counter[str] = field(default_factory=Counter)
    errors: list[tuple[str, str]] = field(default_factory=list)
    without_hand: list[str] = field(default_factory=list)

    @classmethod
    def sum(cls, parts: Iterable[Notes]) -> Notes:
        """The notes of a table from those of its parts."""
        total = cls()
        for part in parts:
            total.found += part.found
            total.missed += part.missed
            total.two_hands += part.two_hands
            total.errors += part.errors
            total.without_hand += part.without_hand
        return total

    @classmethod
    def from_dict(cls, notes: Mapping[str, Any]) -> Notes:
        """Those of a file.

        Raises
        ------
        KeyError, TypeError, ValueError
            If an earlier version wrote it, or it is damaged.
        """
        return cls(
            Counter(dict(notes["found"])),
            Counter(dict(notes["missed"])),
            Counter(dict(notes["two_hands"])),
            [(path, reason) for path, reason in notes["errors"]],
            list(notes["without_hand"]),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return dict(vars(self))


def signs_of_two_hands(found: Counter[str], two_hands: Counter[str]) -> list[str]:
    """Labels of which most files show a second hand, sorted."""
    return sorted(label for label in two_hands if two_hands[label] > _MANY * found[label])
