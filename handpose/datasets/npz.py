"""Arrays of ``.npz`` files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read_npz(path: Path, wanted: Iterable[str]) -> tuple[dict[str, NDArray[Any]], list[str]]:
    """The arrays that are wanted and there, and the names of all that are there, sorted.

    Nothing is unpickled. The file is closed also where it is damaged.

    Raises
    ------
    Exception
        Of any kind: a damaged archive can fail in every way inside numpy.
    """
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
        arrays = {name: file[name] for name in wanted if name in file.files}
        there = sorted(file.files)
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):  # numpy gives the bytes of what is no array
            raise ValueError(f"{name} is not an array")
    return arrays, there
