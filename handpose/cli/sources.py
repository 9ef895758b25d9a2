"""A data set from what a user names: a known name, a table, or a folder of images."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from handpose.cli.console import err, progress_bar, report
from handpose.datasets import DATASETS, Dataset, PictureFolder, load_dataset, read_table
from handpose.datasets.landmark_files import landmark_files
from handpose.errors import DatasetError
from handpose.extraction import ExtractionSummary, extract_cached
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.images.listing import files_in

SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="DIR|TABLE|NAME",
        help="A folder of images (DIR/LABEL/IMAGE), a table of landmarks (Parquet, CSV, HaGRID's "
        "JSON) or a known data set.",
    ),
]
ExtractorOption = Annotated[
    str, typer.Option("--extractor", metavar="NAME", help="Finds the hands in images.")
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, metavar="N", help="Worker processes (default: all cores)."),
]


def load(source: str, extractor: str = DEFAULT_EXTRACTOR, jobs: int | None = None) -> Loaded:
    """Load a data set; the landmarks of a folder are extracted once and cached."""
    if source in DATASETS:
        return Loaded(load_dataset(source), ok=True)
    path = Path(source)
    if not path.exists():
        raise DatasetError(
            f"{source}: no such folder, table or data set; known data sets: {', '.join(DATASETS)}"
        )
    if holds_landmarks(path):
        return Loaded(load_dataset(path), ok=True)
    with progress_bar("finding hands") as progress:
        summary = extract_cached(
            path, extractor=extractor, jobs=jobs, progress=progress, listing=show_listing
        )
    report_errors(summary)
    err.print(f"{path}: {summary}")
    return Loaded(read_table(summary.path), ok=summary.complete)


def holds_landmarks(path: Path) -> bool:
    """Whether a path is a file of landmarks or a folder of them, with nothing to extract."""
    if not path.is_dir():
        return path.is_file()
    return bool(landmark_files(path)) and not files_in(path).pictures


def video_source(name: str) -> str | int:
    """A camera for a number, a file or folder for everything else."""
    return int(name) if name.isdecimal() else name


def show_listing(pictures: PictureFolder) -> None:
    """Say what a folder holds, before the work: what is read, and what is left out."""
    err.print(str(pictures))
    for note in pictures.notes:
        err.print(f"  {note}")
    for line in pictures.unreadable:
        report(f"{pictures.root}: {line}")


def report_errors(summary: ExtractionSummary) -> None:
    """Name every image that could not be read."""
    for _, reason in summary.errors:
        report(reason)


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
