"""The pictures that benchmarks look at, and those that show no hand."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.runner import MissingDataError, Setup
from handpose.images import read_image

HAND_FREE = Path(__file__).parent / "results" / "hand_free.csv"
"""Pictures, or parts of them, that show no hand; README.md says how they were chosen."""


def photo_files(setup: Setup, name: str, limit: int | None = None) -> list[Path]:
    """Photos that show a hand, in an order that does not depend on their labels."""
    folder = setup.folder(name)
    with (folder / "manifest.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["label"] != "no_gesture"]
    files = [folder / row["path"] for row in rows]
    random.Random(0).shuffle(files)
    return files[: setup.few(limit or len(files))]


def clip_files(setup: Setup) -> list[Path]:
    """The clips of real hands in motion."""
    files = sorted(setup.folder("gesture_clips").glob("*.gif"))
    if not files:
        raise MissingDataError(f"no clips in {setup.data / 'gesture_clips'}")
    return files


def hand_free(setup: Setup) -> dict[str, list[np.ndarray]]:
    """Pictures that show no hand, by where they come from."""
    from sklearn.datasets import load_sample_images

    pictures = defaultdict(list)
    faces = np.load(setup.folder("faces_lfpw") / "faces_lfpw.npz")["images"]
    with HAND_FREE.open() as file:
        for row in csv.DictReader(file):
            if row["dataset"] == "faces_lfpw":
                image = np.repeat(faces[int(row["path"])][..., None], 3, axis=2)
            else:
                image = read_image(setup.folder(row["dataset"]) / row["path"])
            x0, y0, x1, y1 = (int(row[key]) for key in ("x0", "y0", "x1", "y1"))
            pictures[row["dataset"]].append(np.ascontiguousarray(image[y0:y1, x0:x1]))
    for photo in load_sample_images().images:
        pictures["scikit-learn photos, tiles"] += [
            np.ascontiguousarray(photo[y : y + 160, x : x + 160])
            for y in range(0, photo.shape[0] - 159, 80)
            for x in range(0, photo.shape[1] - 159, 120)
        ]
    return {name: images[: setup.few(len(images))] for name, images in pictures.items()}
