"""What a network in a file costs, counted on its graph."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class GraphCost:
    """Counts for one image.

    Attributes
    ----------
    parameters : int
        Floating-point numbers that the file holds.
    multiply_adds : int
        Of all convolutions and matrix products; activations, additions and pooling are left out, as
        in `handpose.pixels.cost.multiply_adds`.
    """

    parameters: int
    multiply_adds: int

    def __add__(self, other: GraphCost) -> GraphCost:
        return GraphCost(
            self.parameters + other.parameters, self.multiply_adds + other.multiply_adds
        )


def count_file(path: Path) -> GraphCost:
    """Count a ``.tflite`` file.

    Raises
    ------
    ImportError
        If openvino, which reads the file, is not installed.
    """
    from handpose.networks.arithmetic import openvino

    return count_graph(openvino().Core().read_model(path))


def count_graph(model: Any) -> GraphCost:
    """Count an OpenVINO model whose shapes are all known."""
    parameters = multiply_adds = 0
    for node in model.get_ordered_ops():
        kind = node.get_type_name()
        if kind == "Constant" and node.get_output_element_type(0).is_real():
            parameters += prod(node.get_output_shape(0))
        elif kind in _PER_OUTPUT:
            multiply_adds += prod(node.get_output_shape(0)) * _PER_OUTPUT[kind](node)
        elif kind == "ConvolutionBackpropData":  # each input number meets a whole kernel
            multiply_adds += prod(node.get_input_shape(0)) * prod(node.get_input_shape(1)[1:])
    return GraphCost(parameters, multiply_adds)


def _inner_size(node: Any) -> int:
    """Length of the dot products of a matrix product."""
    return int(node.get_input_shape(0)[-2 if node.get_attributes()["transpose_a"] else -1])


_PER_OUTPUT = {
    "Convolution": lambda node: prod(node.get_input_shape(1)[1:]),
    "GroupConvolution": lambda node: prod(node.get_input_shape(1)[2:]),
    "MatMul": _inner_size,
}
"""Multiply-adds for each number that comes out."""
