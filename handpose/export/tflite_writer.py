"""The format of TFLite: tensors, operators and buffers in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.export.graph import Node, Value

Array = NDArray[Any]
Tensor = int

_IDENTIFIER = b"TFL3"
_VERSION = 3


class Writer:
    """Tensors, operators and buffers of one file.

    Parameters
    ----------
    entries : mapping of str to bytes
        Metadata by name.
    """

    def __init__(self, entries: Mapping[str, bytes]):
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
        self._inputs: list[Tensor] = []
        self._outputs: list[Tensor] = []

    def input(self, name: str, value: Value) -> None:
        """Add an input of the file."""
        self._places[id(value)] = place = self.tensor(value.shape, value.sample.dtype, name)
        self._inputs.append(place)

    def output(self, name: str, value: Value) -> None:
        """Make a value an output of the file; truth values become whole numbers."""
        place = self._places[id(value)]
        if value.sample.dtype == bool:
            place = self.operator("CAST", [place], value.shape, dtype=np.int32)
        self._tensors[place].name = name
        self._outputs.append(place)

    def keep(self, node: Node, results: Sequence[Tensor]) -> None:
        """Remember which tensors the results of a node are."""
        self._places |= {id(v): t for v, t in zip(node.outputs, results, strict=True)}

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
        dtype = self.dtype(tensor)
        target = self.constant(sizes, np.int32)
        return self.operator("RESHAPE", [tensor, target], sizes, dtype=dtype, newShape=sizes)

    def dtype(self, tensor: Tensor) -> Any:
        """Type of the numbers of a tensor."""
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
    "SPLIT_V": "SplitVOptions",
    "SUM": "ReducerOptions",
    "MEAN": "ReducerOptions",
    "REDUCE_MAX": "ReducerOptions",
    "ARG_MAX": "ArgMaxOptions",
    "TOPK_V2": "TopKV2Options",
    "SOFTMAX": "SoftmaxOptions",
    "CAST": "CastOptions",
    "FULLY_CONNECTED": "FullyConnectedOptions",
    "BATCH_MATMUL": "BatchMatMulOptions",
}
"""The kind of options of an operator; others have none."""
