"""Large folders: what a worker does an hour, and what the machine that gives out the work needs.

python -m benchmarks.at_scale [--only PART ...] [--quick]
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.runner import Benchmark, MissingDataError, Setup, parts_of, run
from handpose.containers.landmarks import Landmarks
from handpose.datasets import Dataset, list_images, read_table
from handpose.datasets.table import to_arrow
from handpose.extraction import extract_folder
from handpose.extraction.engines import dask_executor
from handpose.extraction.work import Finished, best_hand
from handpose.extractors import make_extractor
from handpose.system.extras import is_installed

PHOTOS, WORKERS, ROUNDS = 400, 2, 5
FILES = 20_000


def workers(setup: Setup) -> dict[str, Any]:
    """Photos of hands (sign_language_digits, 100 x 100 pixels) by two processes, and by two workers
    of a Dask scheduler that are processes of their own on the same machine.

    Seconds from folder to table; joblib and Dask in turn, so that other load meets both; the first
    round, in which the workers open their networks, is left out. The ratio is the median of the
    ratios of the rounds.
    """
    if not is_installed("distributed"):
        raise MissingDataError("Dask is not here: pip install 'handpose[distributed]'")
    count, rounds = setup.few(PHOTOS), 1 if setup.quick else ROUNDS
    with TemporaryDirectory() as scratch, _dask(WORKERS) as (address, _):
        root = _some_photos(setup, count, Path(scratch) / "photos")
        with dask_executor(address) as executor:
            calls = {
                "joblib": lambda table: extract_folder(root, table, n_jobs=WORKERS),
                "Dask": lambda table: extract_folder(root, table, executor=executor),
            }
            seconds = _in_turn(calls, Path(scratch), rounds + 1)
            same = _same(*(Path(scratch) / f"{name}.parquet" for name in calls))
    rows = {}
    for name, taken in seconds.items():
        rate = count / np.median(taken)
        rows[name] = {
            "photos": count,
            "seconds": round(float(np.median(taken)), 2),
            "photos/s a worker": round(rate / WORKERS, 1),
        }
    ratios = np.array(seconds["joblib"]) / np.array(seconds["Dask"])
    rows["Dask"]["of joblib's rate"] = round(float(np.median(ratios)), 2)
    return {"rows": rows, "details": {"seconds": seconds, "same table": same}}


def killed(setup: Setup) -> dict[str, Any]:
    """The same, and SIGKILL to one of the two Dask workers when a third of the photos is done: the
    other one does what it had, each photo once. The table is compared with that of one process.
    """
    if not is_installed("distributed"):
        raise MissingDataError("Dask is not here: pip install 'handpose[distributed]'")
    count = setup.few(PHOTOS)
    with TemporaryDirectory() as scratch, _dask(WORKERS) as (address, processes):
        root = _some_photos(setup, count, Path(scratch) / "photos")
        alone, table = Path(scratch) / "alone.parquet", Path(scratch) / "table.parquet"
        extract_folder(root, alone, n_jobs=1)
        at: list[int] = []

        def kill_one(done: int, total: int) -> None:
            if done >= total / 3 and not at:
                at.append(done)
                processes[-1].kill()
                processes[-1].wait()

        start = time.perf_counter()
        with dask_executor(address) as executor:
            extract_folder(root, table, executor=executor, progress=kill_one)
        spent = time.perf_counter() - start
        paths = read_table(table).paths.tolist()
        same = _same(alone, table)
    row = {
        "photos": count,
        "rows": len(paths),
        "rows twice": len(paths) - len(set(paths)),
        "killed at": at[0],
        "same table": same,
        "seconds": round(spent, 1),
    }
    return {"rows": {"one of two workers killed": row}}


def photo(setup: Setup) -> dict[str, Any]:
    """Processor time of a worker for one photo, from file to hand, in one thread.

    Photos are those of hagrid_sample (336 x 336), and the same enlarged to 1080 x 1080 and put in
    the middle of 1920 x 1080, the size of HaGRID's originals. Photos of the two sizes in turn.
    """
    count = 12 if setup.quick else 60
    folder = setup.folder("hagrid_sample")
    items = list_images(folder)
    chosen = [items[i] for i in np.linspace(0, len(items) - 1, count).astype(int)]
    extractor = make_extractor("native", num_hands=2, threads=1)
    times: dict[str, list[float]] = {}
    sizes: dict[str, list[int]] = {}
    with TemporaryDirectory() as scratch:
        for number, item in enumerate(chosen):
            files = {
                "336 x 336": folder / item.path,
                "1920 x 1080": _full_hd(folder / item.path, Path(scratch) / f"{number}.jpg"),
            }
            for name, path in files.items():
                start = time.process_time()
                best_hand(extractor, path)
                if number >= 2:  # the first ones open the networks
                    times.setdefault(name, []).append(time.process_time() - start)
                    sizes.setdefault(name, []).append(path.stat().st_size)
    rows = {}
    for name, taken in times.items():
        mean = float(np.mean(taken))
        rows[name] = {
            "photos": len(taken),
            "kB a photo": round(np.mean(sizes[name]) / 1e3),
            "median ms": round(1e3 * float(np.median(taken)), 1),
            "mean ms": round(1e3 * mean, 1),
            "photos/s a worker": round(1 / mean, 1),
        }
    return {"rows": rows}


def _full_hd(source: Path, target: Path) -> Path:
    square = Image.open(source).convert("RGB").resize((1080, 1080), Image.Resampling.BICUBIC)
    whole = Image.new("RGB", (1920, 1080), (90, 90, 90))
    whole.paste(square, (420, 0))
    whole.save(target, quality=97)
    return target


def driver(setup: Setup) -> dict[str, Any]:
    """What the machine that gives out the work does itself for each photo: lists the folder, takes
    in the rows, writes the parts and the table.

    The rows of a chunk are there already (real ones, repeated), so that no worker is waited for.
    Times are of the processor. The table is smaller than a real one: its rows repeat.
    """
    count = 2_000 if setup.quick else FILES
    with TemporaryDirectory() as scratch:
        root, table = Path(scratch) / "photos", Path(scratch) / "t.parquet"
        _empty_files(root, count)
        start = time.process_time()
        list_images(root)
        listed = time.process_time() - start
        start = time.process_time()
        extract_folder(root, table, executor=_Ready(setup))
        spent = time.process_time() - start
        bytes_a_row = table.stat().st_size / count
    row = {
        "photos": count,
        "listing, s": round(listed, 2),
        "all, s of processor": round(spent, 2),
        "ms a photo": round(1e3 * spent / count, 3),
        "bytes a row": round(bytes_a_row),
    }
    return {"rows": {"driver": row}}


class _Ready(Executor):
    """Answers at once with the same rows, under the paths that are asked for."""

    def __init__(self, setup: Setup):
        photos = list_images(setup.folder("sign_language_digits"))[:16]
        folder = setup.folder("sign_language_digits")
        with TemporaryDirectory() as scratch:
            root = Path(scratch) / "photos"
            for item in photos:
                (root / item.path).parent.mkdir(parents=True, exist_ok=True)
                copy(folder / item.path, root / item.path)
            self._hands = read_table(extract_folder(root, Path(scratch) / "t.parquet").path).X
        self._provenance = make_extractor("native", num_hands=2, threads=1).provenance

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        _, chunk = fn.args  # type: ignore[attr-defined]
        hands = Landmarks.concat([self._hands[: len(chunk)]])
        data = Dataset(hands, [x.label for x in chunk], paths=[x.path for x in chunk])
        notes = {"errors": [], "two_hands": {}}
        future: Future[Any] = Future()
        future.set_result(Finished(to_arrow(data), notes, len(chunk), self._provenance))
        return future


def _some_photos(setup: Setup, count: int, root: Path) -> Path:
    """Copies of photos spread over a data set, in folders by label."""
    folder = setup.folder("sign_language_digits")
    items = list_images(folder)
    for index in np.linspace(0, len(items) - 1, count).astype(int):
        item = items[index]
        target = root / item.label / item.path.replace("/", "_")
        target.parent.mkdir(parents=True, exist_ok=True)
        copy(folder / item.path, target)
    return root


def _empty_files(root: Path, count: int) -> None:
    """Files of different sizes that hold nothing, 34 labels."""
    for index in range(count):
        path = root / f"label{index % 34}" / f"{index}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(1 + index)


def _in_turn(
    calls: dict[str, Callable[[Path], Any]], scratch: Path, rounds: int
) -> dict[str, list[float]]:
    """Seconds of each call in each round but the first."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(rounds):
        for name, call in calls.items():
            start = time.perf_counter()
            call(scratch / f"{name}.parquet")
            if number:
                seconds[name].append(round(time.perf_counter() - start, 3))
    return seconds


def _same(one: Path, other: Path) -> bool:
    first, second = read_table(one), read_table(other)
    points = np.array_equal(first.X.points, second.X.points, equal_nan=True)
    return bool(points and (first.paths == second.paths).all())


@contextmanager
def _dask(count: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers on loopback: its address, and the processes of all."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address, where = f"tcp://127.0.0.1:{port}", ("--host", "127.0.0.1", "--port", port)
    worker = ("dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    processes = []
    with ExitStack() as stack:
        for command in [("dask_scheduler", *where, "--no-dashboard"), *[worker] * count]:
            program, *arguments = command
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", *arguments],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            processes.append(process)
        _wait_for(address, count)
        yield address, processes


def _wait_for(address: str, count: int) -> None:
    import dask
    from distributed import Client

    with (
        dask.config.set({"distributed.comm.timeouts.connect": "120s"}),
        Client(address, timeout="120s", set_as_default=False) as client,
    ):
        client.wait_for_workers(count, timeout=120)


BENCHMARK = Benchmark(
    "at_scale",
    parts_of(workers, killed, photo, driver),
    shown={"killed": ""},
)

if __name__ == "__main__":
    run(BENCHMARK)
