"""faces_lfpw: grey crops of faces with four points. Read where it is present, never shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from handpose.containers.skeletons import FACE4
from handpose.datasets.dataset import Dataset
from handpose.datasets.npz import read_npz
from handpose.errors import DatasetError

NAME = "faces_lfpw"
FILE = "faces_lfpw.npz"

_ARRAYS = ("images", "points4", "split", "names4")
TRAIN, TEST = "trainset", "testset"
"""The groups: 805 and 224 faces."""


def read_faces(path: Path) -> Dataset:
    """Read the faces.

    Parameters
    ----------
    path : Path
        The ``.npz``.

    Returns
    -------
    Dataset
        `X` are grey images, uint8 (n, 96, 96). `y` are points in pixels, float32 (n, 4, 2), in the
        order of `FACE4`: the person's own left eye (on the right in the picture), the right eye,
        the tip of the nose, the middle of the mouth. An eye's point is between its corners and
        lids; the mouth's is the mean of its two corners and of the middles of the upper and the
        lower lip. `groups` are ``"trainset"`` and ``"testset"``.

    Raises
    ------
    DatasetError
        If the file holds something else.
    """
    try:
        arrays, _ = read_npz(path, _ARRAYS)
        images, points, splits, names = (arrays[key] for key in _ARRAYS)
    except Exception:  # a damaged archive can fail in any way inside numpy
        raise DatasetError(f"{path}: not the expected npz file; copy it again") from None
    n = len(images)
    expected = [name.lower() for name in FACE4.landmarks]
    shapes = images.ndim == 3 and points.shape == (n, len(FACE4), 2) and splits.shape == (n,)
    if not shapes or images.dtype != np.uint8 or names.tolist() != expected:
        raise DatasetError(f"{path}: not the expected arrays; copy it again")
    return Dataset(images, points.astype(np.float32), splits.astype(str), name=NAME)
