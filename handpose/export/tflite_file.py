"""TFLite files of descriptions, for one hand at a time; written without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.export.graph import Graph, Node, Value
from handpose.export.trees import tree_steps

Array = NDArray[Any]
Tensor = int

_IDENTIFIER = b"TFL3"
_VERSION = 3
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
    return _Writer(graph, entries or {}).file()


class _Writer:
    """Tensors, operators and buffers of one file."""

    def __init__(self, graph: Graph, entries: Mapping[str, bytes]):
        from ai_edge_litert import schema_py_generated as schema

        self.schema = schema
        self._types = {
            np.dtype("float32"): schema.TensorType.FLOAT32,
            np.dtype("int32"): schema.TensorType.INT32,
            np.dtype("bool"): schema.TensorType.BOOL,
        }
        self._entries = entries
        self._tensors: list[Any] = []
        self._operators: list[Any] = []
        self._codes: list[int] = []
        self._buffers = [schema.BufferT()]
        self._constants: dict[tuple[Any, ...], Tensor] = {}
        self._places: dict[int, Tensor] = {}
        for name, value in graph.inputs.items():
            self._places[id(value)] = self.tensor(value.shape, value.sample.dtype, name)
        self._inputs = list(self._places.values())
        for node in graph.nodes:
            self._write(node)
        self._outputs = [self._output(name, value) for name, value in graph.outputs.items()]

    def file(self) -> bytes:
        """The bytes of the file."""
        import flatbuffers

        schema = self.schema
        subgraph, model = schema.SubGraphT(), schema.ModelT()
        subgraph.tensors, subgraph.operators = self._tensors, self._operators
        subgraph.inputs, subgraph.outputs = self._inputs, self._outputs
        subgraph.name = "main"
        model.version, model.description, model.subgraphs = _VERSION, "handpose", [subgraph]
        model.operatorCodes = [self._operator_code(code) for code in self._codes]
        model.signatureDefs = [self._signature()]
        model.metadata = [self._entry(name, data) for name, data in self._entries.items()]
        model.buffers = self._buffers
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), _IDENTIFIER)
        return bytes(builder.Output())

    def tensor(self, shape: Sequence[int], dtype: Any, name: str = "") -> Tensor:
        """A tensor that an operator fills."""
        made = self.schema.TensorT()
        made.shape, made.type, made.buffer = list(shape), self._types[_narrow(dtype)], 0
        made.name = name or f"t{len(self._tensors)}"
        self._tensors.append(made)
        return len(self._tensors) - 1

    def constant(self, value: Any, dtype: Any = None) -> Tensor:
        """A tensor with numbers in it, kept once."""
        array = np.asarray(value, dtype)
        array = np.asarray(array, _narrow(array.dtype), order="C")
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            place = self.tensor(array.shape, array.dtype)
            self._tensors[place].buffer = self._buffer(array.tobytes())
            self._constants[key] = place
        return self._constants[key]

    def shape(self, tensor: Tensor) -> tuple[int, ...]:
        """Of a tensor."""
        return tuple(self._tensors[tensor].shape)

    def operator(
        self, kind: str, inputs: Sequence[Tensor], shape: Sequence[int], **options: Any
    ) -> Tensor:
        """Add an operator; its one result.

        Keywords are its options by their names in the format; ``dtype`` is the type of its result.
        """
        result = self.tensor(shape, options.pop("dtype", np.float32))
        self.operators(kind, inputs, [result], **options)
        return result

    def operators(
        self, kind: str, inputs: Sequence[Tensor], outputs: Sequence[Tensor], **options: Any
    ) -> None:
        """Add an operator with these results."""
        code = getattr(self.schema.BuiltinOperator, kind)
        if code not in self._codes:
            self._codes.append(code)
        made = self.schema.OperatorT()
        made.opcodeIndex = self._codes.index(code)
        made.inputs, made.outputs = list(inputs), list(outputs)
        name = _OPTIONS.get(kind)
        if name is not None:
            made.builtinOptionsType = getattr(self.schema.BuiltinOptions, name)
            made.builtinOptions = getattr(self.schema, f"{name}T")()
            for option, value in options.items():
                setattr(made.builtinOptions, option, value)
        self._operators.append(made)

    def reshaped(self, tensor: Tensor, shape: Sequence[int]) -> Tensor:
        """A tensor in another shape."""
        if tuple(shape) == self.shape(tensor):
            return tensor
        sizes = [int(size) for size in shape]
        dtype = self._dtype(tensor)
        target = self.constant(sizes, np.int32)
        return self.operator("RESHAPE", [tensor, target], sizes, dtype=dtype, newShape=sizes)

    def _dtype(self, tensor: Tensor) -> Any:
        kinds = {kind: dtype for dtype, kind in self._types.items()}
        return kinds[self._tensors[tensor].type]

    def places(self, node: Node) -> list[Tensor]:
        """The tensors of a node's inputs."""
        return [self.place(value) for value in node.inputs]

    def place(self, value: Value | Array) -> Tensor:
        """The tensor of a value or constant."""
        if isinstance(value, Value):
            return self._places[id(value)]
        return self.constant(value)

    def _write(self, node: Node) -> None:
        write = _WRITERS.get(node.kind, _plain)
        written = write(self, node)
        results = written if isinstance(written, list) else [written]
        self._places |= {id(v): t for v, t in zip(node.outputs, results, strict=True)}

    def _output(self, name: str, value: Value) -> Tensor:
        """A tensor of this name; truth values become whole numbers."""
        place = self._places[id(value)]
        if value.sample.dtype == bool:
            place = self.operator("CAST", [place], value.shape, dtype=np.int32)
        elif place in self._inputs:
            place = self.operator("ADD", [place, self.constant(np.float32(0))], value.shape)
        self._tensors[place].name = name
        return place

    def _entry(self, name: str, data: bytes) -> Any:
        made = self.schema.MetadataT()
        made.name, made.buffer = name, self._buffer(data)
        return made

    def _buffer(self, data: bytes) -> int:
        made = self.schema.BufferT()
        made.data = np.frombuffer(data, np.uint8)
        self._buffers.append(made)
        return len(self._buffers) - 1

    def _operator_code(self, code: int) -> Any:
        made = self.schema.OperatorCodeT()
        made.builtinCode, made.deprecatedBuiltinCode, made.version = code, min(code, 127), 1
        return made

    def _signature(self) -> Any:
        made = self.schema.SignatureDefT()
        made.signatureKey, made.subgraphIndex = "serving_default", 0
        made.inputs, made.outputs = (
            [self._tensor_map(place) for place in places]
            for places in (self._inputs, self._outputs)
        )
        return made

    def _tensor_map(self, place: Tensor) -> Any:
        made = self.schema.TensorMapT()
        made.name, made.tensorIndex = self._tensors[place].name, place
        return made


def _narrow(dtype: Any) -> np.dtype[Any]:
    """The type in a file: whole numbers have 32 bits."""
    dtype = np.dtype(dtype)
    return np.dtype({"i": "int32", "u": "int32", "f": "float32"}.get(dtype.kind, dtype))


_OPTIONS = {
    "ADD": "AddOptions",
    "SUB": "SubOptions",
    "MUL": "MulOptions",
    "DIV": "DivOptions",
    "MAXIMUM": "MaximumMinimumOptions",
    "MINIMUM": "MaximumMinimumOptions",
    "EQUAL": "EqualOptions",
    "GREATER": "GreaterOptions",
    "LOGICAL_AND": "LogicalAndOptions",
    "LOGICAL_OR": "LogicalOrOptions",
    "LOGICAL_NOT": "LogicalNotOptions",
    "SELECT_V2": "SelectV2Options",
    "ABS": "AbsOptions",
    "EXP": "ExpOptions",
    "RESHAPE": "ReshapeOptions",
    "TRANSPOSE": "TransposeOptions",
    "CONCATENATION": "ConcatenationOptions",
    "SLICE": "SliceOptions",
    "GATHER": "GatherOptions",
    "SUM": "ReducerOptions",
    "REDUCE_MAX": "ReducerOptions",
    "ARG_MAX": "ArgMaxOptions",
    "TOPK_V2": "TopKV2Options",
    "SOFTMAX": "SoftmaxOptions",
    "CAST": "CastOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions",
    "BATCH_MATMUL": "BatchMatMulOptions",
}
"""The kind of options of an operator; others have none."""

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


def _plain(writer: _Writer, node: Node) -> Tensor:
    value = node.outputs[0]
    kind, dtype = _SAME[node.kind], value.sample.dtype
    return writer.operator(kind, writer.places(node), value.shape, dtype=dtype)


def _atan(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    shape = node.outputs[0].shape
    return writer.operator("ATAN2", [*x, writer.constant(np.ones(shape, np.float32))], shape)


def _softmax(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    return writer.operator("SOFTMAX", x, node.outputs[0].shape, beta=1.0)


def _matmul(writer: _Writer, node: Node) -> Tensor:
    left, right = node.inputs
    shape = node.outputs[0].shape
    if isinstance(right, np.ndarray) and right.ndim == 2 and left.ndim == 2:
        weights = writer.constant(right.T)
        return writer.operator("FULLY_CONNECTED", [writer.place(left), weights], shape)
    return writer.operator("BATCH_MATMUL", writer.places(node), shape)


def _reshape(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    return writer.reshaped(x[0], node.outputs[0].shape)


def _transpose(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    axes = writer.constant(node.options["axes"], np.int32)
    return writer.operator("TRANSPOSE", [*x, axes], node.outputs[0].shape)


def _concat(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    axis = node.options["axis"]
    return writer.operator("CONCATENATION", x, node.outputs[0].shape, axis=axis)


def _sliced(writer: _Writer, x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    shape = list(writer.shape(x))
    begin = [0] * len(shape)
    begin[axis], shape[axis] = start, min(stop, shape[axis]) - start
    numbers = [writer.constant(values, np.int32) for values in (begin, shape)]
    return writer.operator("SLICE", [x, *numbers], shape)


def _part(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    options = node.options
    return _sliced(writer, x[0], options["axis"], options["start"], options["stop"])


def _take(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    index = writer.constant(node.options["index"])
    axis = node.options["axis"]
    return writer.operator("GATHER", [*x, index], node.outputs[0].shape, axis=axis)


def _rows(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    value = node.outputs[0]
    return writer.operator("GATHER", x, value.shape, axis=0, dtype=value.sample.dtype)


def _along(writer: _Writer, node: Node) -> Tensor:
    """Of the one hand."""
    x = writer.places(node)
    shape, dtype = node.outputs[0].shape, node.outputs[0].sample.dtype
    row, index = (writer.reshaped(tensor, writer.shape(tensor)[1:]) for tensor in x)
    found = writer.operator("GATHER", [row, index], shape[1:], axis=0, dtype=dtype)
    return writer.reshaped(found, shape)


def _reduce(kind: str) -> Callable[[_Writer, Node], Tensor]:
    def write(writer: _Writer, node: Node) -> Tensor:
        x = writer.places(node)
        axes = writer.constant(node.options["axes"], np.int32)
        keep = node.options["keepdims"]
        return writer.operator(kind, [*x, axes], node.outputs[0].shape, keepDims=keep)

    return write


def _total(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    axis = node.options["axis"]
    parts = [_sliced(writer, x[0], axis, i, i + 1) for i in range(writer.shape(x[0])[axis])]
    found = parts[0]
    for part in parts[1:]:
        found = writer.operator("ADD", [found, part], writer.shape(part))
    return writer.reshaped(found, node.outputs[0].shape)


def _argmax(writer: _Writer, node: Node) -> Tensor:
    x = writer.places(node)
    axis = writer.constant(node.inputs[0].ndim - 1, np.int32)
    value, kind = node.outputs[0], writer.schema.TensorType.INT32
    return writer.operator("ARG_MAX", [*x, axis], value.shape, dtype=np.int32, outputType=kind)


def _smallest(writer: _Writer, node: Node) -> Tensors:
    """The largest of the negated."""
    x = writer.places(node)
    minus, shape = writer.constant(np.float32(-1)), node.outputs[0].shape
    turned = writer.operator("MUL", [*x, minus], writer.shape(x[0]))
    values, index = writer.tensor(shape, np.float32), writer.tensor(shape, np.int32)
    k = writer.constant(node.options["k"], np.int32)
    writer.operators("TOPK_V2", [turned, k], [values, index])
    return [writer.operator("MUL", [values, minus], shape), index]


def _trees(writer: _Writer, node: Node) -> Tensor:
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


def _direction(writer: _Writer, node: Node) -> Tensor:
    """Gauss-Jordan without exchanging rows, which such matrices do not need."""
    x = writer.places(node)
    k = node.inputs[1].shape[1]
    right = writer.reshaped(x[1], (1, k, 1))
    shape = (1, k, k + 1)
    rows = writer.operator("CONCATENATION", [x[0], right], shape, axis=2)
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


_WRITERS: dict[str, Callable[[_Writer, Node], Tensor | Tensors]] = {
    "atan": _atan,
    "softmax": _softmax,
    "matmul": _matmul,
    "reshape": _reshape,
    "transpose": _transpose,
    "concat": _concat,
    "part": _part,
    "take": _take,
    "rows": _rows,
    "along": _along,
    "sum": _reduce("SUM"),
    "max": _reduce("REDUCE_MAX"),
    "total": _total,
    "argmax": _argmax,
    "smallest": _smallest,
    "trees": _trees,
    "direction": _direction,
}
"""How operations are written that have no single operator of their own with the same meaning."""
