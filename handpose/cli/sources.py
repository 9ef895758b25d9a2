"""A data set from what a user names: a known name, a table, or a folder of images or videos."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from handpose.cli.console import err, progress_bar, report
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.datasets import DATASETS, Dataset, PictureFolder
from handpose.errors import DatasetError, ImageError, did_you_mean
from handpose.extraction import ExtractionSummary, load_with_summary
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.images.addresses import is_address
from handpose.models.gestures import GestureModel
from handpose.system.stores import place_of

SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="DIR|TABLE|NAME",
        help="A folder of images or videos (DIR/LABEL/IMAGE), a table of landmarks (Parquet, CSV, "
        "HaGRID's JSON) or a known data set.",
    ),
]
ExtractorOption = Annotated[
    str, typer.Option("--extractor", metavar="NAME", help="Finds the hands in images.")
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, metavar="N", help="Worker processes (default: all cores)."),
]


def load(
    source: str,
    extractor: str = DEFAULT_EXTRACTOR,
    jobs: int | None = None,
    options: Mapping[str, Any] | None = None,
    model: GestureModel | None = None,
) -> Loaded:
    """Load a data set as `load_dataset` does, with its warnings as lines.

    Parameters
    ----------
    source, extractor, jobs
    options : dict, optional
        Of the extractor.
    model : GestureModel, optional
        Whose kind of data it must be: a folder of another is refused before hands are looked for.

    Raises
    ------
    DatasetError
        If there is no such data set, or of another kind.
    """
    if source not in DATASETS and not place_of(source).exists():
        raise DatasetError(
            f"{source}: no such folder, table or data set{did_you_mean(source, DATASETS)}; "
            f"known data sets: {', '.join(DATASETS)}"
        )
    with progress_bar("finding hands") as progress:
        dataset, summary = load_with_summary(
            source,
            extractor=extractor,
            n_jobs=jobs,
            progress=progress,
            listing=partial(_list_for, model),
            **(options or {}),
        )
    if summary is not None:
        report_errors(summary)
        err.print(f"{source}: {summary}")
    if model is not None and isinstance(dataset.X, (Landmarks, Motions)):
        _check_kind(source, model, isinstance(dataset.X, Motions), ("still hands", "motions"))
    return Loaded(dataset, ok=summary is None or summary.complete)


def _list_for(model: GestureModel | None, pictures: PictureFolder) -> None:
    """Show what a folder holds; raise DatasetError if the model is for another kind."""
    if model is not None:
        _check_kind(str(pictures.root), model, pictures.videos, ("pictures", "videos"))
    show_listing(pictures)


def _check_kind(source: str, model: GestureModel, moving: bool, holds: tuple[str, str]) -> None:
    """Raise DatasetError if samples are not of the model's kind."""
    if model.takes_motions != moving:
        kinds = ("still gestures", "motions")
        raise DatasetError(
            f"{source} holds {holds[moving]}, but this is a model of "
            f"{kinds[model.takes_motions]}; use one of {kinds[moving]}"
        )


def video_source(name: str) -> str | int:
    """A camera for a number; an address, a file or a folder, which must be there, for all else."""
    if name.isdecimal():
        return int(name)
    if not is_address(name) and not Path(name).exists():
        raise ImageError(f"{name}: no such file or folder; a camera is given by its number")
    return name


def show_listing(pictures: PictureFolder) -> None:
    """Say what a folder holds, before the work: what is read, and what is left out."""
    err.print(str(pictures))
    for note in pictures.notes:
        err.print(f"  {note}")
    for line in pictures.unreadable:
        report(f"{pictures.root}: {line}")


def report_errors(summary: ExtractionSummary) -> None:
    """Name every file that could not be read, and every video without a hand."""
    for _, reason in summary.errors:
        report(reason)
    for path in summary.without_hand:
        err.print(f"{path}: no hand in this video")


class Loaded:
    """A data set, and whether all of its inputs could be read."""

    def __init__(self, dataset: Dataset, *, ok: bool):
        self.dataset = dataset
        self.ok = ok

    def exit(self) -> None:
        """Exit with code 1 if an input could not be read."""
        if not self.ok:
            raise typer.Exit(1)


def training_summary(dataset: Dataset) -> dict[str, Any]:
    """What a model card says about a training set."""
    detected = dataset.X.detected
    return {
        "dataset": dataset.name,
        "samples": len(dataset),
        "detected": int(detected.sum()),
        "subjects": dataset.n_subjects,
    }
