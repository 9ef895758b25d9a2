"""Which samples decide when training stops."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupShuffleSplit

_DRAWS = 20

Rows = NDArray[np.intp]


def hold_out(
    codes: Rows, groups: NDArray[Any] | None, fraction: float, rng: np.random.RandomState
) -> tuple[Rows, Rows]:
    """Divide samples by whole groups; of some draws, the one that holds out the most classes.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Class of each sample, from 0.
    groups : ndarray of shape (n,), optional
        Person of each sample; without it every sample is its own group.
    fraction : float
        Share of the groups to hold out.
    rng : RandomState

    Returns
    -------
    train, held_out : ndarray of int
        Rows. None are held out where training would lose a class.
    """
    rows = np.arange(len(codes))
    members = rows if groups is None else groups
    best: tuple[Rows, Rows] = rows, rows[:0]
    if fraction == 0 or len(np.unique(members)) < 2:
        return best
    splitter = GroupShuffleSplit(_DRAWS, test_size=fraction, random_state=rng)
    classes, most = len(np.unique(codes)), 0
    for train, held_out in splitter.split(rows, codes, members):
        seen = len(np.unique(codes[held_out]))
        if seen > most and len(np.unique(codes[train])) == classes:
            best, most = (train, held_out), seen
    return best
