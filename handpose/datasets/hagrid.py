"""HaGRID's hand annotations: a table of landmarks without pictures."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.datasets.archives import Arrays, digest_of, read_arrays
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError
from handpose.system.files import replacing

HAGRID_DIGEST = "0c782487f8922692cd99a71780dacda1100e34e0ec13912aa411cb3de1c339a4"
"""`content_digest` of the annotations at the pinned commit."""

_PROVENANCE = {"name": "hagrid annotations"}
_FAR = 1e6
"""Widths of the picture; its landmarks are from 0 to 1, or a little outside."""


def read_hagrid_landmarks(path: Path) -> Dataset:
    """Read the annotations as a data set.

    Parameters
    ----------
    path : Path
        ``.npz`` with `X` (n, 21, 2) in [0, 1], `y` and `user`.

    Returns
    -------
    Dataset
        Points in units of the image's width and height, whose ratio is unknown, so that
        `image_size` is 1 x 1; handedness unknown; z is 0.
    """
    points, labels, users = _arrays(path)
    hands = Landmarks(points, image_size=np.ones((len(points), 2)))
    return Dataset(hands, labels, users, name="hagrid_landmarks", provenance=_PROVENANCE)


def is_annotation(name: str) -> bool:
    """Whether a file of the originals holds annotated hands."""
    return name.endswith(".json")


def write_hagrid_landmarks(annotations: Iterable[tuple[str, bytes]], path: Path) -> None:
    """Gather every annotated hand of HaGRID's JSON files into one ``.npz``.

    Parameters
    ----------
    annotations : iterable of (str, bytes)
        Names and contents of files that are
        ``{image: {"labels": [...], "landmarks": [...], "user_id": ...}}``. A hand without 21
        landmarks is left out.
    path : Path
        Written whole or not at all.

    Raises
    ------
    DatasetError
        If there are none, or a file is of another form.
    """
    rows = [row for name, content in sorted(annotations) for row in _hands(name, content)]
    if not rows:
        raise DatasetError("no annotated hands in the annotation files")
    points, labels, users = zip(*rows, strict=True)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, X=np.array(points, np.float32), y=labels, user=users)


def content_digest(path: Path) -> str:
    """SHA-256 of the annotated hands, whatever their order.

    Raises
    ------
    DatasetError
        If the file is not such an ``.npz``.
    """
    return digest_of(_arrays(path))


def _arrays(path: Path) -> Arrays:
    return read_arrays(path, "user", axes=2, remedy="fetch it anew")


def _hands(name: str, content: bytes) -> Iterable[tuple[NDArray[np.float32], str, str]]:
    try:
        images: dict[str, Any] = json.loads(content)
        for image in images.values():
            for label, points in zip(image["labels"], image["landmarks"], strict=True):
                if len(points) == N_LANDMARKS:
                    xy = np.array(points, np.float64).reshape(N_LANDMARKS, 2)
                    if not (np.abs(xy) < _FAR).all():
                        raise ValueError(f"a landmark of {label!r} is far out of the picture")
                    yield xy.astype(np.float32), str(label), str(image["user_id"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise DatasetError(f"{name}: not a HaGRID annotation file ({reason})") from None
