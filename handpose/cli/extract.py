"""``handpose extract``."""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
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
from handpose.extraction.engines import dask_executor
from handpose.extraction.loading import check_unused
from handpose.extractors import DEFAULT_EXTRACTOR
from handpose.system.files import check_writable
from handpose.system.stores import place_of

SUFFIX = ".parquet"


def extract(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="DIR",
            help="Folder of images or videos (DIR/LABEL/IMAGE), also in a store "
            "(s3://bucket/photos), or landmarks as CSV or JSON.",
        ),
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="TABLE.parquet|DIR",
            help="Table to write, also in a store. A name without a suffix is a folder of parts, "
            "for photos by the million.",
        ),
    ],
    extractor: ExtractorOption = DEFAULT_EXTRACTOR,
    num_hands: NumHandsOption = None,
    effort: EffortOption = None,
    min_confidence: MinConfidenceOption = None,
    videos: Annotated[
        str | None,
        typer.Option(
            metavar="motions|stills",
            help="Take a video as one motion, or its frames as photos (default: photos; motions "
            "where there is no photo).",
        ),
    ] = None,
    every: Annotated[
        int, typer.Option(min=1, metavar="N", help="Take every N-th frame of a video.")
    ] = 1,
    jobs: JobsOption = None,
    dask: Annotated[
        str | None,
        typer.Option(
            "--dask",
            metavar="ADDRESS",
            help="Use the workers of this Dask scheduler (tcp://host:8786), which see DIR too.",
        ),
    ] = None,
) -> None:
    """Find the hands in every image or video of a folder, and write a landmark table.

    A run that was stopped goes on where it was when it is started again.
    """
    source, table = place_of(folder), place_of(output)
    if table.suffix.lower() not in ("", SUFFIX):
        raise DatasetError(
            f"{table}: a landmark table is written as {SUFFIX}, or as a folder whose name has no "
            "suffix; change the name"
        )
    if isinstance(table, Path) and (table.suffix or table.is_file()):
        check_writable(table)
    if not source.exists():
        raise DatasetError(f"{source}: no such folder or file")
    options = extractor_options(num_hands, effort, min_confidence)
    dataset = read_dataset(source)
    if dataset is not None:
        check_unused(folder, options)
        if not table.suffix:
            raise DatasetError(f"{table}: landmarks that are there go into one table, as {SUFFIX}")
        write_table(dataset, table)
        out.print(f"{len(dataset):,} rows, landmarks as they were -> {table}")
        return
    engine: AbstractContextManager[Executor | None]
    engine = nullcontext() if dask is None else dask_executor(dask)
    with engine as executor, progress_bar("finding hands") as progress:
        summary = extract_folder(
            source,
            table,
            extractor=extractor,
            videos=videos,
            every=every,
            n_jobs=jobs,
            executor=executor,
            progress=progress,
            listing=show_listing,
            **options,
        )
    report_errors(summary)
    out.print(_counts(summary))
    out.print(f"{summary} -> {table}")
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
