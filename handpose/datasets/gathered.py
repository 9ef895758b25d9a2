"""Landmarks that others made: gathered from their files when they are fetched, never shipped."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.datasets.dataset import Dataset
from handpose.datasets.hagrid_annotations import PROVENANCE, annotated_hands
from handpose.datasets.npz import read_npz
from handpose.datasets.originals import Originals
from handpose.errors import DatasetError
from handpose.system.files import replacing

Hand = tuple[NDArray[np.float32], str, str]
"""Points, label, and the user or the frame."""
Arrays = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class GatheredLandmarks:
    """Landmarks of a repository, gathered into one ``.npz``.

    Attributes
    ----------
    name : str
        Of the data set.
    third : {"user", "frame"}
        What the ``.npz`` holds beside `X` (n, 21, axes) and `y`: whose hand it is, or the name of
        its file.
    axes : int
        2 or 3 coordinates of a landmark.
    originals : str
        Regular expression of the names of the repository's files that hold hands.
    hands_of : callable (name, content)
        The hands in such a file.
    digest : str
        SHA-256 of the hands at the pinned commit, whatever their order.
    provenance : dict
    """

    name: str
    third: str
    axes: int
    originals: str
    hands_of: Callable[[str, bytes], Iterator[Hand]]
    digest: str
    provenance: dict[str, Any]

    @property
    def file(self) -> str:
        """Name of the ``.npz``."""
        return f"{self.name}.npz"

    def read(self, path: Path) -> Dataset:
        """Read the ``.npz``.

        Returns
        -------
        Dataset
            Points in units of the image's width and height, whose ratio is unknown, so that
            `image_size` is 1 x 1; handedness unknown; z is 0 where there are two axes. `groups` are
            the users; where there are frames, `paths` are ``"LABEL/FRAME"``.

        Raises
        ------
        DatasetError
            If the file holds something else.
        """
        points, labels, names = self._arrays(path)
        hands = Landmarks(points, image_size=np.ones((len(points), 2)))
        known: dict[str, Any] = {"name": self.name, "provenance": self.provenance}
        if self.third == "user":
            return Dataset(hands, labels, groups=names, **known)
        paths = [f"{label}/{name}" for label, name in zip(labels, names, strict=True)]
        return Dataset(hands, labels, paths=paths, **known)

    def gather(self, originals: Originals, path: Path) -> None:
        """Write the ``.npz``: the one among the originals, or else the hands of their files.

        Raises
        ------
        DatasetError
            If they are not the hands of the pinned commit.
        """
        ready = originals.read(self.file)
        if ready is None:
            self._write(originals, path)
        else:
            path.write_bytes(ready)
        if self.content_digest(path) != self.digest:
            raise DatasetError(
                f"{originals.place}: its landmarks are not those of the pinned commit; "
                "nothing was kept"
            )

    def content_digest(self, path: Path) -> str:
        """SHA-256 of the hands in an ``.npz``, whatever their order."""
        rows = sorted(
            points.astype("<f4").tobytes() + f"{label}\0{name}".encode()
            for points, label, name in zip(*self._arrays(path), strict=True)
        )
        return hashlib.sha256(b"".join(rows)).hexdigest()

    def _write(self, originals: Originals, path: Path) -> None:
        names = [name for name in sorted(originals.names) if re.search(self.originals, name)]
        hands = [
            hand for name in names for hand in self.hands_of(name, originals.read(name) or b"")
        ]
        if not hands:
            raise DatasetError(f"{originals.place}: no hands of {self.name} among its files")
        points, labels, thirds = zip(*hands, strict=True)
        arrays: dict[str, Any] = {"X": np.stack(points), "y": labels, self.third: thirds}
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **arrays)

    def _arrays(self, path: Path) -> Arrays:
        try:
            arrays, _ = read_npz(path, ("X", "y", self.third))
            points, labels, names = arrays["X"], arrays["y"], arrays[self.third]
        except Exception:  # a damaged archive can fail in any way inside numpy
            raise DatasetError(f"{path}: not the expected npz file; fetch it again") from None
        n = len(points) if points.ndim else 0
        shapes = (n, N_LANDMARKS, self.axes), (n,), (n,)
        if (points.shape, labels.shape, names.shape) != shapes:
            raise DatasetError(f"{path}: not the expected arrays; fetch it again")
        return points, labels, names


def _of_annotations(name: str, content: bytes) -> Iterator[Hand]:
    for points, label, user, _ in annotated_hands(name, content):
        if not np.isnan(points).any():
            yield points, label, user


def _of_frame(name: str, content: bytes) -> Iterator[Hand]:
    """A letter is a folder, and one recording; a frame of it a file of 63 numbers."""
    try:
        values = np.load(io.BytesIO(content), allow_pickle=False)
        points = values.astype(np.float32).reshape(N_LANDMARKS, 3)
    except Exception:  # a damaged file can fail in any way inside numpy
        raise DatasetError(f"{name}: not a file of {N_LANDMARKS * 3} numbers") from None
    path = PurePosixPath(name)
    yield points, path.parent.name, path.name


HAGRID = GatheredLandmarks(
    name="hagrid_landmarks",
    third="user",
    axes=2,
    originals=r"\.json$",
    hands_of=_of_annotations,
    digest="0c782487f8922692cd99a71780dacda1100e34e0ec13912aa411cb3de1c339a4",
    provenance=PROVENANCE,
)
ASL = GatheredLandmarks(
    name="asl_alphabet_landmarks",
    third="frame",
    axes=3,
    originals=r"(^|/)(raw_gestures|landmarks)/[A-Z]/frame_\d+\.npy$",
    hands_of=_of_frame,
    digest="0149e07b16ae6bfc867584b97f28c12dea8837fb642d21b8789ba6711d230c25",
    provenance={"name": "mediapipe hands, as recorded by the signer"},
)
