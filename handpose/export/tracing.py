"""Values that behave as arrays: code for numpy and torch alike describes itself.

The module takes the place of numpy: it has the few functions that such code needs, by their names
in numpy. The first axis of an array stands for any number of rows; it is neither cut nor moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from handpose.export.graph import Value

_HALF_TURN = np.float32(np.pi / 2)
_TINY = np.float32(1e-30)


class Traced:
    """A value with the methods and operators of an array.

    Parameters
    ----------
    value : Value
    """

    __array_ufunc__ = None  # an array on the left leaves the operation to this one

    def __init__(self, value: Value):
        self.value = value

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape for one row."""
        return self.value.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.value.ndim

    def __len__(self) -> int:
        return self.shape[0]

    def __add__(self, other: Any) -> Traced:
        return Traced(_number(self) + _number(other))

    def __radd__(self, other: Any) -> Traced:
        return Traced(_number(other) + _number(self))

    def __sub__(self, other: Any) -> Traced:
        return Traced(_number(self) - _number(other))

    def __rsub__(self, other: Any) -> Traced:
        return Traced(_number(other) - _number(self))

    def __mul__(self, other: Any) -> Traced:
        return Traced(_number(self) * _number(other))

    def __rmul__(self, other: Any) -> Traced:
        return Traced(_number(other) * _number(self))

    def __truediv__(self, other: Any) -> Traced:
        return Traced(_number(self) / _number(other))

    def __rtruediv__(self, other: Any) -> Traced:
        return Traced(_number(other) / _number(self))

    def __matmul__(self, other: Any) -> Traced:
        return Traced(_number(self) @ _number(other))

    def __neg__(self) -> Traced:
        return self * -1.0

    def __gt__(self, other: Any) -> Traced:
        return Traced(self.value.graph.op("greater", _number(self), _number(other)))

    def __lt__(self, other: Any) -> Traced:
        return Traced(self.value.graph.op("greater", _number(other), _number(self)))

    def __ge__(self, other: Any) -> Traced:
        return ~(self < other)

    def __le__(self, other: Any) -> Traced:
        return ~(self > other)

    def __and__(self, other: Traced) -> Traced:
        return Traced(self.value & other.value)

    def __or__(self, other: Traced) -> Traced:
        return Traced(self.value | other.value)

    def __invert__(self) -> Traced:
        return Traced(~self.value)

    def __getitem__(self, index: Any) -> Traced:
        """Slices, whole numbers, lists of these, None and one ``...``."""
        entries = list(index) if isinstance(index, tuple) else [index]
        whole = [i for i, entry in enumerate(entries) if entry is Ellipsis]
        at = whole[0] if whole else len(entries)
        named = sum(entry is not None and entry is not Ellipsis for entry in entries)
        entries[at : at + 1] = [slice(None)] * (self.ndim - named)
        value, axis, shape = self.value, 0, []
        for entry in entries:
            if entry is None:
                shape.append(1)
                continue
            value, kept = _entries(value, entry, axis)
            shape += kept
            axis += 1
        return Traced(value.reshape(*shape[1:]) if tuple(shape) != value.shape else value)

    def reshape(self, *shape: Any) -> Traced:
        """As of an array; the first axis may become longer or shorter than it was."""
        sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape
        new: tuple[int, ...] = self.value.sample.reshape(sizes).shape
        made = self.value.reshape if new[0] == len(self) else self.value.fold
        return Traced(made(*new[1:]))

    def transpose(self, *axes: int) -> Traced:
        """As of an array."""
        return Traced(self.value.transpose(*axes))

    def astype(self, dtype: Any, copy: bool = True) -> Traced:
        """Numbers, from truth values too."""
        return Traced(_number(self))

    def sum(self, axis: Axes, keepdims: bool = False) -> Traced:
        """As of an array."""
        return Traced(_number(self).sum(*_several(axis), keepdims=keepdims))

    def mean(self, axis: Axes, keepdims: bool = False) -> Traced:
        """As of an array."""
        count = np.prod([self.shape[a] for a in _several(axis)])
        return self.sum(axis, keepdims) / np.float32(count)

    def max(self, axis: Axes, keepdims: bool = False) -> Traced:
        """As of an array; of truth values too."""
        found = Traced(_number(self).max(*_several(axis), keepdims=keepdims))
        return found > 0.5 if self.value.sample.dtype == bool else found

    def min(self, axis: Axes, keepdims: bool = False) -> Traced:
        """As of an array."""
        return -((-self).max(axis, keepdims))

    def any(self, axis: Axes, keepdims: bool = False) -> Traced:
        """Of truth values."""
        return self.max(axis, keepdims)


Axes = int | tuple[int, ...]


def _entries(value: Value, entry: Any, axis: int) -> tuple[Value, list[int]]:
    """What an entry of an index leaves of an axis, and the lengths that it leaves."""
    size = value.shape[axis]
    if isinstance(entry, slice):
        start, stop, step = entry.indices(size)
        if (start, stop, step) == (0, size, 1):
            return value, [size]
        rows: Sequence[int] = range(start, stop, step)
        found = value.part(start, stop, axis) if step == 1 else value.take(list(rows), axis)
        return found, [len(rows)]
    if isinstance(entry, int | np.integer):
        row = int(entry) % size
        return value.part(row, row + 1, axis), []
    return value.take([int(row) for row in entry], axis), [len(entry)]


def _number(x: Any) -> Any:
    """A value or constant to compute with: truth values as 0 and 1."""
    if not isinstance(x, Traced):
        return x
    return x.value.float() if x.value.sample.dtype == bool else x.value


def _several(axis: Axes) -> tuple[int, ...]:
    return (axis,) if isinstance(axis, int) else tuple(axis)


def _traced(x: Any, kind: str, *others: Any) -> Traced:
    given = [_number(one) for one in (x, *others)]
    graph = next(one.graph for one in given if isinstance(one, Value))
    return Traced(graph.op(kind, *given))


def concatenate(parts: Sequence[Traced], axis: int = 0) -> Traced:
    """As in numpy; parts of length 0 are left out."""
    kept = [_number(part) for part in parts if part.shape[axis]]
    return Traced(kept[0].graph.concat(kept, axis))


def stack(parts: Sequence[Traced], axis: int = 0) -> Traced:
    """As in numpy; not along the first axis."""
    ndim = parts[0].ndim
    place = (slice(None),) * (axis % (ndim + 1)) + (None,)
    return concatenate([part[place] for part in parts], axis)


def where(condition: Traced, yes: Any, no: Any) -> Traced:
    """As in numpy."""
    return Traced(condition.value.where(_float(yes), _float(no)))


def _float(x: Any) -> Any:
    """Constants of a choice have the type of numbers."""
    return _number(x) if isinstance(x, Traced) else np.asarray(x, np.float32)


def maximum(x: Any, other: Any) -> Traced:
    """As in numpy."""
    return _traced(x, "maximum", other)


def minimum(x: Any, other: Any) -> Traced:
    """As in numpy."""
    return _traced(x, "minimum", other)


def clip(x: Traced, low: float, high: float) -> Traced:
    """As in numpy."""
    return minimum(maximum(x, low), high)


def sqrt(x: Traced) -> Traced:
    """As in numpy."""
    return _traced(x, "sqrt")


def exp(x: Traced) -> Traced:
    """As in numpy."""
    return _traced(x, "exp")


def log(x: Traced) -> Traced:
    """As in numpy."""
    return _traced(x, "log")


def abs(x: Traced) -> Traced:  # noqa: A001 (numpy's name)
    """As in numpy."""
    return _traced(x, "abs")


def square(x: Traced) -> Traced:
    """As in numpy."""
    return x * x


def amax(x: Traced, axis: Axes) -> Traced:
    """As in numpy."""
    return x.max(axis)


def amin(x: Traced, axis: Axes) -> Traced:
    """As in numpy."""
    return x.min(axis)


def ptp(x: Traced, axis: int, keepdims: bool = False) -> Traced:
    """As in numpy."""
    return x.max(axis, keepdims) - x.min(axis, keepdims)


def diff(x: Traced, axis: int) -> Traced:
    """As in numpy."""
    size = x.shape[axis]
    return Traced(x.value.part(1, size, axis) - x.value.part(0, size - 1, axis))


def norm(x: Traced) -> Traced:
    """Lengths of the vectors of the last axis."""
    return sqrt((x * x).sum(-1))


def zeros_like(x: Traced) -> Traced:
    """As in numpy; of finite numbers."""
    return x * 0.0


def arctan2(y: Traced, x: Traced) -> Traced:
    """As in numpy, but for the sign of zero."""
    angle = _traced(y / maximum(abs(x), _TINY), "atan")
    turned = where(y < 0.0, -2 * _HALF_TURN, 2 * _HALF_TURN) - angle
    return where(x < 0.0, turned, angle)
