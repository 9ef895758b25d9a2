"""Files of motions: which data set's form an ``.npz`` has."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from handpose.datasets.dataset import Dataset
from handpose.datasets.gesture_midair import read_gesture_midair
from handpose.datasets.shrec17 import read_shrec17
from handpose.datasets.signs import read_asl_sequences, read_signed_words
from handpose.errors import DatasetError

SUFFIX = ".npz"

_READERS: dict[str, tuple[set[str], Callable[[Path], Dataset]]] = {
    "shrec17": ({"joints", "gesture"}, read_shrec17),
    "asl_sequences": ({"hands", "session"}, read_asl_sequences),
    "signed_words": ({"hands", "signer"}, read_signed_words),
    "gesture_midair": ({"points", "timestamps_ms"}, read_gesture_midair),
}
"""Data set to the arrays that only its files have, and its reader."""


def read_motion_file(path: Path) -> Dataset:
    """Read motions of an ``.npz`` in the form of a known data set.

    Raises
    ------
    DatasetError
        If the file is missing, damaged or of no form that is known.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            there = {name.removesuffix(".npy") for name in archive.namelist()}
    except FileNotFoundError:
        raise DatasetError(f"{path}: no such file") from None
    except (OSError, RuntimeError, zipfile.BadZipFile):  # RuntimeError: an unknown version
        raise DatasetError(f"{path}: damaged, or not an npz file of arrays") from None
    for arrays, read in _READERS.values():
        if arrays <= there:
            return read(path)
    holds = ", ".join(sorted(there))[:200] or "nothing"
    known = "; ".join(f"{', '.join(sorted(a))} of {name}" for name, (a, _) in _READERS.items())
    raise DatasetError(f"{path}: holds {holds}, which is no form of motions that is known: {known}")
