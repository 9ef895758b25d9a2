"""``handpose extract``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from handpose.cli.console import out, progress_bar
from handpose.cli.extractors import (
    EffortOption,
    MinConfidenceOption,
    NumHandsOption,
    extractor_options,
)
from handpose.cli.sources import (
    ExtractorOption,
    JobsOption,
    report_errors,
    show_listing,
)
from handpose.datasets import write_table
from handpose.datasets.registry import read_dataset
from handpose.errors import DatasetError
from handpose.extraction import ExtractionSummary, extract_folder
from handpose.extraction.loading import check_unused
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.system.files import check_writable

SUFFIX = ".parquet"


def extract(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="Folder of images or videos (DIR/LABEL/IMAGE), or landmarks as CSV or JSON.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="TABLE.parquet", help="Table to write.")
    ],
    extractor: ExtractorOption = DEFAULT_EXTRACTOR,
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
    jobs: JobsOption = None,
) -> None:
    """Find the hands in every image or video of a folder, and write a landmark table.

    A run that was stopped goes on where it was when it is started again.
    """
    if output.suffix.lower() != SUFFIX:
        raise DatasetError(f"{output}: a landmark table is written as {SUFFIX}; change the name")
    check_writable(output)
    if not folder.exists():
        raise DatasetError(f"{folder}: no such folder or file")
    options = extractor_options(num_hands, effort, min_confidence)
    dataset = read_dataset(folder)
    if dataset is not None:
        check_unused(folder, options)
        write_table(dataset, output)
        out.print(f"{len(dataset):,} rows, landmarks as they were -> {output}")
        return
    with progress_bar("finding hands") as progress:
        summary = extract_folder(
            folder,
            output,
            extractor=extractor,
            n_jobs=jobs,
            progress=progress,
            listing=show_listing,
            **options,
        )
    report_errors(summary)
    out.print(_counts(summary))
    out.print(f"{summary} -> {output}")
    if not summary.complete:
        raise typer.Exit(1)


def _counts(summary: ExtractionSummary) -> Table:
    table = Table("label", box=None, pad_edge=False)
    for heading in ("videos" if summary.videos else "images", "found", "missed"):
        table.add_column(heading, justify="right")
    for label in summary.labels:
        found, missed = summary.found[label], summary.missed[label]
        table.add_row(label, str(found + missed), str(found), str(missed))
    return table
