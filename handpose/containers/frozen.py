"""Read-only arrays and indices of rows, which the containers are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from handpose.errors import LandmarksError


def frozen(value: ArrayLike, dtype: DTypeLike | None = None) -> NDArray[Any]:
    """A copy that refuses writes; the given array stays as it is.

    Parameters
    ----------
    value : array_like
    dtype : dtype, optional
        Of the copy; by default that of `value`.

    Raises
    ------
    TypeError, ValueError
        If `value` cannot become such an array.
    """
    array = np.array(value, dtype)
    array.setflags(write=False)
    return array


def numbers(name: str, value: ArrayLike, dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """A `frozen` copy of what must be numbers.

    Parameters
    ----------
    name : str
        What `value` is, for the message.
    value : array_like
    dtype : dtype

    Raises
    ------
    LandmarksError
        If `value` holds something else, or rows of unequal lengths.
    """
    try:
        return frozen(value, dtype)
    except (TypeError, ValueError) as error:
        raise LandmarksError(f"{name} must hold numbers: {error}") from None


def rows_of(index: Any, n: int) -> NDArray[np.intp]:
    """Row numbers that an index selects from n rows; an integer selects one row.

    scikit-learn indexes arrays with ``X[rows, ...]``, so that is taken too.
    """
    if isinstance(index, tuple) and len(index) == 2 and index[1] is Ellipsis:
        index = index[0]
    return np.atleast_1d(np.arange(n)[index])
