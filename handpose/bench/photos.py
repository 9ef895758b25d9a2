"""Photos together with the hands found in them, so that both sides see the same rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.datasets import read_table
from handpose.extractors.folder import extract_cached
from handpose.landmarks import Landmarks


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


def read_photos(folder: Path, jobs: int | None = None) -> Photos:
    """Find the hands in all photos of a data set (once; then they come from the cache)."""
    table = read_table(extract_cached(folder, jobs=jobs).path)
    paths = np.array([str(folder / path) for path in table.paths])
    return Photos(paths, table.hands, table.labels, table.subjects)
