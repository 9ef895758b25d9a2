"""Which pictures decide when training stops."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import GroupShuffleSplit

Rows = NDArray[np.intp]


def hold_out(
    count: int, groups: ArrayLike | None, fraction: float, rng: np.random.RandomState
) -> tuple[Rows, Rows]:
    """Divide pictures by whole groups.

    Parameters
    ----------
    count : int
        Number of pictures.
    groups : array_like of shape (count,), optional
        Person of each picture; without it every picture is its own group.
    fraction : float
        Share of the groups to hold out; 0 holds out nobody.
    rng : RandomState

    Returns
    -------
    train, held_out : ndarray of int
        Rows.

    Raises
    ------
    ValueError
        If there are too few groups or pictures, or `groups` has another length.
    """
    rows = np.arange(count)
    members: NDArray[Any] = rows if groups is None else np.asarray(groups)
    if members.shape != (count,):
        raise ValueError(f"groups must have shape ({count},), but got {members.shape}")
    if fraction == 0:
        return _enough(rows), rows[:0]
    kinds = len(np.unique(members))
    if kinds < 2:
        raise ValueError(
            f"validation_fraction={fraction:g} of {kinds} group{'s' * (kinds != 1)} cannot be held "
            "out; give pictures of more groups, or train for a fixed number of epochs with "
            "validation_fraction=0"
        )
    splitter = GroupShuffleSplit(1, test_size=max(fraction, 1 / kinds), random_state=rng)
    train, held_out = next(splitter.split(rows, groups=members))
    return _enough(train), held_out


def _enough(rows: Rows) -> Rows:
    if len(rows) < 2:
        raise ValueError(f"at least 2 images are needed to train on, but got {len(rows)}")
    return rows
