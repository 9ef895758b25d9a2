"""The description of a computation: a few operations on arrays, from which files are written.

A description is made by computing with `Value`s as with arrays. Each has a sample, what comes out
for one hand, so that shapes are known; its first axis stands for any number of hands. `MEANING`
says in numpy what an operation is, and `evaluate` computes a description with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.classifiers.trees import Walk

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Value:
    """What an operation gives.

    Attributes
    ----------
    graph : Graph
    sample : ndarray
        For one hand: its type and, but for the first axis, its shape are those for any number.
    """

    graph: Graph
    sample: Array

    __array_ufunc__ = None  # an array on the left leaves the operation to the value

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape for one hand."""
        return self.sample.shape

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.sample.ndim

    def __add__(self, other: Any) -> Value:
        return self.graph.op("add", self, other)

    def __radd__(self, other: Any) -> Value:
        return self.graph.op("add", other, self)

    def __sub__(self, other: Any) -> Value:
        return self.graph.op("sub", self, other)

    def __rsub__(self, other: Any) -> Value:
        return self.graph.op("sub", other, self)

    def __mul__(self, other: Any) -> Value:
        return self.graph.op("mul", self, other)

    def __rmul__(self, other: Any) -> Value:
        return self.graph.op("mul", other, self)

    def __truediv__(self, other: Any) -> Value:
        return self.graph.op("div", self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return self.graph.op("div", other, self)

    def __matmul__(self, other: Any) -> Value:
        return self.graph.op("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Value:
        return self.graph.op("matmul", other, self)

    def __and__(self, other: Value) -> Value:
        return self.graph.op("and", self, other)

    def __or__(self, other: Value) -> Value:
        return self.graph.op("or", self, other)

    def __invert__(self) -> Value:
        return self.graph.op("not", self)

    def maximum(self, other: Any) -> Value:
        return self.graph.op("maximum", self, other)

    def minimum(self, other: Any) -> Value:
        return self.graph.op("minimum", self, other)

    def equal(self, other: Any) -> Value:
        return self.graph.op("equal", self, other)

    def greater(self, other: Any) -> Value:
        return self.graph.op("greater", self, other)

    def where(self, yes: Any, no: Any) -> Value:
        """One value where this one holds, another one elsewhere."""
        return self.graph.op("where", self, yes, no)

    def abs(self) -> Value:
        return self.graph.op("abs", self)

    def sqrt(self) -> Value:
        return self.graph.op("sqrt", self)

    def exp(self) -> Value:
        return self.graph.op("exp", self)

    def log(self) -> Value:
        return self.graph.op("log", self)

    def atan(self) -> Value:
        return self.graph.op("atan", self)

    def relu(self) -> Value:
        return self.graph.op("relu", self)

    def sigmoid(self) -> Value:
        return self.graph.op("sigmoid", self)

    def softmax(self) -> Value:
        """Along the last axis."""
        return self.graph.op("softmax", self)

    def float(self) -> Value:
        """Truth values as 0 and 1."""
        return self.graph.op("float", self)

    def reshape(self, *shape: int) -> Value:
        """Shape of all axes but the first, which stays."""
        new, before = self.sample.reshape(len(self.sample), *shape).shape, self.shape
        pairs = enumerate(zip(new, before, strict=False))
        stay = next((i for i, (size, old) in pairs if size != old), min(len(new), len(before)))
        return self.graph.op("reshape", self, shape=(*[0] * (stay - 1), *new[stay:]))

    def fold(self, *shape: int) -> Value:
        """Shape of all axes but the first, which becomes as long as it must."""
        return self.graph.op("fold", self, shape=shape)

    def transpose(self, *axes: int) -> Value:
        return self.graph.op("transpose", self, axes=axes)

    def part(self, start: int, stop: int, axis: int = -1) -> Value:
        """A slice of one axis."""
        return self.graph.op("part", self, start=start, stop=stop, axis=axis % self.ndim)

    def split(self, *sizes: int) -> tuple[Value, ...]:
        """The last axis in parts of these sizes."""
        return (self,) if len(sizes) == 1 else self.graph.ops("split", self, sizes=sizes)

    def take(self, rows: ArrayLike, axis: int = -1) -> Value:
        """These entries of one axis."""
        index = np.asarray(rows, np.int64)
        return self.graph.op("take", self, index=index, axis=axis % self.ndim)

    def sum(self, *axes: int, keepdims: bool = False) -> Value:
        return self.graph.op("sum", self, axes=self._axes(axes), keepdims=keepdims)

    def max(self, *axes: int, keepdims: bool = False) -> Value:
        return self.graph.op("max", self, axes=self._axes(axes), keepdims=keepdims)

    def mean(self, *axes: int, keepdims: bool = False) -> Value:
        return self.graph.op("mean", self, axes=self._axes(axes), keepdims=keepdims)

    def squares(self, *axes: int, keepdims: bool = False) -> Value:
        """Sum of squares."""
        return self.graph.op("squares", self, axes=self._axes(axes), keepdims=keepdims)

    def length(self, *axes: int, keepdims: bool = False) -> Value:
        """Root of the sum of squares."""
        return self.graph.op("length", self, axes=self._axes(axes), keepdims=keepdims)

    def argmax(self, *, keepdims: bool = False) -> Value:
        """Position of the largest entry of the last axis, the first of equals."""
        return self.graph.op("argmax", self, keepdims=keepdims)

    def smallest(self, k: int) -> tuple[Value, Value]:
        """The k smallest entries along the last axis, rising, and their positions."""
        found = self.graph.ops("smallest", self, k=k)
        return found[0], found[1]

    def along(self, index: Value) -> Value:
        """Entries of the last axis at these positions, other ones in each row."""
        return self.graph.op("along", self, index)

    def rows_of(self, table: ArrayLike) -> Value:
        """Rows of a table at these positions."""
        return self.graph.op("rows", np.asarray(table), self)

    def trees(self, arrays: Mapping[str, Array], values: Array) -> Value:
        """Sum over trees of the values (leaves, k) of the leaves that vectors reach.

        `arrays` are those of `handpose.classifiers.trees.tree_specs`.
        """
        return self.graph.op("trees", self, arrays=dict(arrays), values=values)

    def direction(self) -> Value:
        """A positive multiple of the solution y of ``self @ y = 1``, shape (n, k).

        The matrices (n, k, k) are symmetric, have no negative eigenvalues, and a positive diagonal
        with nothing positive beside it.
        """
        return self.graph.op("direction", self)

    def _axes(self, axes: Sequence[int]) -> tuple[int, ...]:
        return tuple(axis % self.ndim for axis in axes)


@dataclass(frozen=True, eq=False)
class Node:
    """One operation.

    Attributes
    ----------
    kind : str
        A key of `MEANING`.
    inputs : tuple of (Value or ndarray)
        Arrays are constants.
    outputs : tuple of Value
    options : dict
    """

    kind: str
    inputs: tuple[Value | Array, ...]
    outputs: tuple[Value, ...]
    options: dict[str, Any]


@dataclass(eq=False)
class Graph:
    """A computation from named inputs to named outputs."""

    inputs: dict[str, Value] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    frames: set[str] = field(default_factory=set)
    """Inputs whose second axis may have any length too, if a format allows that."""

    def input(self, name: str, sample: Array, *, any_frames: bool = False) -> Value:
        """An input whose values for one hand are like this sample."""
        self.inputs[name] = value = Value(self, sample)
        if any_frames:
            self.frames.add(name)
        return value

    def concat(self, parts: Sequence[Value], axis: int = -1) -> Value:
        """Values joined along an axis."""
        if len(parts) == 1:
            return parts[0]
        return self.op("concat", *parts, axis=axis % parts[0].ndim)

    def op(self, kind: str, *inputs: Any, **options: Any) -> Value:
        """Add an operation with one result."""
        return self.ops(kind, *inputs, **options)[0]

    def ops(self, kind: str, *inputs: Any, **options: Any) -> tuple[Value, ...]:
        """Add an operation. Numbers and arrays become constants of the values' type."""
        is_float = kind != "rows" and any(_is_float(value) for value in inputs)
        kept = tuple(_operand(value, is_float) for value in inputs)
        samples = [value.sample if isinstance(value, Value) else value for value in kept]
        with np.errstate(all="ignore"):
            found = MEANING[kind](*samples, **options)
        results = found if isinstance(found, tuple) else (found,)
        outputs = tuple(Value(self, np.asarray(result)) for result in results)
        self.nodes.append(Node(kind, kept, outputs, options))
        return outputs


def evaluate(graph: Graph, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """What a description gives for these inputs, with numpy."""
    known = {id(value): inputs[name] for name, value in graph.inputs.items()}
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            given = [known[id(x)] if isinstance(x, Value) else x for x in node.inputs]
            found = MEANING[node.kind](*given, **node.options)
            results = found if isinstance(found, tuple) else (found,)
            known |= {id(value): x for value, x in zip(node.outputs, results, strict=True)}
    return {name: known[id(value)] for name, value in graph.outputs.items()}


def _is_float(value: Any) -> bool:
    return isinstance(value, Value) and value.sample.dtype == np.float32


def _operand(value: Any, is_float: bool) -> Value | Array:
    if isinstance(value, Value):
        return value
    array = np.asarray(value)
    whole = np.float32 if is_float else np.int64
    dtype = {"f": np.float32, "i": whole, "u": whole}.get(array.dtype.kind)
    return np.ascontiguousarray(array, dtype).reshape(array.shape)


def _softmax(x: Array) -> Array:
    likely = np.exp(x - x.max(-1, keepdims=True))
    return likely / likely.sum(-1, keepdims=True)


def _part(x: Array, *, start: int, stop: int, axis: int) -> Array:
    return x[(slice(None),) * axis + (slice(start, stop),)]


def _reshape(x: Array, *, shape: tuple[int, ...]) -> Array:
    """0 stands for the length that an axis has."""
    sizes = (size or x.shape[axis] for axis, size in enumerate(shape, 1))
    return x.reshape(len(x), *sizes)


def _squares(x: Array, *, axes: tuple[int, ...], keepdims: bool) -> Array:
    return np.square(x).sum(axes, keepdims=keepdims)


def _split(x: Array, *, sizes: tuple[int, ...]) -> tuple[Array, ...]:
    return tuple(np.split(x, np.cumsum(sizes[:-1]), axis=-1))


def _smallest(x: Array, *, k: int) -> tuple[Array, Array]:
    index = np.argsort(x, axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, index, -1), index


def _trees(x: Array, *, arrays: dict[str, Array], values: Array) -> Array:
    walk = Walk(arrays)
    return values.astype(np.float32)[walk.leaves(x)].sum(1)


def _direction(matrix: Array) -> Array:
    """By Cramer's rule, which a singular matrix does not disturb."""
    column = np.eye(matrix.shape[-1], dtype=bool)[:, None]
    return np.linalg.det(np.where(column, matrix.dtype.type(1), matrix[:, None]))


def firm(k: int) -> Array:
    """What k equations are multiplied by, entry by entry, so that float32 can eliminate them.

    Where all pairs of classes agree, the equations of `handpose.export.coupling` are nearly
    singular: their diagonal becomes a little larger. The direction of their solution is not changed
    by more than that.
    """
    return (1 + 2.5e-7 * k * np.eye(k)).astype(np.float32)


MEANING: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "equal": np.equal,
    "greater": np.greater,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "where": np.where,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "atan": np.arctan,
    "relu": lambda x: np.maximum(x, np.float32(0)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "softmax": _softmax,
    "float": lambda x: x.astype(np.float32),
    "matmul": np.matmul,
    "reshape": _reshape,
    "fold": lambda x, *, shape: x.reshape(-1, *shape),
    "transpose": lambda x, *, axes: np.ascontiguousarray(x.transpose(axes)),
    "concat": lambda *parts, axis: np.concatenate(parts, axis),
    "part": _part,
    "take": lambda x, *, index, axis: x.take(index, axis),
    "sum": lambda x, *, axes, keepdims: x.sum(axes, keepdims=keepdims),
    "max": lambda x, *, axes, keepdims: x.max(axes, keepdims=keepdims),
    "mean": lambda x, *, axes, keepdims: x.mean(axes, keepdims=keepdims),
    "squares": _squares,
    "length": lambda x, **options: np.sqrt(_squares(x, **options)),
    "split": _split,
    "argmax": lambda x, *, keepdims: x.argmax(-1, keepdims=keepdims),
    "smallest": _smallest,
    "along": lambda x, index: np.take_along_axis(x, index, -1),
    "rows": lambda table, index: table[index],
    "trees": _trees,
    "direction": _direction,
}
"""Name of an operation to what it computes; keywords are its options."""
