"""Part: how fast the extractor is beside that of another checkout, as one from before a change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pictures import clip_files, photo_files
from benchmarks.runner import MissingDataError, Setup
from benchmarks.timing import WARM_UP, quartiles

BEFORE = "HANDPOSE_BEFORE"
"""Names the other checkout: ``git worktree add --detach ../before COMMIT``."""
PHOTOS = ("hagrid_sample", "drone_hand", "sign_language_digits")
HERE = Path(__file__).parents[2]
VARIANTS: dict[str, dict[str, Any]] = {
    "one hand": {"num_hands": 1},
    "one hand, 1 thread": {"num_hands": 1, "threads": 1},
    "two hands, 1 thread": {"num_hands": 2, "threads": 1},
    "one hand, litert, 1 thread": {"num_hands": 1, "threads": 1, "runtime": "litert"},
}


class Checkout:
    """A process that times the library of a checkout; it rests while another one is asked."""

    def __init__(self, path: Path, options: dict[str, Any], kind: str = "native"):
        command = [sys.executable, str(HERE / "benchmarks/extraction/speed_worker.py")]
        self._process = subprocess.Popen(
            [*command, kind, json.dumps(options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(path)},
        )
        imported = Path(self._answer())
        if not imported.is_relative_to(path.resolve()):
            raise MissingDataError(f"{path} holds no handpose: {imported} was imported")

    def ask(self, *order: Any) -> Any:
        """The answer to an order: see `speed_worker.Worker`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process of a checkout ended; it says why above")
        return json.loads(line)


def speed(setup: Setup) -> dict[str, Any]:
    """Milliseconds a picture before and after, asked in turn picture by picture: ratio of the
    medians, and median of the ratios. Above 1, this checkout takes longer."""
    before = os.environ.get(BEFORE)
    if not before:
        raise MissingDataError(f"set {BEFORE} to another checkout")
    photos = [str(p) for name in PHOTOS for p in photo_files(setup, name, 100)[: setup.few(100)]]
    clips = [str(path) for path in clip_files(setup)]
    rows = {}
    for variant, options in VARIANTS.items():
        with ExitStack() as stack:
            asked = {
                name: stack.enter_context(_opened(path, options))
                for name, path in (("before", Path(before)), ("after", HERE))
            }
            for checkout in asked.values():
                checkout.ask("photos", photos)
            rows[f"detect, {variant}"] = _in_turn(asked, "detect", list(range(len(photos))))
            frames = [checkout.ask("frames", clips, setup.few(40)) for checkout in asked.values()]
            rows[f"track, {variant}"] = _in_turn(asked, "track", list(range(min(frames))))
            with _few_photos(photos) as folder:
                rows[f"folder, {variant}"] = _in_turn(asked, "folder", [folder] * 6, warm_up=1)
    return {"photos": len(photos), "rows": rows}


def _in_turn(
    asked: dict[str, Checkout], order: str, inputs: list[Any], warm_up: int = WARM_UP
) -> dict[str, Any]:
    """A row of the table."""
    seconds: dict[str, list[float]] = {name: [] for name in asked}
    hands = dict.fromkeys(asked, 0)
    for turn, value in enumerate(inputs[:warm_up] + inputs):
        names = list(asked) if turn % 2 else list(reversed(asked))
        for name in names:
            spent, found = asked[name].ask(order, value)
            if turn >= warm_up:
                seconds[name].append(spent)
                hands[name] += found
    medians = {name: quartiles(spent)["median_ms"] for name, spent in seconds.items()}
    ratios = np.array(seconds["after"]) / np.array(seconds["before"])
    return {
        **{f"{name} median_ms": ms for name, ms in medians.items()},
        "ratio of medians": round(medians["after"] / medians["before"], 3),
        "median of ratios": round(float(np.median(ratios)), 3),
        **{f"{name} hands": count for name, count in hands.items()},
    }


@contextmanager
def _opened(path: Path, options: dict[str, Any]) -> Iterator[Checkout]:
    checkout = Checkout(path, options)
    try:
        yield checkout
    finally:
        checkout.close()


@contextmanager
def _few_photos(photos: list[str], most: int = 48) -> Iterator[str]:
    """A folder of some of the photos."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "hand"
        folder.mkdir()
        for number, photo in enumerate(photos[:: max(1, len(photos) // most)]):
            shutil.copy(photo, folder / f"{number:03}{Path(photo).suffix}")
        yield place
