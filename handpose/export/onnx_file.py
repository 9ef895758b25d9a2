"""ONNX files of descriptions."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.export.graph import Graph, Node, Value, firm
from handpose.export.trees import ensemble

OPSET, TREE_OPSET, IR_VERSION = 17, 3, 8
_TREES = "ai.onnx.ml"

MOST_DETERMINED = 24
"""Largest system that is solved by determinants, in few nodes; larger ones are eliminated."""

Array = NDArray[Any]


def onnx_file(graph: Graph, metadata: Mapping[str, Any]) -> bytes:
    """A description as an ONNX file, checked by ``onnx.checker``.

    Parameters
    ----------
    graph : Graph
    metadata : mapping
        Text stays, everything else becomes JSON.
    """
    import onnx
    from onnx import helper

    writer = _Writer(graph)
    opsets = [helper.make_opsetid("", OPSET)]
    if any(node.kind == "trees" for node in graph.nodes):
        opsets.append(helper.make_opsetid(_TREES, TREE_OPSET))
    written = helper.make_model(
        writer.graph(),
        opset_imports=opsets,
        ir_version=IR_VERSION,
        producer_name="handpose",
        producer_version=str(metadata.get("handpose_version", "")),
    )
    texts = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in metadata.items()
    }
    helper.set_model_props(written, texts)
    onnx.checker.check_model(written, full_check=True)
    return bytes(written.SerializeToString())


class _Writer:
    """Nodes and constants of one file."""

    def __init__(self, graph: Graph):
        from onnx import helper, numpy_helper

        self._helper, self._numpy = helper, numpy_helper
        self._description = graph
        self._nodes: list[Any] = []
        self._constants: dict[tuple[Any, ...], str] = {}
        self._initializers: list[Any] = []
        self._names = {id(value): name for name, value in graph.inputs.items()}
        self._count = 0
        for node in graph.nodes:
            self._write(node)

    def graph(self) -> Any:
        """The graph, with its inputs and outputs."""
        frames = self._description.frames
        given = [
            self._info(name, value, ["n", "frames"] if name in frames else ["n"])
            for name, value in self._description.inputs.items()
        ]
        outputs = self._description.outputs
        found = [self._info(name, value, ["n"]) for name, value in outputs.items()]
        self._rename({self.name(value): name for name, value in outputs.items()})
        used = {name for node in self._nodes for name in node.input}
        constants = [constant for constant in self._initializers if constant.name in used]
        return self._helper.make_graph(self._nodes, "handpose", given, found, constants)

    def name(self, value: Value | Array) -> str:
        """The name of a value or of a constant, which is kept once."""
        if isinstance(value, Value):
            return self._names[id(value)]
        key = (value.dtype.str, value.shape, value.tobytes())
        if key not in self._constants:
            self._constants[key] = f"c{len(self._constants)}"
            self._initializers.append(self._numpy.from_array(value, self._constants[key]))
        return self._constants[key]

    def node(self, kind: str, inputs: Sequence[Any], outputs: Any = 1, **attributes: Any) -> Any:
        """Add a node; the names of its results (one name for one)."""
        names = [self._new() for _ in range(outputs)]
        given = [value if isinstance(value, str) else self.name(value) for value in inputs]
        self._nodes.append(self._helper.make_node(kind, given, names, **attributes))
        return names[0] if outputs == 1 else names

    def ints(self, *numbers: int) -> str:
        """A constant of whole numbers."""
        return self.name(np.array(numbers, np.int64))

    def _rename(self, names: Mapping[str, str]) -> None:
        for node in self._nodes:
            for side in (node.input, node.output):
                side[:] = [names.get(name, name) for name in side]

    def _new(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _info(self, name: str, value: Value, any_length: list[str]) -> Any:
        kind = self._helper.np_dtype_to_tensor_dtype(value.sample.dtype)
        shape: list[str | int | None] = [*any_length, *value.shape[len(any_length) :]]
        return self._helper.make_tensor_value_info(name, kind, shape)

    def _write(self, node: Node) -> None:
        write = _WRITERS.get(node.kind)
        inputs = [self.name(value) for value in node.inputs]
        if write is None:
            results = self.node(_SAME[node.kind], inputs)
        else:
            results = write(self, inputs, node)
        names = [results] if isinstance(results, str) else results
        self._names |= {id(value): n for value, n in zip(node.outputs, names, strict=True)}


_SAME = {
    "add": "Add",
    "mul": "Mul",
    "div": "Div",
    "maximum": "Max",
    "minimum": "Min",
    "equal": "Equal",
    "greater": "Greater",
    "and": "And",
    "or": "Or",
    "not": "Not",
    "where": "Where",
    "abs": "Abs",
    "sqrt": "Sqrt",
    "exp": "Exp",
    "log": "Log",
    "atan": "Atan",
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "matmul": "MatMul",
}

Names = list[str]


def _sub(writer: _Writer, x: Names, node: Node) -> str:
    """A constant is added instead, which runtimes join with the product before it."""
    taken = node.inputs[1]
    if isinstance(taken, np.ndarray):
        return writer.node("Add", [x[0], -taken])
    return writer.node("Sub", x)


def _softmax(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("Softmax", x, axis=-1)


def _float(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("Cast", x, to=1)


def _reshape(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("Reshape", [*x, writer.ints(0, *node.options["shape"])])


def _fold(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("Reshape", [*x, writer.ints(-1, *node.outputs[0].shape[1:])])


def _transpose(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("Transpose", x, perm=list(node.options["axes"]))


def _concat(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("Concat", x, axis=node.options["axis"])


def _part(writer: _Writer, x: Names, node: Node) -> str:
    numbers = (writer.ints(node.options[name]) for name in ("start", "stop", "axis"))
    return writer.node("Slice", [*x, *numbers])


def _take(writer: _Writer, x: Names, node: Node) -> str:
    index = writer.name(node.options["index"])
    return writer.node("Gather", [*x, index], axis=node.options["axis"])


def _rows(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("Gather", x, axis=0)


def _along(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("GatherElements", x, axis=-1)


def _sum(writer: _Writer, x: Names, node: Node) -> str:
    axes, keep = writer.ints(*node.options["axes"]), int(node.options["keepdims"])
    return writer.node("ReduceSum", [*x, axes], keepdims=keep)


def _reduce(kind: str) -> Callable[[_Writer, Names, Node], str]:
    def write(writer: _Writer, x: Names, node: Node) -> str:
        axes, keep = list(node.options["axes"]), int(node.options["keepdims"])
        return writer.node(kind, x, axes=axes, keepdims=keep)

    return write


def _split(writer: _Writer, x: Names, node: Node) -> Names:
    sizes = node.options["sizes"]
    return writer.node("Split", [*x, writer.ints(*sizes)], len(sizes), axis=-1)


def _argmax(writer: _Writer, x: Names, node: Node) -> str:
    return writer.node("ArgMax", x, axis=-1, keepdims=int(node.options["keepdims"]))


def _smallest(writer: _Writer, x: Names, node: Node) -> Names:
    return writer.node("TopK", [*x, writer.ints(node.options["k"])], 2, axis=-1, largest=0)


def _trees(writer: _Writer, x: Names, node: Node) -> str:
    attributes = ensemble(node.options["arrays"], node.options["values"])
    return writer.node("TreeEnsembleRegressor", x, domain=_TREES, **attributes)


def _direction(writer: _Writer, x: Names, node: Node) -> str:
    k = node.inputs[0].shape[1]
    return _determined(writer, x, k) if k <= MOST_DETERMINED else _eliminated(writer, x, k)


def _determined(writer: _Writer, x: Names, k: int) -> str:
    """Cramer's rule: ones take the place of each column in turn."""
    matrix = writer.node("Unsqueeze", [x[0], writer.ints(1)])
    columns = np.eye(k, dtype=bool)[None, :, None]
    return writer.node("Det", [writer.node("Where", [columns, np.ones(1, np.float32), matrix])])


def _eliminated(writer: _Writer, x: Names, k: int) -> str:
    """Gauss-Jordan without exchanging rows, which such matrices do not need."""
    pads = writer.ints(0, 0, 0, 0, 0, 1)
    rows = writer.node("Pad", [writer.node("Mul", [x[0], firm(k)]), pads, np.float32(1)])
    for step in range(k):
        at, after = writer.ints(step), writer.ints(step + 1)
        row = writer.node("Slice", [rows, at, after, writer.ints(1)])
        column = writer.node("Slice", [rows, at, after, writer.ints(2)])
        pivot = writer.node("Slice", [row, at, after, writer.ints(2)])
        own = np.eye(k, dtype=np.float32)[None, :, step : step + 1]
        factors = writer.node("Div", [writer.node("Sub", [column, own]), pivot])
        rows = writer.node("Sub", [rows, writer.node("Mul", [factors, row])])
    found = writer.node("Slice", [rows, writer.ints(k), writer.ints(k + 1), writer.ints(2)])
    return writer.node("Squeeze", [found, writer.ints(2)])


_WRITERS: dict[str, Callable[[_Writer, Names, Node], str | Names]] = {
    "sub": _sub,
    "softmax": _softmax,
    "float": _float,
    "reshape": _reshape,
    "fold": _fold,
    "transpose": _transpose,
    "concat": _concat,
    "part": _part,
    "take": _take,
    "rows": _rows,
    "along": _along,
    "sum": _sum,
    "max": _reduce("ReduceMax"),
    "mean": _reduce("ReduceMean"),
    "squares": _reduce("ReduceSumSquare"),
    "length": _reduce("ReduceL2"),
    "split": _split,
    "argmax": _argmax,
    "smallest": _smallest,
    "trees": _trees,
    "direction": _direction,
}
"""How operations are written that have no single node of their own with the same meaning."""
