"""Quantisation of a network's dense convolutions to 8 bits.

The range of each convolution's input ships with the library (``scripts/calibrate.py``). Layers
without a range stay in floating point.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ranges = dict[int, tuple[float, float]]
"""Position of a convolution in the network to the range of its input."""

RANGES_FILE = Path(__file__).with_name("activation_ranges.json")

_ACTIVATION_LEVELS, _WEIGHT_LEVELS = 256, 255


def activation_ranges(network: str) -> Ranges:
    """The ranges of a network by the name of its file; empty if they were not measured."""
    return {int(layer): (low, high) for layer, (low, high) in _measured().get(network, {}).items()}


def dense_convolutions(model: Any) -> list[Any]:
    """The convolutions of an OpenVINO model that mix channels, in the order of the network."""
    return [node for node in model.get_ordered_ops() if node.get_type_name() == "Convolution"]


def quantize(model: Any, ranges: Ranges) -> None:
    """Round inputs and weights of convolutions to 8 bits; OpenVINO then computes with integers.

    Parameters
    ----------
    model : openvino.Model
        Changed in place.
    ranges : dict of int to (float, float)
        Other convolutions are not changed.

    Notes
    -----
    Inputs have one scale and zero point for each layer, weights a symmetric scale for each channel
    (Jacob et al., CVPR 2018).
    """
    for position, node in enumerate(dense_convolutions(model)):
        if position in ranges:
            low, high = _with_exact_zero(*ranges[position])
            _round(node, 0, np.float32(low), np.float32(high), _ACTIVATION_LEVELS)
            weights = _constant(node.input_value(1).get_node())
            largest = np.abs(weights).max(axis=tuple(range(1, weights.ndim)), keepdims=True)
            largest = np.maximum(largest, np.finfo(np.float32).tiny)
            _round(node, 1, -largest, largest, _WEIGHT_LEVELS)
    model.validate_nodes_and_infer_types()


def _round(node: Any, port: int, low: Any, high: Any, levels: int) -> None:
    opset = import_module("openvino.opset13")
    low, high = opset.constant(low), opset.constant(high)
    rounded = opset.fake_quantize(node.input_value(port), low, high, low, high, levels)
    node.input(port).replace_source_output(rounded.output(0))


def _with_exact_zero(low: float, high: float) -> tuple[float, float]:
    """The nearest range in which zero is a level, as padding requires."""
    low, high = min(low, 0.0), max(high, 0.0)
    step = (high - low) / (_ACTIVATION_LEVELS - 1)
    low = -round(-low / step) * step
    return low, low + (_ACTIVATION_LEVELS - 1) * step


def _constant(node: Any) -> NDArray[np.float32]:
    while node.get_type_name() == "Convert":  # the files hold half-precision weights
        node = node.input_value(0).get_node()
    return np.asarray(node.data, np.float32)


@cache
def _measured() -> dict[str, Any]:
    ranges: dict[str, Any] = json.loads(RANGES_FILE.read_text())["ranges"]
    return ranges
