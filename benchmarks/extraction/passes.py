"""Part: what the second look at a hand brings, on other processors too."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.machine import machine
from benchmarks.pictures import photo_files
from benchmarks.runner import HERE, MissingDataError, Setup
from handpose.containers.landmarks import Landmarks
from handpose.errors import HandposeError
from handpose.evaluation.statistics import bootstrap_interval
from handpose.extractors import Extractor, make_extractor
from handpose.images import read_image

PROCESSORS: dict[str, dict[str, str]] = {
    "as it is": {},
    "bf16": {"HANDPOSE_PRECISION": "bf16"},
    "f32": {"HANDPOSE_PRECISION": "f32"},
    "LiteRT": {"HANDPOSE_RUNTIME": "litert"},
    "AVX2": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "AVX-512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE"},
    "AVX-512 VNNI": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI"},
    "AVX-512, int8 that overflows": {
        "ONEDNN_MAX_CPU_ISA": "AVX512_CORE",
        "HANDPOSE_PRECISION": "int8",
    },
}
"""What the environment says; see ``scripts/check_processors.py``."""

RENDERS, SHIPPED = "more_rendered_hands", HERE.parent / "datasets" / "rendered_hands"
TURN = 20.0
"""Degrees by which a photo is turned, to see whether its landmarks turn with it."""


def passes(setup: Setup) -> dict[str, Any]:
    """What the second look at a hand brings, in each precision and with the instructions of other
    processors. Of rendered hands, percent of the hand's box: the mean distance to the exact key
    points with one look and with two; for those that got a second look (others stay as they are),
    by how much it is less, with a 95 % interval (bootstrap over hands). Of photos, percent of the
    palm: how far the landmarks of a photo lie from those of the photo turned by 20 degrees, for
    hands that got a second look in either."""
    rows = {name: elsewhere("passes", settings, setup) for name, settings in PROCESSORS.items()}
    return {"rows": rows}


def elsewhere(module: str, settings: dict[str, str], setup: Setup) -> dict[str, Any]:
    """What a module of this folder prints as JSON in a process with these settings."""
    command = [sys.executable, "-m", f"benchmarks.extraction.{module}", str(setup.data)]
    done = subprocess.run(
        command + ["--quick"] * setup.quick,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise HandposeError(f"{module}, {settings}: {done.stderr}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _measured(setup: Setup) -> dict[str, Any]:
    """A row of the table, in this process."""
    with (
        make_extractor("native", refine=False, threads=1) as once,
        make_extractor("native", threads=1) as twice,
    ):
        row = {"computes in": machine()["precision"], **_on_renders(setup, once, twice)}
        return row | _on_photos(setup, once, twice)


def _on_renders(setup: Setup, once: Extractor, twice: Extractor) -> dict[str, Any]:
    one, two, again = [], [], []
    renders = _renders(setup)
    for path, exact in renders:
        image = read_image(path)
        first, second = once.detect(image), twice.detect(image)
        if len(first) and len(second):
            again.append(not np.array_equal(first.points, second.points))
            for errors, hands in ((one, first), (two, second)):
                distance = np.linalg.norm(hands.points[0, :, :2] - exact, axis=1).mean()
                errors.append(100 * distance / np.ptp(exact, axis=0).max())
    return {"hands": len(one), "of": len(renders)} | _compared(one, two, again)


def _on_photos(setup: Setup, once: Extractor, twice: Extractor) -> dict[str, Any]:
    files = photo_files(setup, "hagrid_sample") + photo_files(setup, "sign_language_digits", 300)
    one, two, again = [], [], []
    for file in files:
        image = read_image(file)
        turned, turn = _turned(image)
        seen = [[e.detect(picture) for picture in (image, turned)] for e in (once, twice)]
        if all(len(hands) for pair in seen for hands in pair):
            moved = [_apart(*pair, turn) for pair in seen]
            if max(moved) < 50:  # percent: both looks saw the same hand
                one.append(moved[0])
                two.append(moved[1])
                again.append(
                    any(not np.array_equal(a.points, b.points) for a, b in zip(*seen, strict=True))
                )
    return {
        f"photos: {k}": v for k, v in ({"hands": len(one)} | _compared(one, two, again)).items()
    }


def _compared(one: list[float], two: list[float], again: list[bool]) -> dict[str, Any]:
    gain = (np.array(one) - np.array(two))[again]
    low, high = bootstrap_interval(gain, np.arange(len(gain)).astype(str))
    return {
        "one look": round(float(np.mean(one)), 3),
        "two": round(float(np.mean(two)), 3),
        "second looks": len(gain),
        "gain of these": f"{gain.mean():.2f} ({low:.2f} to {high:.2f})",
    }


def _renders(setup: Setup) -> list[tuple[Path, np.ndarray]]:
    """Pictures and key points: those that ship and, where they were made, others."""
    folders = (SHIPPED, *sorted((setup.data / RENDERS).glob("*/")))
    renders = [render for folder in folders for render in keypoints_of(folder).items()]
    return renders[:: 20 if setup.quick else 1]


def keypoints_of(folder: Path) -> dict[Path, np.ndarray]:
    """Exact key points (21, 2) of rendered hands."""
    table = folder / "keypoints.csv"
    if not table.is_file():
        raise MissingDataError(f"{table.name} is not in {folder}")
    with table.open() as file:
        return {
            folder / row.pop("path"): np.reshape([*map(float, row.values())], (21, 3))[:, :2]
            for row in csv.DictReader(file)
        }


def _turned(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A photo turned about its middle, edge pixels repeated; and the matrix that did it."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), TURN, 1.0)
    picture = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picture), turn


def _apart(upright: Landmarks, turned: Landmarks, turn: np.ndarray) -> float:
    """Mean distance of the landmarks from where the turn takes them, in percent of the palm."""
    points = upright.points[0, :, :2]
    expected = points @ turn[:, :2].T + turn[:, 2]
    palm = np.linalg.norm(points[9] - points[0])
    return float(100 * np.linalg.norm(turned.points[0, :, :2] - expected, axis=1).mean() / palm)


if __name__ == "__main__":
    print(json.dumps(_measured(Setup(Path(sys.argv[1]), "--quick" in sys.argv[2:]))))
