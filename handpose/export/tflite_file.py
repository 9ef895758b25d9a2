"""TFLite files of descriptions, for one hand at a time; written without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from handpose.export.graph import Array, Graph, Node, Value, firm
from handpose.export.tflite_writer import Tensor, Writer
from handpose.export.trees import tree_steps

METADATA = "handpose"
"""Name of the entry that holds the metadata as JSON."""


def tflite_file(graph: Graph, entries: Mapping[str, bytes] | None = None) -> bytes:
    """A description as a TFLite file, of built-in operations alone.

    Parameters
    ----------
    graph : Graph
    entries : mapping of str to bytes, optional
        Metadata by name.
    """
    writer = Writer(entries or {})
    for name, value in graph.inputs.items():
        writer.input(name, value)
    biases = _biases(graph)
    joined = {after for after, _ in biases.values()}
    for node in graph.nodes:
        if node in biases:
            after, bias = biases[node]
            writer.keep(after, [_product(writer, node, bias)])
        elif node not in joined:
            written = _WRITERS.get(node.kind, _plain)(writer, node)
            writer.keep(node, written if isinstance(written, list) else [written])
    for name, value in graph.outputs.items():
        writer.output(name, value)
    return writer.file()


_SAME = {
    "add": "ADD",
    "sub": "SUB",
    "mul": "MUL",
    "div": "DIV",
    "maximum": "MAXIMUM",
    "minimum": "MINIMUM",
    "equal": "EQUAL",
    "greater": "GREATER",
    "and": "LOGICAL_AND",
    "or": "LOGICAL_OR",
    "not": "LOGICAL_NOT",
    "where": "SELECT_V2",
    "abs": "ABS",
    "sqrt": "SQRT",
    "exp": "EXP",
    "log": "LOG",
    "relu": "RELU",
    "sigmoid": "LOGISTIC",
    "float": "CAST",
}

Tensors = list[Tensor]


def _plain(writer: Writer, node: Node) -> Tensor:
    value = node.outputs[0]
    kind, dtype = _SAME[node.kind], value.sample.dtype
    return writer.operator(kind, writer.places(node), value.shape, dtype=dtype)


def _atan(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    shape = node.outputs[0].shape
    return writer.operator("ATAN2", [*x, writer.constant(np.ones(shape, np.float32))], shape)


def _softmax(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    return writer.operator("SOFTMAX", x, node.outputs[0].shape, beta=1.0)


def _matmul(writer: Writer, node: Node) -> Tensor:
    if _is_product(node):
        return _product(writer, node)
    return writer.operator("BATCH_MATMUL", writer.places(node), node.outputs[0].shape)


def _is_product(node: Node) -> bool:
    """Whether it multiplies by a fixed matrix."""
    return (
        node.kind == "matmul"
        and isinstance(node.inputs[1], np.ndarray)
        and (node.inputs[1].ndim == 2)
    )


def _product(writer: Writer, node: Node, bias: Array | None = None) -> Tensor:
    left, right = node.inputs
    inputs, outputs = right.shape
    place = writer.place(left)
    count = int(np.prod(writer.shape(place))) // inputs
    given = [writer.reshaped(place, (count, inputs)), writer.constant(np.asarray(right).T)]
    if bias is not None:
        given.append(writer.constant(bias))
    found = writer.operator("FULLY_CONNECTED", given, (count, outputs))
    return writer.reshaped(found, node.outputs[0].shape)


def _biases(graph: Graph) -> dict[Node, tuple[Node, Array]]:
    """Products, and what alone reads them to add a fixed number to each column: node and numbers.

    Both are one operator.
    """
    readers: dict[int, list[Node]] = {}
    for node in graph.nodes:
        for value in node.inputs:
            readers.setdefault(id(value), []).append(node)
    outputs = {id(value) for value in graph.outputs.values()}
    found = {}
    for node in filter(_is_product, graph.nodes):
        (product,) = node.outputs
        after = readers.get(id(product), [])
        bias = _bias(after[0], product) if len(after) == 1 else None
        if bias is not None and id(product) not in outputs:
            found[node] = after[0], bias
    return found


def _bias(node: Node, product: Value) -> Array | None:
    """What a node adds to each column of a product, if that is all that it does."""
    if node.kind not in ("add", "sub") or node.inputs[0] is not product:
        return None
    numbers, wide = node.inputs[1], product.shape[-1]
    if not isinstance(numbers, np.ndarray) or numbers.shape[-1:] != (wide,) or numbers.size != wide:
        return None
    return numbers.ravel() if node.kind == "add" else -numbers.ravel()


def _reshape(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    return writer.reshaped(x[0], node.outputs[0].shape)


def _transpose(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    axes = writer.constant(node.options["axes"], np.int32)
    return writer.operator("TRANSPOSE", [*x, axes], node.outputs[0].shape, dtype=writer.dtype(x[0]))


def _concat(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    axis = node.options["axis"]
    shape, dtype = node.outputs[0].shape, writer.dtype(x[0])
    return writer.operator("CONCATENATION", x, shape, axis=axis, dtype=dtype)


def _sliced(writer: Writer, x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    shape = list(writer.shape(x))
    begin = [0] * len(shape)
    begin[axis], shape[axis] = start, min(stop, shape[axis]) - start
    numbers = [writer.constant(values, np.int32) for values in (begin, shape)]
    return writer.operator("SLICE", [x, *numbers], shape, dtype=writer.dtype(x))


def _part(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    options = node.options
    return _sliced(writer, x[0], options["axis"], options["start"], options["stop"])


def _take(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    index = writer.constant(node.options["index"])
    axis = node.options["axis"]
    shape, dtype = node.outputs[0].shape, writer.dtype(x[0])
    return writer.operator("GATHER", [*x, index], shape, axis=axis, dtype=dtype)


def _rows(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    value = node.outputs[0]
    return writer.operator("GATHER", x, value.shape, axis=0, dtype=value.sample.dtype)


def _along(writer: Writer, node: Node) -> Tensor:
    """Of the one hand."""
    x = writer.places(node)
    shape, dtype = node.outputs[0].shape, node.outputs[0].sample.dtype
    row, index = (writer.reshaped(tensor, writer.shape(tensor)[1:]) for tensor in x)
    found = writer.operator("GATHER", [row, index], shape[1:], axis=0, dtype=dtype)
    return writer.reshaped(found, shape)


def _reduce(kind: str) -> Callable[[Writer, Node], Tensor]:
    def write(writer: Writer, node: Node) -> Tensor:
        x = writer.places(node)
        axes = writer.constant(node.options["axes"], np.int32)
        keep = node.options["keepdims"]
        return writer.operator(kind, [*x, axes], node.outputs[0].shape, keepDims=keep)

    return write


def _squares(writer: Writer, node: Node) -> Tensor:
    (x,) = writer.places(node)
    squared = writer.operator("MUL", [x, x], writer.shape(x))
    axes, keep = writer.constant(node.options["axes"], np.int32), node.options["keepdims"]
    return writer.operator("SUM", [squared, axes], node.outputs[0].shape, keepDims=keep)


def _length(writer: Writer, node: Node) -> Tensor:
    return writer.operator("SQRT", [_squares(writer, node)], node.outputs[0].shape)


def _split(writer: Writer, node: Node) -> Tensors:
    (x,) = writer.places(node)
    sizes, axis = node.options["sizes"], writer.constant(np.int32(node.inputs[0].ndim - 1))
    found = [writer.tensor(value.shape, value.sample.dtype) for value in node.outputs]
    numbers = writer.constant(sizes, np.int32)
    writer.operators("SPLIT_V", [x, numbers, axis], found, numSplits=len(sizes))
    return found


def _argmax(writer: Writer, node: Node) -> Tensor:
    x = writer.places(node)
    axis = writer.constant(node.inputs[0].ndim - 1, np.int32)
    value, kind = node.outputs[0], writer.schema.TensorType.INT32
    return writer.operator("ARG_MAX", [*x, axis], value.shape, dtype=np.int32, outputType=kind)


def _smallest(writer: Writer, node: Node) -> Tensors:
    """The largest of the negated."""
    x = writer.places(node)
    minus, shape = writer.constant(np.float32(-1)), node.outputs[0].shape
    turned = writer.operator("MUL", [*x, minus], writer.shape(x[0]))
    values, index = writer.tensor(shape, np.float32), writer.tensor(shape, np.int32)
    k = writer.constant(node.options["k"], np.int32)
    writer.operators("TOPK_V2", [turned, k], [values, index])
    return [writer.operator("MUL", [values, minus], shape), index]


def _trees(writer: Writer, node: Node) -> Tensor:
    """All trees take a step at a time, as in `handpose.classifiers.trees.Walk`."""
    x = writer.places(node)
    steps = tree_steps(node.options["arrays"])
    values = node.options["values"].astype(np.float32)
    count = (len(steps.roots),)
    row = writer.reshaped(x[0], writer.shape(x[0])[1:])
    feature, left, leaf = (
        writer.constant(array, np.int32) for array in (steps.feature, steps.left, steps.leaf)
    )
    threshold = writer.constant(steps.threshold)
    at = writer.constant(steps.roots, np.int32)
    for _ in range(steps.depth):
        place = writer.operator("GATHER", [feature, at], count, axis=0, dtype=np.int32)
        number = writer.operator("GATHER", [row, place], count, axis=0)
        limit = writer.operator("GATHER", [threshold, at], count, axis=0)
        goes_right = writer.operator("GREATER", [number, limit], count, dtype=bool)
        step = writer.operator("CAST", [goes_right], count, dtype=np.int32)
        child = writer.operator("GATHER", [left, at], count, axis=0, dtype=np.int32)
        at = writer.operator("ADD", [child, step], count, dtype=np.int32)
    reached = writer.operator("GATHER", [leaf, at], count, axis=0, dtype=np.int32)
    shape = (*count, values.shape[1])
    said = writer.operator("GATHER", [writer.constant(values), reached], shape, axis=0)
    axis = writer.constant([0], np.int32)
    return writer.operator("SUM", [said, axis], (1, values.shape[1]), keepDims=True)


def _direction(writer: Writer, node: Node) -> Tensor:
    """Gauss-Jordan without exchanging rows, which such matrices do not need."""
    x = writer.places(node)
    k = node.inputs[0].shape[1]
    shape = (1, k, k + 1)
    matrix = writer.operator("MUL", [*x, writer.constant(firm(k))], (1, k, k))
    ones = writer.constant(np.ones((1, k, 1), np.float32))
    rows = writer.operator("CONCATENATION", [matrix, ones], shape, axis=2)
    for step in range(k):
        row = _sliced(writer, rows, 1, step, step + 1)
        column = _sliced(writer, rows, 2, step, step + 1)
        pivot = _sliced(writer, row, 2, step, step + 1)
        own = writer.constant(np.eye(k, dtype=np.float32)[None, :, step : step + 1])
        change = writer.operator("SUB", [column, own], (1, k, 1))
        factors = writer.operator("DIV", [change, pivot], (1, k, 1))
        product = writer.operator("MUL", [factors, row], shape)
        rows = writer.operator("SUB", [rows, product], shape)
    return writer.reshaped(_sliced(writer, rows, 2, k, k + 1), (1, k))


_WRITERS: dict[str, Callable[[Writer, Node], Tensor | Tensors]] = {
    "atan": _atan,
    "softmax": _softmax,
    "matmul": _matmul,
    "reshape": _reshape,
    "fold": _reshape,
    "transpose": _transpose,
    "concat": _concat,
    "part": _part,
    "take": _take,
    "rows": _rows,
    "along": _along,
    "sum": _reduce("SUM"),
    "max": _reduce("REDUCE_MAX"),
    "mean": _reduce("MEAN"),
    "squares": _squares,
    "length": _length,
    "split": _split,
    "argmax": _argmax,
    "smallest": _smallest,
    "trees": _trees,
    "direction": _direction,
}
"""How operations are written that have no single operator of their own with the same meaning."""
