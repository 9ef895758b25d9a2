"""Photos together with the hands found in them, so that both sides see the same rows."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from benchmarks.runner import Setup
from handpose.datasets import Dataset, read_table
from handpose.extraction import extract_folder


def read_photos(setup: Setup, name: str) -> Dataset:
    """Find the hands in all photos of a data set (once; then they come from the cache)."""
    folder = setup.folder(name)
    photos = read_table(extract_folder(folder, n_jobs=setup.jobs).path)
    return with_paths(photos, [str(folder / path) for path in photos.paths])


def with_paths(photos: Dataset, paths: Any) -> Dataset:
    """The same rows of other files."""
    return Dataset(photos.X, photos.y, photos.groups, paths, photos.name, photos.provenance)


def relabelled(photos: Dataset, names: dict[str, str]) -> Dataset:
    """The rows whose label is a key of `names`, under the new label."""
    rows = photos[np.isin(photos.y, list(names))]
    return Dataset(rows.X, [names[label] for label in rows.y], rows.groups, rows.paths)


def some_people(photos: Dataset, count: int, seed: int) -> Dataset:
    """The photos of some people, drawn at random; all where there are no more."""
    drawn = np.random.default_rng(seed).permutation(np.unique(photos.groups))[:count]
    return photos[np.isin(photos.groups, drawn)]


def people_of(photos: Dataset) -> Any:
    """Whose hands they are; None where that is not known of all."""
    return None if (photos.groups == "").any() else photos.groups


def digest(photos: Dataset, side: str) -> str:
    """Hash of what is learnt from: files and labels, and for keypoints the hands."""
    files = [_stamp(path) for path in photos.paths.tolist()]
    parts: list[Any] = [photos.paths.tolist(), files, photos.y.tolist(), photos.groups.tolist()]
    if side == "keypoints":
        hands = photos.X
        parts += [hands.points, hands.handedness.tolist(), hands.image_size]
    return joblib.hash(parts)


@cache
def _stamp(path: str) -> tuple[int, int] | None:
    if not path or not Path(path).is_file():
        return None
    status = Path(path).stat()
    return status.st_size, status.st_mtime_ns
