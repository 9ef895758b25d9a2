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
        Rows.

    Raises
    ------
    ValueError
        If there are fewer than two groups, or each draw took all samples of a class.
    """
    rows = np.arange(len(codes))
    if fraction == 0:
        return rows, rows[:0]
    members = rows if groups is None else groups
    count = len(np.unique(members))
    draws = _draws(codes, members, fraction, rng) if count > 1 else []
    classes = len(np.unique(codes))
    draws = [draw for draw in draws if len(np.unique(codes[draw[0]])) == classes]
    if not draws:
        raise ValueError(
            f"validation_fraction={fraction:g} of {count} group{'s' * (count != 1)} cannot be held "
            "out without losing a class; give more people, or train for a fixed number of epochs "
            "with validation_fraction=0"
        )
    return max(draws, key=lambda draw: len(np.unique(codes[draw[1]])))


def _draws(
    codes: Rows, members: NDArray[Any], fraction: float, rng: np.random.RandomState
) -> list[tuple[Rows, Rows]]:
    splitter = GroupShuffleSplit(_DRAWS, test_size=fraction, random_state=rng)
    return list(splitter.split(codes, codes, members))
