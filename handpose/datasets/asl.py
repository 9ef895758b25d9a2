"""The ASL alphabet of one signer: a table of landmarks without pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.datasets.archives import Arrays, digest_of, read_arrays
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError
from handpose.system.files import replacing

ASL_DIGEST = "0149e07b16ae6bfc867584b97f28c12dea8837fb642d21b8789ba6711d230c25"
"""`content_digest` of the recordings."""

_PROVENANCE = {"name": "mediapipe hands, as recorded by the signer"}
_FRAME = re.compile(r"(^|/)(raw_gestures|landmarks)/[A-Z]/frame_\d+\.npy$")


def read_asl_landmarks(path: Path) -> Dataset:
    """Read the recordings as a data set.

    Parameters
    ----------
    path : Path
        ``.npz`` with `X` (n, 21, 3), `y` and `frame` (``"frame_12.npy"``).

    Returns
    -------
    Dataset
        Points in units of the image's width and height, whose ratio is unknown, so that
        `image_size` is 1 x 1; handedness unknown; no subjects, since there is but one signer.
        `paths` are ``"A/frame_12.npy"``: a letter is one recording, and frames with near numbers
        are nearly the same (see `frame_numbers`).
    """
    points, labels, frames = _arrays(path)
    paths = [f"{label}/{frame}" for label, frame in zip(labels, frames, strict=True)]
    hands = Landmarks(points, image_size=np.ones((len(points), 2)))
    return Dataset(
        hands, labels, paths=paths, name="asl_alphabet_landmarks", provenance=_PROVENANCE
    )


def is_frame(name: str) -> bool:
    """Whether a file of the originals holds one recorded hand."""
    return bool(_FRAME.search(name))


def write_asl_landmarks(frames: Iterable[tuple[str, bytes]], path: Path) -> None:
    """Gather the recorded hands into one ``.npz``.

    Parameters
    ----------
    frames : iterable of (str, bytes)
        Name (``".../A/frame_12.npy"``) and content of the files that `is_frame` accepts.
    path : Path
        Written whole or not at all.

    Raises
    ------
    DatasetError
        If there are none, or one is no ``.npy`` file of 63 numbers.
    """
    rows = [(PurePosixPath(name), _hand(name, content)) for name, content in frames]
    if not rows:
        raise DatasetError("no recorded hands (LETTER/frame_NUMBER.npy) among the files")
    points = np.stack([hand for _, hand in rows])
    labels, names = zip(*[(name.parent.name, name.name) for name, _ in rows], strict=True)
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, X=points, y=labels, frame=names)


def content_digest(path: Path) -> str:
    """SHA-256 of the recorded hands, whatever their order.

    Raises
    ------
    DatasetError
        If the file is not such an ``.npz``.
    """
    return digest_of(_arrays(path))


def frame_numbers(dataset: Dataset) -> NDArray[np.intp]:
    """When each hand was recorded, in frames from the beginning of its letter, shape (n,).

    Raises
    ------
    DatasetError
        If a path does not name a frame.
    """
    try:
        return np.array([int(Path(path).stem.removeprefix("frame_")) for path in dataset.paths])
    except ValueError as error:
        raise DatasetError(f"{dataset.name}: a path names no frame ({error})") from None


def _arrays(path: Path) -> Arrays:
    return read_arrays(path, "frame", axes=3, remedy="get it anew")


def _hand(name: str, content: bytes) -> NDArray[np.float32]:
    try:
        values = np.load(io.BytesIO(content), allow_pickle=False)
        return values.astype(np.float32).reshape(N_LANDMARKS, 3)
    except Exception:  # a damaged file can fail in any way inside numpy
        raise DatasetError(f"{name}: not a file of {N_LANDMARKS * 3} numbers") from None
