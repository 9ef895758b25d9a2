"""``kill -9`` while commands work: what is lost, and whether the next run goes on."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

import handpose as hp
from benchmarks.runner import Setup
from benchmarks.trust.inputs import rendered_photos, write_frames, write_photos
from benchmarks.trust.killing import Killer, left_over, to_the_end
from benchmarks.trust.studio_page import kill_studios
from handpose.automl.budget import parse_budget
from handpose.datasets.manifest import MANIFEST, read_manifest
from handpose.datasets.sample_folder import SampleFolder
from handpose.system.extras import is_installed

KILLS = 20
COPIES = 2
CHUNK = 16
BUDGET_S = 8
TRIAL_ENDED = 6
"""Of Optuna's journal."""


def kills(setup: Setup) -> dict[str, Any]:
    """SIGKILL to commands, half of them at a random moment, half just after they had begun to
    write (to the studio while requests are on their way).

    *lost*: photos, finished parts, trials or answered changes that were on the disk before and are
    not there after it, beyond the one in flight (in `extract` a chunk of 16 photos for each
    worker). *damaged*: files under their final name that cannot be read, or are neither the old
    one nor the new. *left behind*: temporary files after the run that follows. A command is killed
    20 times, or as often as a fifth of the budget allows.
    """
    count = 3 if setup.quick else KILLS
    each_s = parse_budget(setup.budget) / 5
    parts: dict[str, Callable[[Path, Killer], dict[str, Any]]] = {
        "extract": extracting,
        "train": training,
        "collect": collecting,
        "search": searching,
        "studio": kill_studios,
    }
    rows = {}
    for number, (name, part) in enumerate(parts.items()):
        needed = {"search": "optuna", "studio": "starlette"}.get(name)
        if needed and not is_installed(needed):
            setup.report(f"{name}: left out, {needed} is not installed")
            continue
        with TemporaryDirectory() as scratch:
            rng = np.random.default_rng([setup.seed, number])
            killer = Killer(rng, count, time.monotonic() + each_s)
            rows[name] = part(Path(scratch), killer)
        setup.report(f"{name}: {rows[name]}")
    names = ("kills", "ended before", "lost", "damaged", "left behind")
    rows["all"] = {name: sum(row[name] for row in rows.values()) for name in names}
    return {"rows": rows}


def extracting(scratch: Path, killer: Killer) -> dict[str, Any]:
    """A table is absent or whole; its finished parts stay; the last run makes the same table."""
    photos, out = scratch / "photos", scratch / "out"
    out.mkdir()
    write_photos(photos, COPIES)
    arguments = ["extract", photos, "-o", scratch / "whole.parquet", "--jobs", "1"]
    killer.whole_s, _ = to_the_end(arguments)
    whole, table = hp.read_table(scratch / "whole.parquet"), out / "table.parquet"
    parts = out / "table.parquet.parts"
    lost = damaged = 0
    while killer.goes_on:
        before = _sizes(parts)
        jobs = "2" if killer.kills % 4 == 3 else "1"
        killer.run(["extract", photos, "-o", table, "--jobs", jobs], out)
        if table.is_file():
            damaged += not _same(table, whole)
            table.unlink()
        else:
            after = _sizes(parts)
            lost += CHUNK * len(before.keys() - after.keys())
            damaged += sum(not _can(hp.read_table, parts / name) for name in after)
    to_the_end(["extract", photos, "-o", table])
    damaged += not _same(table, whole)
    return _row(killer, lost, damaged, out)


def training(scratch: Path, killer: Killer) -> dict[str, Any]:
    """The model is the one of before or the one that was trained, and it loads."""
    out, table = scratch / "out", scratch / "table.parquet"
    out.mkdir()
    digits = hp.load_dataset("sign_language_digits")
    hp.write_table(digits[::6], table)
    model = out / "model.handpose"
    expected = {}
    for classifier in ("knn", "svm"):
        seconds, _ = to_the_end(["train", table, "-o", model, "--classifier", classifier])
        killer.whole_s = max(seconds, killer.whole_s)
        expected[classifier] = _answers(model, digits)
    killer.soon_s = 0.01
    damaged = 0
    while killer.goes_on:
        classifier = ("knn", "svm")[killer.kills % 2]
        killer.run(["train", table, "-o", model, "--classifier", classifier], out)
        answers = _answers(model, digits)
        same = [np.array_equal(answers, other) for other in expected.values()]
        damaged += not any(same)
    to_the_end(["train", table, "-o", model, "--classifier", "knn"])
    damaged += not np.array_equal(_answers(model, digits), expected["knn"])
    return _row(killer, 0, damaged, out)


def collecting(scratch: Path, killer: Killer) -> dict[str, Any]:
    """Photos on the disk stay, the manifest can be read, and the next session notes the one in
    flight."""
    frames, root = scratch / "frames", scratch / "mine"
    write_frames(frames, rendered_photos())
    first = ["collect", scratch / "first", frames, "--label", "a", "--subject", "anna"]
    killer.whole_s, _ = to_the_end([*first, "--no-window", "--count", "1000"])
    killer.soon_s = 0.4
    lost = damaged = 0
    known: dict[str, int] = {}
    while killer.goes_on:
        label = f"gesture{killer.kills + killer.ended}"
        options = ["--label", label, "--subject", "anna", "--no-window", "--count", "1000"]
        killer.run(["collect", root, frames, *options], root)
        there = {p.relative_to(root).as_posix(): p.stat().st_size for p in root.rglob("*.jpg")}
        there = {name: size for name, size in there.items() if not Path(name).name.startswith(".")}
        lost += sum(there.get(name) != size for name, size in known.items())
        damaged += sum(not _is_picture(root / name) for name in there)
        noted = _noted(root)
        damaged += noted is None
        if noted is not None:
            lost += max(0, len(there.keys() - noted) - 1) + len(noted - there.keys())
        SampleFolder(root, label, "anna")  # what the next session does first
        lost += len(there.keys() - (_noted(root) or set()))
        known = there
    options = ["--label", "last", "--subject", "anna", "--no-window", "--count", "1000"]
    to_the_end(["collect", root, frames, *options])
    lost += len(known.keys() - set(hp.read_table(root / "landmarks.parquet").paths.tolist()))
    return _row(killer, lost, damaged, root)


def searching(scratch: Path, killer: Killer) -> dict[str, Any]:
    """Every line of the journal that was whole stays, and the next search goes on from it."""
    out, table = scratch / "out", scratch / "table.parquet"
    out.mkdir()
    digits = hp.load_dataset("sign_language_digits")
    hp.write_table(digits[::8], table)
    journal, model = out / "journal.log", out / "model.handpose"
    asked = ["search", table, "-o", model, "--budget", f"{BUDGET_S}s"]
    killer.whole_s, _ = to_the_end([*asked, "--journal", scratch / "first.log"])
    killer.soon_s = 2.0
    model.unlink()
    lost = damaged = 0
    whole = b""
    while killer.goes_on:
        killer.run([*asked, "--journal", journal], out)
        content = journal.read_bytes() if journal.is_file() else b""
        lost += not content.startswith(whole)
        whole = content[: content.rfind(b"\n") + 1]
        damaged += sum(not _is_json(line) for line in whole.splitlines())
        if model.is_file():
            damaged += not _can(hp.load_model, model)
            model.unlink()
    trials = sum(json.loads(line)["op_code"] == TRIAL_ENDED for line in whole.splitlines())
    to_the_end([*asked, "--journal", journal])
    lost += not journal.read_bytes().startswith(whole)
    damaged += not _can(hp.load_model, model)
    return {**_row(killer, lost, damaged, out), "trials kept": trials}


def _row(killer: Killer, lost: int, damaged: int, folder: Path) -> dict[str, Any]:
    return {
        "kills": killer.kills,
        "ended before": killer.ended,
        "lost": lost,
        "damaged": damaged,
        "left behind": len(left_over(folder)),
    }


def _sizes(folder: Path) -> dict[str, int]:
    found = folder.glob("*.parquet") if folder.is_dir() else ()
    return {path.name: path.stat().st_size for path in found if path.name[0] != "."}


def _same(table: Path, whole: hp.Dataset) -> bool:
    try:
        found = hp.read_table(table)
    except hp.HandposeError:
        return False
    paths = found.paths.tolist() == whole.paths.tolist()
    return paths and np.array_equal(found.X.points, whole.X.points, equal_nan=True)


def _can(read: Callable[[Path], Any], path: Path) -> bool:
    try:
        read(path)
    except hp.HandposeError:
        return False
    return True


def _answers(model: Path, data: hp.Dataset) -> Any:
    try:
        return hp.load_model(model).predict_proba(data.X[:50]).round(6)
    except hp.HandposeError:
        return None


def _is_picture(path: Path) -> bool:
    with Image.open(path) as image:
        try:
            image.load()
        except OSError:
            return False
    return True


def _noted(root: Path) -> set[str] | None:
    """The samples of the manifest; None where it cannot be read."""
    if not (root / MANIFEST).is_file():
        return set()
    try:
        return {item.path for item in read_manifest(root / MANIFEST)}
    except hp.HandposeError:
        return None


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
