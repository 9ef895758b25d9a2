"""Damaged files by the ten thousand, in processes that may crash or hang."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.runner import MissingDataError, Setup
from handpose.automl.budget import parse_budget
from handpose.system.extras import is_installed

SHARE = 5_000
"""Files of a process: then another one begins."""
LIMIT_S = 30.0
"""For one file; sound ones take milliseconds."""
STARTING_S = 300.0
WORKER = "benchmarks.trust.fuzz_worker"


def fuzz_images(setup: Setup) -> dict[str, Any]:
    """Damaged pictures and animations of every format that is read.

    Files of all kinds are changed, cut off, doubled and swapped in places, are parts of two files,
    random bytes, or pickles that would run code. *read*: the damage did not matter, or was not
    seen. *refused*: one line of a documented error. *hangs*: more than 30 s. *other exceptions*: an
    undocumented error or warning, more than 2 GiB of memory, a file that stays open, or a model
    that was read and does not predict. *code run*: a process, a connection, a file elsewhere, a
    class taken from a pickle, code that was executed. What the budget does not allow is not done.
    """
    return _fuzzed("images", 50_000, setup)


def fuzz_videos(setup: Setup) -> dict[str, Any]:
    """Damaged videos of every container that OpenCV writes here."""
    return _fuzzed("videos", 10_000, setup)


def fuzz_tables(setup: Setup) -> dict[str, Any]:
    """Damaged tables of hands and of motions, alone and in parts, CSV, JSON, arrays of data sets,
    lists of words."""
    return _fuzzed("tables", 25_000, setup)


def fuzz_models(setup: Setup) -> dict[str, Any]:
    """Damaged models of every classifier; what is read has to predict and be saved again."""
    return _fuzzed("models", 15_000, setup)


def fuzz_keypoint_files(setup: Setup) -> dict[str, Any]:
    """Damaged keypoint networks and checkpoints of trainings."""
    if not is_installed("torch"):
        raise MissingDataError("torch is not installed: pip install 'handpose[torch]'")
    return _fuzzed("keypoint files", 6_000, setup)


PARTS = (fuzz_images, fuzz_videos, fuzz_tables, fuzz_models, fuzz_keypoint_files)


def _fuzzed(kind: str, count: int, setup: Setup) -> dict[str, Any]:
    with TemporaryDirectory() as scratch:
        seconds = parse_budget(setup.budget)
        row, faults = read_all(kind, setup.few(count), setup, Path(scratch), seconds)
    return {"rows": {kind: row}, "details": {"asked": setup.few(count), "faults": faults[:50]}}


def read_all(
    kind: str, count: int, setup: Setup, scratch: Path, seconds: float
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read so many files of a kind, for so long at most; gives the counts and the faults."""
    until = time.monotonic() + seconds
    total = Counter[str]()
    slowest, faults, number = 0.0, [], 0
    while number < count and time.monotonic() < until:
        share = scratch / f"{number}"
        share.mkdir()
        last = min(number + SHARE, count)
        ended, at = _run(kind, number, last, setup.seed, until - time.monotonic(), share)
        faults += _faults(share)
        if ended == "done":
            found = json.loads((share / "counts.json").read_text(encoding="utf-8"))
            slowest = max(slowest, found.pop("slowest s"))
            total.update(found)
            number += found["files"]
            if number < last:
                break
        else:  # what the process had counted is lost with it, what it had read is not
            total.update({"files": at - number + 1, ended: 1, "read or refused": at - number})
            faults.append({"number": at, "what": ended})
            number = at + 1
        setup.report(f"{kind}: {number} of {count}, faults: {len(faults)}")
    names = ("files", "read", "refused", "crashes", "hangs", "other exceptions", "code run")
    row = {name: total[name] for name in names}
    if total["read or refused"]:
        row["read or refused"] = total["read or refused"]
    return {**row, "slowest s": slowest}, faults


def _run(
    kind: str, first: int, last: int, seed: int, seconds: float, folder: Path
) -> tuple[str, int]:
    """How a process ended, and at which file."""
    arguments = [kind, str(first), str(last), str(seed), str(round(seconds)), str(folder)]
    command = [sys.executable, "-m", WORKER, *arguments]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        at, since = -1, time.monotonic()
        while process.poll() is None:
            time.sleep(0.1)
            now = _at(folder)
            if now != at:
                at, since = now, time.monotonic()
            elif time.monotonic() - since > (STARTING_S if at < 0 else LIMIT_S):
                process.kill()
                process.wait()
                return "hangs", at
    if process.returncode == 0:
        return "done", last
    at = _at(folder)
    if at < 0:
        end = (folder / "said").read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RuntimeError(f"the fuzzer could not start: {end}")
    return "crashes", at


def _at(folder: Path) -> int:
    try:
        return int((folder / "at").read_bytes() or -1)
    except (OSError, ValueError):
        return -1


def _faults(folder: Path) -> list[dict[str, Any]]:
    try:
        lines = (folder / "faults.jsonl").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    return [json.loads(line) for line in lines]
