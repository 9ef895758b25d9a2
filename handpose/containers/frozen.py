"""Arrays that nobody can change: what the containers hold."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray


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
