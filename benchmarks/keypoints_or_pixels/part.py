"""What every part of the benchmark is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Setup:
    """What a part may use.

    Attributes
    ----------
    data : Path
        Folder with the photo data sets.
    work : Path
        Folder for what a run that was interrupted goes on from.
    quick : bool
        A small version of every part, to see that everything works.
    seed : int
        Decides every random choice.
    jobs : int
        Processor cores to use.
    report : callable (str), optional
        Told in a few words what is being done.
    """

    data: Path
    work: Path
    quick: bool = False
    seed: int = 0
    jobs: int = 2
    report: Callable[[str], None] = lambda doing: None


@dataclass(frozen=True)
class Table:
    """Rows for people, the same as for machines.

    Attributes
    ----------
    caption : str
        What is to be seen, in a sentence.
    rows : list of dict
        Column name to value; every row has the same columns.
    """

    caption: str
    rows: list[dict[str, Any]]


Tables = dict[str, Table]
Plots = dict[str, Callable[[Path], None]]


@dataclass(frozen=True)
class Result:
    """What a part found.

    Attributes
    ----------
    tables : dict of str to Table
        Under a name that does not change between versions.
    notes : list of str
        How it was measured, and what to beware of; a sentence or two each.
    exact : bool
        Whether a second run on the same machine has to give the same numbers, but for columns that
        end in ``_seconds``, or only similar ones (times).
    """

    tables: Tables
    notes: list[str] = field(default_factory=list)
    exact: bool = True


@dataclass(frozen=True)
class Part:
    """A question that the benchmark answers.

    Attributes
    ----------
    name : str
        As in ``python -m benchmarks.keypoints_or_pixels --only NAME``.
    question : str
        In plain words.
    needs : tuple of str
        Data sets, without which the part is skipped (and named as skipped).
    run : callable (Setup) -> Result
    draw : callable (tables) -> dict, optional
        The plots of a result, from its tables alone: file name without suffix to what draws it
        there. So a report can be drawn anew without measuring.
    """

    name: str
    question: str
    needs: tuple[str, ...]
    run: Callable[[Setup], Result]
    draw: Callable[[Tables], Plots] | None = None
