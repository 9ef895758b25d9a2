"""Measures the parts of a benchmark one at a time, and writes what came out.

``results/NAME.json`` holds for each part ``{"rows": ..., fact: value, "details": ...}``, or
``"tables"`` of several ``{"caption", "rows"}``, and under ``"measured"`` when, where and with what.
Everything else is drawn from that file: a page with every table, the plots, and the tables that
README.md shows.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
from joblib import cpu_count

import handpose as hp
from benchmarks.machine import machine, versions
from benchmarks.report import page_text, part_section, readme_section
from benchmarks.timing import PATIENCE, QUICK_PATIENCE
from handpose.assets import cache_dir
from handpose.datasets import Dataset
from handpose.errors import DatasetError, HandposeError, UnknownNameError
from handpose.system.extras import require
from handpose.system.files import replacing

HERE = Path(__file__).parent

Results = dict[str, dict[str, Any]]
Plots = dict[str, Callable[[Path], None]]


class MissingDataError(HandposeError):
    """A data set that a part needs is absent."""


@dataclass(frozen=True)
class Setup:
    """What every part is given.

    Attributes
    ----------
    data : Path
        Folder with the data sets.
    quick : bool
        Do little, only to see that everything works.
    seed : int
        Decides every random choice.
    jobs : int
        Processor cores to use.
    work : Path
        Folder for trainings that a later run can use again.
    budget : str
        How long a search may take.
    """

    data: Path
    quick: bool = False
    seed: int = 0
    jobs: int = 1
    work: Path = field(default_factory=lambda: cache_dir() / "benchmarks")
    budget: str = ""

    def folder(self, name: str) -> Path:
        """Folder of a data set.

        Raises
        ------
        MissingDataError
            If it is absent.
        """
        if not (self.data / name).is_dir():
            raise MissingDataError(f"the data set {name} is not in {self.data}")
        return self.data / name

    def landmarks(self, name: str) -> Dataset:
        """A data set of landmarks: the one that ships or was fetched, else that of `data`.

        Raises
        ------
        MissingDataError
            If it is absent.
        """
        try:
            return hp.load_dataset(name)
        except DatasetError:
            return hp.load_dataset(name, path=self.folder(name))

    def few(self, count: int) -> int:
        """A twentieth of the count in a quick run, but at least 20."""
        return max(20, count // 20) if self.quick else count

    @property
    def patience(self) -> float:
        """Seconds that a comparison of times waits for other processes to rest."""
        return QUICK_PATIENCE if self.quick else PATIENCE

    def report(self, doing: str) -> None:
        """Show what is being done."""
        print(f"  {doing}", file=sys.stderr)


Part = Callable[[Setup], dict[str, Any]]
"""Measures one thing; its docstring is the caption of its tables."""


@dataclass(frozen=True)
class Benchmark:
    """A question and the parts that answer it.

    Attributes
    ----------
    name : str
        As in ``python -m benchmarks.NAME``.
    parts : dict of str to Part
    shown : dict of str to str
        Parts whose table README.md shows, and a regular expression that a row's name must match.
    page : str
        File with all tables, in the folder of the benchmarks; ``results/NAME.md`` by default.
    summary : callable (results) -> str, optional
        The beginning of the page.
    plots : callable (results) -> dict of str to callable (path), optional
        Name of each plot to what draws it. Plots ``PART`` and ``PART_...`` belong to a part.
    budget : str
        Default of ``--budget``, where the benchmark has one.
    """

    name: str
    parts: dict[str, Part]
    shown: dict[str, str] = field(default_factory=dict)
    page: str = ""
    summary: Callable[[Results], str] | None = None
    plots: Callable[[Results], Plots] | None = None
    budget: str = ""


def parts_of(*parts: Part) -> dict[str, Part]:
    """Parts by the names of their functions."""
    return {part.__name__: part for part in parts}


def run(benchmark: Benchmark, argv: list[str] | None = None) -> None:
    """Run a benchmark's command line; exits with 1 if a part failed or nothing was measured."""
    options = _options(benchmark, argv)
    out = options.out or (Path(mkdtemp(prefix="benchmark-")) if options.quick else HERE)
    results = read_results(out, benchmark)
    setup = Setup(options.data, options.quick, options.seed, options.jobs, budget=options.budget)
    if options.fresh:
        shutil.rmtree(setup.work, ignore_errors=True)
    failed: dict[str, str] = {}
    skipped: dict[str, str] = {}
    try:
        if benchmark.plots:
            require("matplotlib", "a plot", "plots")  # before an hour is spent
        for name in options.only:
            print(f"{benchmark.name}: {name} ...", file=sys.stderr)
            try:
                results[name] = measured(benchmark.parts[name], setup)
            except MissingDataError as missing:
                skipped[name] = str(missing)
                print(f"SKIPPED {name}: {missing}", file=sys.stderr)
            except HandposeError as error:
                failed[name] = str(error)
                print(f"FAILED {name}: {error}", file=sys.stderr)
            else:
                print(part_section(name, benchmark.parts[name], results[name]) + "\n")
                _write(results_file(out, benchmark), json.dumps(results, indent=1) + "\n")
        draw(benchmark, results, out)
    except HandposeError as error:
        raise SystemExit(f"{benchmark.name}: {error}") from None
    if failed or (options.only and len(skipped) == len(options.only)):
        raise SystemExit(1)


def measured(part: Part, setup: Setup) -> dict[str, Any]:
    """The result of a part, with when, where and with what it was measured."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    start = time.perf_counter()
    result = part(setup)
    stamp = {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "machine": machine(),
        "versions": versions(),
        "seed": setup.seed,
        "quick": setup.quick,
        "seconds": round(time.perf_counter() - start, 1),
    }
    return plain({**result, "load_before": load, "measured": stamp})


def draw(benchmark: Benchmark, results: Results, out: Path) -> None:
    """Write the page and the plots of results, and the section of README.md where there is one."""
    if not results:
        return
    results = {name: results[name] for name in benchmark.parts if name in results}
    plots = benchmark.plots(results) if benchmark.plots else {}
    for name, picture in plots.items():
        picture(out / "plots" / f"{name}.png")
    page = out / (benchmark.page or f"results/{benchmark.name}.md")
    text = page_text(
        benchmark.name,
        benchmark.parts,
        results,
        benchmark.summary(results) if benchmark.summary else "",
        sorted(plots),
    )
    _write(page, text)
    print(f"-> {results_file(out, benchmark)}, {page}", file=sys.stderr)
    if (out / "README.md").is_file():
        text = readme_section(benchmark.parts, results, benchmark.shown, page.relative_to(out))
        _put_into(out / "README.md", benchmark.name, text)


def results_file(out: Path, benchmark: Benchmark) -> Path:
    """Where the results of a benchmark are."""
    return out / "results" / f"{benchmark.name}.json"


def read_results(out: Path, benchmark: Benchmark) -> Results:
    """What was measured before; nothing where there is no file."""
    path = results_file(out, benchmark)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def plain(value: Any) -> Any:
    """Only what JSON has: no numpy values, and null for NaN and infinity."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def resident_mib() -> float:
    """Memory that this process holds (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def _options(benchmark: Benchmark, argv: list[str] | None) -> argparse.Namespace:
    module = sys.modules[next(iter(benchmark.parts.values())).__module__]
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{benchmark.name}",
        description=(sys.modules["__main__"].__doc__ or module.__doc__ or "").split("\n\n")[0],
    )
    parts = list(benchmark.parts)
    parser.add_argument(
        "--only",
        nargs="*",
        metavar="PART",
        default=parts,
        help=f"measure these ({', '.join(parts)}); without a name, draw the tables again",
    )
    parser.add_argument(
        "--quick", action="store_true", help="do little, and write to a temporary folder"
    )
    parser.add_argument(
        "--data", type=Path, help="folder with the data sets (default: HANDPOSE_DATA)"
    )
    parser.add_argument("--out", type=Path, help="write here instead of benchmarks/")
    parser.add_argument("--seed", type=int, default=0, help="decides every random choice")
    parser.add_argument("--jobs", type=int, default=cpu_count(), help="processor cores to use")
    parser.add_argument(
        "--fresh", action="store_true", help="train again what earlier runs trained"
    )
    parser.set_defaults(budget="")
    if benchmark.budget:
        parser.add_argument("--budget", default=benchmark.budget, help="time of each search")
    options = parser.parse_args(argv)
    for name in options.only:
        if name not in parts:
            parser.error(str(UnknownNameError("part", name, parts)))
    if options.data and not options.data.is_dir():
        parser.error(f"{options.data}: no such folder; name the one with the data sets: --data DIR")
    shared = HERE.parents[1] / "shared" / "datasets"
    options.data = options.data or Path(os.environ.get("HANDPOSE_DATA") or shared)
    return options


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _put_into(readme: Path, name: str, text: str) -> None:
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->"
    before, found, rest = readme.read_text(encoding="utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise HandposeError(f"{readme} has no section between {begin.strip()} and {end}")
    _write(readme, before + begin + text + "\n" + end + after)
