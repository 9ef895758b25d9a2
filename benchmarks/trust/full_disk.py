"""Commands on a disk that fills up while they write."""

from __future__ import annotations

import errno
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import handpose as hp
from benchmarks.runner import MissingDataError, Setup
from benchmarks.trust.inputs import rendered_photos, write_frames, write_photos
from benchmarks.trust.killing import command_of, left_over, shape_of
from handpose.datasets.places import shipped_folder
from handpose.system.extras import is_installed

DISK = "8m"
COPIES = 2
LIMIT_S = 300


def full_disk(setup: Setup) -> dict[str, Any]:
    """Commands whose output goes to a disk of eight megabytes that is full, or has room for the
    beginning only: a file system in memory, which this makes (as root, on Linux).

    *one line*: the command ends with code 1 and one line that names a file; no traceback. *old file
    kept*: the file that was to be replaced is as before. *left behind*: what else lies there
    afterwards. *then*: with room again, the same command succeeds.
    """
    rows = {}
    with TemporaryDirectory() as scratch:
        work = Path(scratch)
        _make_inputs(work)
        for name, (arguments, output, room) in _commands(work).items():
            if not _possible(name):
                continue
            with _small_disk(work / "disk") as disk:
                rows[name] = _try(disk, arguments(disk), disk / output if output else None, room)
            setup.report(f"{name}: {rows[name]}")
            if setup.quick and len(rows) == 2:
                break
    return {"rows": rows}


def _make_inputs(work: Path) -> None:
    write_photos(work / "photos", COPIES)
    write_frames(work / "frames", rendered_photos()[::2])
    hp.write_table(hp.load_dataset("sign_language_digits")[::8], work / "table.parquet")


def _commands(work: Path) -> dict[str, Any]:
    """Name to the arguments on a disk, the file that is written, and the room in kB."""
    table, photos = work / "table.parquet", work / "photos"
    clip = shipped_folder("rendered_clips") / "still.mp4"
    collect = ["--label", "a", "--subject", "b", "--no-window", "--count", "50"]
    return {
        "extract": (lambda d: ["extract", photos, "-o", d / "t.parquet"], "t.parquet", 40),
        "extract, no room": (lambda d: ["extract", photos, "-o", d / "t.parquet"], "t.parquet", 0),
        "train": (lambda d: ["train", table, "-o", d / "m.handpose"], "m.handpose", 8),
        "train, a folder": (
            lambda d: ["train", photos, "-o", d / "m.handpose", "--classifier", "knn"],
            "m.handpose",
            4,
        ),
        "search": (
            lambda d: ["search", table, "-o", d / "m.handpose", "--budget", "20s"],
            "m.handpose",
            4,
        ),
        "search, the journal": (
            lambda d: [
                *("search", table, "-o", work / "m.handpose", "--budget", "20s"),
                *("--journal", d / "j.log"),
            ],
            "",
            8,
        ),
        "collect": (lambda d: ["collect", d / "mine", work / "frames", *collect], "", 200),
        "recognize, a picture": (
            lambda d: ["recognize", work / "frames" / "003.jpg", "--annotate", d],
            "003.jpg",
            4,
        ),
        "recognize, a video": (
            lambda d: ["recognize", clip, "--annotate", d],
            "still.mp4",
            60,
        ),
        "evaluate, a plot": (
            lambda d: ["evaluate", table, "--classifier", "knn", "--plot", d / "p.png"],
            "p.png",
            8,
        ),
        "export": (
            lambda d: ["export", "digits", "-o", d / "m.onnx", "--overwrite"],
            "m.onnx",
            16,
        ),
    }


def _possible(name: str) -> bool:
    needed = {"search": "optuna", "evaluate": "matplotlib", "export": "onnx"}
    package = needed.get(name.partition(",")[0])
    return package is None or is_installed(package)


def _try(disk: Path, arguments: list[Any], output: Path | None, room: int) -> dict[str, Any]:
    if output is not None:
        output.write_bytes(b"old")
    _fill(disk, room)
    before = {path for path, _ in shape_of(disk)}
    code, said = _run(arguments)
    lines = [line for line in said.splitlines() if line.startswith("handpose: ")]
    errors = [line for line in lines if not line.startswith("handpose: warning")]
    now = {path for path, _ in shape_of(disk)} - before
    parts = sum(".parts/" in path for path in now)
    photos = sum(path.endswith((".jpg", "manifest.csv", "j.log")) for path in now)
    row = {
        "exit code": code,
        "one line": len(errors) == 1 and "Traceback" not in said and str(disk) in errors[0],
        "old file kept": None if output is None else output.read_bytes() == b"old",
        "samples and parts kept": parts + photos,
        "left behind": sum(not name.endswith(".parts") for name in left_over(disk)),
        "says": errors[-1].replace(str(disk), "DISK") if errors else said[-200:],
    }
    (disk / "filler").unlink()
    code, said = _run(arguments)
    row["then"] = code == 0 or said[-200:]
    return row


def _run(arguments: list[Any]) -> tuple[int, str]:
    command = command_of(arguments)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_S)
    return done.returncode, done.stderr


def _fill(disk: Path, room_kb: int) -> None:
    """Leave so many kilobytes."""
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        file.truncate(max(0, file.tell() - 1024 * room_kb))


@contextmanager
def _small_disk(place: Path) -> Iterator[Path]:
    place.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "handpose", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise MissingDataError("mount is not here") from None
    if done.returncode != 0:
        raise MissingDataError(f"no small disk can be made ({done.stderr.strip()}); be root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
