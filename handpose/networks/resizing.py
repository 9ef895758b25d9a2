"""Other image sizes for a fully convolutional network, as an OpenVINO model or as a file."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np


def resize(model: Any, side: int) -> None:
    """Make an OpenVINO model take square images of another side.

    The palm network's file fixes the sizes of upsampled layers and the number of anchors, for
    images of 192 pixels. Both are replaced; the weights do not depend on the size.

    Parameters
    ----------
    model : openvino.Model
        Of one input (1, side, side, 3); changed in place.
    side : int
        Pixels; a multiple of the network's coarsest stride (of palms 32).
    """
    own = model.input(0).shape[1]
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Interpolate":
            _, height, width, _ = node.get_output_shape(0)
            _set(node, [height * side // own, width * side // own])
        elif node.get_type_name() == "Reshape" and len(node.get_output_shape(0)) == 3:
            _set(node, [1, -1, node.get_output_shape(0)[2]])
    model.get_parameters()[0].set_partial_shape(
        import_module("openvino").PartialShape([1, side, side, 3])
    )
    model.validate_nodes_and_infer_types()


def resized_file(file: bytes, side: int) -> bytes:
    """The ``.tflite`` file of a network, upsampling for square images of another side.

    LiteRT then takes images of that side once its input is resized; everything else follows from
    the input (the reshaping to anchors says -1 for their number).

    Parameters
    ----------
    file : bytes
        Of one input (1, side, side, 3).
    side : int
        As of `resize`.
    """
    from ai_edge_litert import schema_py_generated as schema

    changed = bytearray(file)  # of which the arrays below are views
    model = schema.Model.GetRootAs(changed)
    graph = model.Subgraphs(0)
    own = graph.Tensors(graph.Inputs(0)).Shape(1)
    upsampled = set()
    for operator in map(graph.Operators, range(graph.OperatorsLength())):
        code = model.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())  # as the format asks for
        if kind == schema.BuiltinOperator.RESIZE_BILINEAR:
            upsampled.add(graph.Tensors(operator.Inputs(1)).Buffer())  # two may share a constant
    for constant in upsampled:
        size = model.Buffers(constant).DataAsNumpy().view("<i4")
        size[:] = size * side // own
    return bytes(changed)


def _set(node: Any, sizes: list[int]) -> None:
    """Replace the constant with the output size of a node."""
    constant = import_module("openvino.opset13").constant(np.array(sizes, np.int64))
    node.input(1).replace_source_output(constant.output(0))
