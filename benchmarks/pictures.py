"""The pictures that benchmarks look at, and which of them show no hand."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.runner import MissingDataError
from handpose.images import read_image

HAND_FREE = Path(__file__).parent / "results" / "hand_free.csv"
"""Pictures, or parts of them, in which no hand is to be seen; README.md says how it was made."""


class Data:
    """Where pictures lie, and how many of them are looked at."""

    def __init__(self, folder: Path, quick: bool):
        self.folder, self.quick = folder, quick

    def files(self, name: str, limit: int | None = None) -> list[Path]:
        """Photos that show a hand, in an order that does not depend on their labels."""
        if not (self.folder / name / "manifest.csv").is_file():
            raise MissingDataError(f"{name} is not in {self.folder}")
        with (self.folder / name / "manifest.csv").open() as file:
            rows = [row for row in csv.DictReader(file) if row["label"] != "no_gesture"]
        files = [self.folder / name / row["path"] for row in rows]
        random.Random(0).shuffle(files)
        return files[: self.few(limit or len(files))]

    def few(self, count: int) -> int:
        return max(20, count // 20) if self.quick else count

    def hand_free(self) -> dict[str, list[np.ndarray]]:
        """Pictures in which no hand is to be seen; see README.md for how they were chosen."""
        from sklearn.datasets import load_sample_images

        pictures = defaultdict(list)
        faces_file = self.folder / "faces_lfpw" / "faces_lfpw.npz"
        if not faces_file.is_file():
            raise MissingDataError(f"faces_lfpw is not in {self.folder}")
        faces = np.load(faces_file)["images"]
        with HAND_FREE.open() as file:
            for row in csv.DictReader(file):
                if row["dataset"] == "faces_lfpw":
                    image = np.repeat(faces[int(row["path"])][..., None], 3, axis=2)
                else:
                    image = read_image(self.folder / row["dataset"] / row["path"])
                x0, y0, x1, y1 = (int(row[key]) for key in ("x0", "y0", "x1", "y1"))
                pictures[row["dataset"]].append(np.ascontiguousarray(image[y0:y1, x0:x1]))
        for photo in load_sample_images().images:
            pictures["scikit-learn photos, tiles"] += [
                np.ascontiguousarray(photo[y : y + 160, x : x + 160])
                for y in range(0, photo.shape[0] - 159, 80)
                for x in range(0, photo.shape[1] - 159, 120)
            ]
        return {name: images[: self.few(len(images))] for name, images in pictures.items()}
