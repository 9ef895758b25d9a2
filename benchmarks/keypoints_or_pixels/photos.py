"""Photos together with the hands found in them, so that both sides see the same rows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.datasets import read_table
from handpose.extraction import extract_folder


@dataclass(frozen=True, eq=False)
class Photos:
    """Rows of a photo data set.

    Attributes
    ----------
    paths : ndarray of str, shape (n,)
        Files.
    hands : Landmarks of length n
        With a row for every photo, also where no hand was found.
    labels, subjects : ndarray of str, shape (n,)
    """

    paths: NDArray[np.str_]
    hands: Landmarks
    labels: NDArray[np.str_]
    subjects: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, rows: NDArray[Any]) -> Photos:
        """Those rows."""
        return Photos(self.paths[rows], self.hands[rows], self.labels[rows], self.subjects[rows])

    def relabelled(self, names: dict[str, str]) -> Photos:
        """The rows whose label is a key of `names`, under the new label."""
        rows = self[np.isin(self.labels, list(names))]
        return replace(rows, labels=np.array([names[label] for label in rows.labels]))

    @cached_property
    def files_digest(self) -> str:
        """SHA-256 of what is learnt from pixels: names, sizes and times of files, labels."""
        found = hashlib.sha256()
        for row in zip(self.paths.tolist(), self.labels, self.subjects, strict=True):
            found.update("\0".join([*row, _stamp(row[0])]).encode())
        return found.hexdigest()

    @cached_property
    def hands_digest(self) -> str:
        """SHA-256 of what is learnt from hands."""
        found = hashlib.sha256(self.files_digest.encode())
        for column in (self.hands.points, self.hands.handedness, self.hands.image_size):
            found.update(np.ascontiguousarray(column).tobytes())
        return found.hexdigest()

    def of_subjects(self, count: int, seed: int) -> Photos:
        """The photos of some subjects, drawn at random; all where there are no more."""
        names = np.unique(self.subjects)
        drawn = np.random.default_rng(seed).permutation(names)[:count]
        return self[np.isin(self.subjects, drawn)]


@cache
def _stamp(path: str) -> str:
    if not path:
        return ""
    try:
        status = Path(path).stat()
    except OSError:
        return ""
    return f"{status.st_size} {status.st_mtime_ns}"


def read_photos(folder: Path, jobs: int | None = None) -> Photos:
    """Find the hands in all photos of a data set (once; then they come from the cache)."""
    table = read_table(extract_folder(folder, n_jobs=jobs).path)
    paths = np.array([str(folder / path) for path in table.paths])
    return Photos(paths, table.X, table.y, table.groups)
