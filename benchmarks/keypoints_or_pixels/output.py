"""The files of a benchmark, written together: the report, the document, the plots."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.keypoints_or_pixels.overview import draw_overview, overview_rows
from benchmarks.keypoints_or_pixels.part import Plots
from benchmarks.keypoints_or_pixels.report import report_text
from benchmarks.keypoints_or_pixels.run import Document
from benchmarks.keypoints_or_pixels.style import new_figure
from handpose.errors import DatasetError

REPORT = "REPORT.md"
DOCUMENT = "results/bench.json"
PLOTS = "plots"
OVERVIEW = "overview"


def check_output(out: Path) -> None:
    """Refuse, before an hour is spent, a folder that cannot be written to.

    Raises
    ------
    DatasetError
        If it cannot be.
    MissingExtraError
        If matplotlib is not installed.
    """
    new_figure(1)
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=out, prefix=".bench-"):
            pass
    except OSError as error:
        raise DatasetError(
            f"{out}: cannot be written to ({error.strerror}); name another folder with --out"
        ) from None


def write(document: Document, plots: Plots, out: Path) -> None:
    """Write everything, or, if anything fails, nothing.

    Parameters
    ----------
    document : dict
    plots : dict of str to callable (path)
        Drawn as PNG. Plots of other parts that are there already stay.
    out : Path
        Folder.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    check_output(out)
    with TemporaryDirectory(dir=out, prefix=".bench-") as folder:
        whole = Path(folder)
        if overview_rows(document):
            plots = plots | {OVERVIEW: lambda path: draw_overview(document, path)}
        for name, draw in plots.items():
            path = whole / PLOTS / f"{name}.png"
            path.parent.mkdir(exist_ok=True)
            draw(path)
        there = {path.stem for path in [*out.glob(f"{PLOTS}/*.png"), *whole.glob(f"{PLOTS}/*.png")]}
        (whole / REPORT).write_text(report_text(document, there), encoding="utf-8")
        (whole / DOCUMENT).parent.mkdir()
        (whole / DOCUMENT).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        for path in sorted(whole.rglob("*")):
            target = out / path.relative_to(whole)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            else:
                path.replace(target)
