"""HaGRID's annotation files as users have them: a JSON file, or a folder of one a gesture."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError, LandmarksError

PROVENANCE = {"name": "hagrid annotations"}
_LANDMARKS = ("landmarks", "hand_landmarks")
"""Their names in the first and the second edition."""

Hand = tuple[NDArray[np.float32], str, str, str]


def read_hagrid_annotations(files: Iterable[Path], name: str) -> Dataset:
    """Read every annotated hand.

    Parameters
    ----------
    files : iterable of Path
        ``{image: {"labels": [...], "landmarks": [...], "user_id": ...}}``, or ``hand_landmarks``.
    name : str

    Returns
    -------
    Dataset
        Points in units of the image's width and height, whose ratio is unknown, so that
        `image_size` is 1 x 1; handedness unknown; z is 0. A hand without 21 landmarks is a row
        without a hand; `paths` are the images' names.

    Raises
    ------
    DatasetError
        If a file is of another form, or has no landmarks.
    """
    hands = [hand for file in files for hand in annotated_hands(file, _content(file))]
    if not hands:
        raise DatasetError(f"{name}: no annotated hand in it")
    points, labels, users, images = zip(*hands, strict=True)
    try:
        landmarks = Landmarks(np.stack(points), image_size=np.ones((len(hands), 2)))
    except LandmarksError as error:
        raise DatasetError(f"{name}: {error}") from None
    return Dataset(landmarks, labels, users, images, name=name, provenance=PROVENANCE)


def annotated_hands(file: str | Path, content: bytes) -> Iterator[Hand]:
    """Points, label, user and image of every annotated hand of a file.

    Raises
    ------
    DatasetError
        As `read_hagrid_annotations`.
    """
    images = _document(file, content)
    for image, annotation in images.items():
        try:
            yield from _hands_of(image, annotation)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise DatasetError(
                f"{file}: image {image!r}: not a HaGRID annotation; expected labels, landmarks "
                "(as many) and user_id"
            ) from None


def _hands_of(image: str, annotation: dict[str, Any]) -> Iterator[Hand]:
    key = next((key for key in _LANDMARKS if key in annotation), _LANDMARKS[0])
    user = str(annotation.get("user_id") or "")
    for label, points in zip(annotation["labels"], annotation[key], strict=True):
        yield _points(points), str(label), user, image


def _points(points: Any) -> NDArray[np.float32]:
    if len(points) != N_LANDMARKS:
        return np.full((N_LANDMARKS, 2), np.nan, np.float32)
    xy = np.asarray(points, np.float32).reshape(N_LANDMARKS, 2)
    if not np.isfinite(xy).all():
        raise ValueError("coordinates must be finite")
    return xy


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read ({error.strerror})") from None


def _document(file: str | Path, content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content.decode())
    except (ValueError, RecursionError):
        raise DatasetError(f"{file}: not JSON in UTF-8; copy it again") from None
    if not isinstance(document, dict) or not all(isinstance(v, dict) for v in document.values()):
        raise DatasetError(
            f"{file}: not a HaGRID annotation file ({{image: {{labels, landmarks, user_id}}}})"
        )
    if not any(key in annotation for annotation in document.values() for key in _LANDMARKS):
        raise DatasetError(
            f"{file}: annotations without landmarks; use the edition with landmarks, or "
            "photos as folders: DIR/LABEL/IMAGE"
        )
    return document
