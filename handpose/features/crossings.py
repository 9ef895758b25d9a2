"""Crossings: two measurements of a hand joined by an operation, under a name a person can read.

distance(THUMB_TIP, INDEX_FINGER_TIP) / distance(WRIST, MIDDLE_FINGER_MCP)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import HAND
from handpose.errors import UnknownNameError
from handpose.features.blocks import BLOCKS

OPERATIONS = ("/", "-", "*")
SMALLEST_DIVISOR = np.float32(0.05)
"""In palm sizes: two landmarks that touch do not make a ratio endless."""

Values = NDArray[np.float32]


@cache
def base_names() -> tuple[str, ...]:
    """Names of what can be crossed: 210 distances (in palm sizes), 20 angles (radians)."""
    pairs = combinations(HAND.landmarks, 2)
    return tuple(f"distance({a}, {b})" for a, b in pairs) + tuple(
        _angle_name(name) for name in BLOCKS["angles"].names("xy")
    )


def _angle_name(column: str) -> str:
    kind, _, rest = column.partition("_")
    inside = rest.upper() if kind == "flexion" else rest.replace("_", ", ").upper()
    return f"{kind}({inside})"


N_DISTANCES = len(HAND) * (len(HAND) - 1) // 2


def base_values(hands: Values) -> Values:
    """What can be crossed, shape (n, 230).

    Parameters
    ----------
    hands : ndarray of float32, shape (n, 21, d)
        From `normalize`.
    """
    return np.concatenate([BLOCKS[name].compute(hands) for name in ("distances", "angles")], axis=1)


def parse_crossing(name: str) -> tuple[int, str, int]:
    """Columns of `base_names` on both sides of an operation.

    Raises
    ------
    UnknownNameError
        If it is not of the form ``A / B``, ``A - B`` or ``A * B``, with base measurements A and B.
    """
    for operation in OPERATIONS:
        left, found, right = name.partition(f" {operation} ")
        if found:
            return _column(left), operation, _column(right)
    raise UnknownNameError("crossing", name, (f"A {operation} B" for operation in OPERATIONS))


def crossing_name(left: int, operation: str, right: int) -> str:
    """The name that `parse_crossing` reads."""
    return f"{base_names()[left]} {operation} {base_names()[right]}"


def cross(left: Values, operation: str, right: Values) -> Values:
    """Join measurements. A divisor below `SMALLEST_DIVISOR` counts as that."""
    if operation == "/":
        return np.divide(left, np.maximum(right, SMALLEST_DIVISOR), dtype=np.float32)
    return np.subtract(left, right) if operation == "-" else np.multiply(left, right)


def crossed(base: Values, crossings: Sequence[tuple[int, str, int]]) -> Values:
    """Values of crossings, shape (n, len(crossings)).

    Parameters
    ----------
    base : ndarray of float32, shape (n, 230)
        From `base_values`.
    crossings : sequence of (left, operation, right)
        From `parse_crossing`.
    """
    columns = [
        cross(base[:, left], operation, base[:, right]) for left, operation, right in crossings
    ]
    return np.stack(columns, axis=1) if columns else np.empty((len(base), 0), np.float32)


def _column(name: str) -> int:
    if name not in base_names():
        raise UnknownNameError("measurement", name, _examples())
    return base_names().index(name)


def _examples() -> tuple[str, ...]:
    return base_names()[0], base_names()[N_DISTANCES], base_names()[-1], "..."
