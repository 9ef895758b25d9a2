"""Keypoints against pixels: ``python -m benchmarks.keypoints_or_pixels``."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Annotated

import typer
from joblib import cpu_count

from benchmarks.keypoints_or_pixels.output import DOCUMENT, REPORT, check_output, write
from benchmarks.keypoints_or_pixels.part import Setup
from benchmarks.keypoints_or_pixels.parts import PARTS
from benchmarks.keypoints_or_pixels.run import Measured, measure, plots_again, read_document
from handpose.assets import cache_dir
from handpose.cli import run
from handpose.cli.console import err, out, report
from handpose.cli.greedy import GreedyCommand
from handpose.cli.sources import JobsOption
from handpose.datasets.places import DATA_VARIABLE

_SECONDS_BETWEEN_LINES = 10

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class PartsCommand(GreedyCommand):
    """Takes ``--only accuracy cost``."""

    values = {"--only": frozenset(PARTS)}  # noqa: RUF012


@app.command(cls=PartsCommand)
def bench(
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder with the data sets (default: HANDPOSE_DATA)."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Where REPORT.md, results/ and plots/ go (default: benchmarks; with --quick, a "
            "temporary folder).",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PART...", help=f"Measure only these: {', '.join(PARTS)}."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Everything, small: minutes.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Decides every random choice.")] = 0,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Train anew what an earlier run trained already.")
    ] = False,
    report_only: Annotated[
        bool,
        typer.Option("--report-only", help="Measure nothing: write the report of bench.json anew."),
    ] = False,
    jobs: JobsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Keypoints against pixels: measure both on the same photos, and write a report."""
    if report_only and quick and output is None:
        raise typer.BadParameter("--report-only needs the --out folder of the quick run")
    folder = output or Path(mkdtemp(prefix="handpose-bench-") if quick else "benchmarks")
    if report_only:
        document = read_document(folder / DOCUMENT)
        measured = Measured(document, plots_again(document, PARTS))
    else:
        check_output(folder)
        work = cache_dir() / "bench"
        if fresh:
            shutil.rmtree(work, ignore_errors=True)
        with _progress() as (tell, announce):
            setup = Setup(_data(data), work, quick, seed, jobs or cpu_count(), tell)
            kept = folder / DOCUMENT if only else None
            measured = measure(
                setup,
                PARTS,
                only or (),
                kept=read_document(kept) if kept and kept.is_file() else None,
                announce=announce,
            )
    write(measured.document, measured.plots, folder)
    if as_json:
        print(json.dumps(measured.document))
    else:
        _print(measured, folder)
    for name, reason in measured.failed.items():
        report(f"{name}: {reason}")
    if measured.failed:
        raise typer.Exit(1)


def _data(named: Path | None) -> Path:
    return named or Path(os.environ.get(DATA_VARIABLE) or cache_dir() / "datasets")


@contextmanager
def _progress() -> Iterator[tuple[Callable[[str], None], Callable[[str], None]]]:
    """Two functions: one told what is being done, now and then, and one that always prints."""
    if err.is_terminal:
        with err.status("") as status:
            yield status.update, err.print
        return
    last = monotonic()

    def tell(doing: str) -> None:
        nonlocal last
        if monotonic() - last > _SECONDS_BETWEEN_LINES:
            last = monotonic()
            err.print(f"  {doing}")

    yield tell, err.print


def _print(measured: Measured, folder: Path) -> None:
    document = measured.document
    for name, part in document["parts"].items():
        out.print(f"{name}: {part['seconds']:.0f} s")
    for name, reason in document["skipped"].items():
        out.print(f"{name}: skipped, {reason}")
    out.print(f"{document['seconds']:.0f} s -> {folder / REPORT}")


def main(argv: Sequence[str] | None = None) -> None:
    """Run this benchmark's command line."""
    run(app, argv, "python -m benchmarks.keypoints_or_pixels")


if __name__ == "__main__":
    main()
