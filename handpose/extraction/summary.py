"""The result of extracting a folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from handpose.datasets import PictureFolder
from handpose.datasets.parts import read_notes
from handpose.extraction.notes import Notes, signs_of_two_hands
from handpose.images.listing import listed
from handpose.system.stores import Place

Progress = Callable[[int, int], None]
"""Called with the numbers of files that are done, and of all."""


@dataclass
class ExtractionSummary:
    """The result of extracting a folder.

    Attributes
    ----------
    path : Path or StorePath
        The table.
    found, missed : Counter
        Images or clips with and without a hand, for each label.
    errors : list of (str, str)
        Those that could not be read, with the reason. They have no row in the table.
    two_hands : Counter
        Those with a second hand, for each label.
    unreadable : list of str
        What `PictureFolder.unreadable` says: files of formats that cannot be read.
    videos : bool
        Whether they are clips. A table of clips has both hands where a label needs both, else the
        one that is seen more; a table of images has the surer hand of each.
    without_hand : list of str
        Clips in which no hand is seen.
    """

    path: Place
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    errors: list[tuple[str, str]] = field(default_factory=list)
    two_hands: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    videos: bool = False
    without_hand: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every file of the folder could be read."""
        return not self.errors and not self.unreadable

    @property
    def labels(self) -> list[str]:
        """The labels that occur, sorted."""
        return sorted({*self.found, *self.missed})

    @property
    def signs_of_two_hands(self) -> list[str]:
        """Labels of which most show a second hand."""
        return signs_of_two_hands(self.found, self.two_hands)

    def problems(self) -> list[str]:
        """One line for each file that could not be read, and for each clip without a hand."""
        return [reason for _, reason in self.errors] + [
            f"{path}: no hand in this video" for path in self.without_hand
        ]

    def __str__(self) -> str:
        found, missed = self.found.total(), self.missed.total()
        share = found / (found + missed) if found + missed else 0.0
        unread = f", {len(self.errors)} unreadable" if self.errors else ""
        if self.videos:
            return f"{found + missed} videos: {found} with a hand ({share:.1%}){unread}" + (
                f"; two hands in label {listed(self.signs_of_two_hands)}"
                if self.signs_of_two_hands
                else ""
            )
        return (
            f"{found + missed} images: {found} hands found ({share:.1%}), {missed} missed{unread}"
            f"{self._second_hands()}"
        )

    def _second_hands(self) -> str:
        total, many = self.two_hands.total(), self.signs_of_two_hands
        if not total:
            return ""
        signs = f"; most of label {listed(many)} do, but only one is learnt" if many else ""
        return f"; {total} show a second hand, the surer one was taken{signs}"


def summary_from(notes: Notes, table: Place, pictures: PictureFolder) -> ExtractionSummary:
    """The summary of a table with these notes."""
    return ExtractionSummary(
        table,
        notes.found,
        notes.missed,
        notes.errors,
        notes.two_hands,
        pictures.unreadable,
        pictures.videos,
        notes.without_hand,
    )


def summary_of(table: Place, pictures: PictureFolder) -> ExtractionSummary:
    """The summary of a table that was extracted.

    Raises
    ------
    DatasetError, OSError, ValueError, KeyError, TypeError
        If the file is damaged, or an earlier version wrote it.
    """
    return summary_from(Notes.from_dict(read_notes(table)), table, pictures)
