"""faces_lfpw: grey crops of faces with four points. Read where it is present, never shipped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import FACE4
from handpose.datasets.places import DATA_VARIABLE, dataset_folders
from handpose.errors import DatasetError

NAME = "faces_lfpw"
FILE = "faces_lfpw.npz"
TRAIN, TEST = "trainset", "testset"


@dataclass(frozen=True, eq=False)
class Faces:
    """Faces and their points.

    Attributes
    ----------
    images : ndarray of uint8, shape (n, 96, 96)
        Grey.
    points : ndarray of float32, shape (n, 4, 2)
        Pixels, in the order of `FACE4`: the person's own left eye (on the right in the picture),
        the right eye, the tip of the nose, the middle of the mouth. An eye's point is between its
        corners and lids; the mouth's is the mean of its two corners and of the middles of the
        upper and the lower lip.
    """

    images: NDArray[np.uint8]
    points: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Faces:
        return Faces(self.images[rows], self.points[rows])

    def eye_distance(self) -> NDArray[np.float32]:
        """Pixels between the two eyes, shape (n,)."""
        return np.asarray(np.linalg.norm(self.points[:, 0] - self.points[:, 1], axis=-1))


def load_faces(split: str = TRAIN, folder: str | Path | None = None) -> Faces:
    """Read the faces of one split.

    Parameters
    ----------
    split : str, default="trainset"
        ``"trainset"`` (805 faces) or ``"testset"`` (224).
    folder : str or Path, optional
        With the ``.npz``; by default looked for where data sets are.

    Raises
    ------
    DatasetError
        If the file is not on this machine or holds something else, or there is no such split.
    """
    if split not in (TRAIN, TEST):
        raise DatasetError(f"split must be {TRAIN!r} or {TEST!r}, but got {split!r}")
    path = (_folder() if folder is None else Path(folder)) / FILE
    if not path.is_file():
        raise DatasetError(f"{path}: no such file")
    try:
        with np.load(path, allow_pickle=False) as file:
            images, points, splits, names = (
                file[key] for key in ("images", "points4", "split", "names4")
            )
    except Exception:  # a damaged archive can fail in any way inside numpy
        raise DatasetError(f"{path}: not the npz file that is expected; copy it anew") from None
    n = len(images)
    expected = [name.lower() for name in FACE4.landmarks]
    shapes = images.ndim == 3 and points.shape == (n, len(FACE4), 2) and splits.shape == (n,)
    if not shapes or images.dtype != np.uint8 or names.tolist() != expected:
        raise DatasetError(f"{path}: its arrays are others than expected; copy it anew")
    return Faces(images, points.astype(np.float32))[splits == split]


def _folder() -> Path:
    for folder in dataset_folders(NAME):
        if (folder / FILE).is_file():
            return folder
    raise DatasetError(
        f"{NAME}: {FILE} is not on this machine; put it into a folder {NAME} of the folder that "
        f"{DATA_VARIABLE} names"
    )
