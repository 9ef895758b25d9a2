"""Arithmetic: in which precision OpenVINO can run networks here, found out by trying.

The processor's flags do not say it: ``ONEDNN_MAX_CPU_ISA`` and virtual machines take instructions
away, and of two sets of instructions for 8-bit integers one overflows on the way.
"""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Literal

import numpy as np

from handpose.errors import HandposeError

Trial = Literal["exact", "overflows", "fails"]

LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
"""Variables of the environment that keep oneDNN, which computes for OpenVINO, from instructions."""
WITHOUT_BF16 = {
    *("sse41", "avx", "avx2", "avx2_vnni", "avx2_vnni_2"),
    *("avx512_core", "avx512_core_vnni"),
}
"""Values of `LIMITS` with which bf16 is imitated, in three times as long as f32, or fails; OpenVINO
lists it among its capabilities nevertheless."""

_CHANNELS, _BRIGHTEST = 32, 255.0
"""A sum of so many products of the largest 8-bit numbers overflows 16 bits."""


class PrecisionError(HandposeError, ValueError):
    """A runtime cannot compute in a precision on this machine."""


@cache
def openvino() -> ModuleType:
    """OpenVINO, imported without its telemetry.

    Importing it reports to Google Analytics and writes into the user's home, unless the package
    that does so is absent; so for the time of the import it is.
    """
    telemetry = "openvino_telemetry"
    absent = telemetry not in sys.modules
    if absent:
        sys.modules[telemetry] = None  # type: ignore[assignment]
    try:
        return import_module("openvino")
    finally:
        if absent:
            del sys.modules[telemetry]


@cache
def fastest_precision() -> str | None:
    """The fastest precision in which OpenVINO computes exactly here; None where it cannot run the
    networks at all."""
    x86 = platform.machine().lower() in ("x86_64", "amd64")  # elsewhere 8 bits were not measured
    wanted = ("int8", float_precision()) if x86 else (float_precision(),)
    return next((precision for precision in wanted if tried(precision) == "exact"), None)


@cache
def float_precision() -> str:
    """What is not in 8 bits: bf16 where the processor multiplies in it and may do so."""
    capabilities = openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    limited = any(os.environ.get(name, "").lower() in WITHOUT_BF16 for name in LIMITS)
    native = "BF16" in capabilities and not limited
    return "bf16" if native and tried("bf16") == "exact" else "f32"


def limits() -> str:
    """What the environment keeps from OpenVINO, for a message; empty where it keeps nothing."""
    named = [f"{name}={os.environ[name]}" for name in LIMITS if os.environ.get(name)]
    return f" ({', '.join(named)})" if named else ""


@cache
def tried(precision: str) -> Trial:
    """What comes of a small network of the operations on which sets of instructions differ.

    Parameters
    ----------
    precision : {"int8", "bf16", "f32"}
    """
    settings = {
        "INFERENCE_NUM_THREADS": 1,
        "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": "f32" if precision == "int8" else precision,
    }
    model = _sum_of_products(precision == "int8")
    try:
        request = openvino().Core().compile_model(model, "CPU", settings).create_infer_request()
        request.input_tensors[0].data[:] = _BRIGHTEST
        request.infer()
    except RuntimeError:
        return "fails"
    right = np.allclose(request.output_tensors[0].data, _CHANNELS * _BRIGHTEST, rtol=0.01)
    return "exact" if right else "overflows"


def _sum_of_products(in_8_bits: bool) -> Any:
    """A convolution that adds up its channels, then an enlargement, as the palm network has it."""
    opset = import_module("openvino.opset13")
    pixels = opset.parameter([1, _CHANNELS, 2, 2], np.float32)
    values, weights = pixels, opset.constant(np.ones((16, _CHANNELS, 1, 1), np.float32))
    if in_8_bits:
        values = _rounded(opset, values, 0.0, _BRIGHTEST, 256)
        weights = _rounded(opset, weights, -1.0, 1.0, 255)
    sums = opset.convolution(values, weights, [1, 1], [0, 0], [0, 0], [1, 1])
    enlarged = opset.interpolate(
        *(sums, np.array([4, 4]), "linear_onnx", "sizes"),
        axes=np.array([2, 3]),
        coordinate_transformation_mode="half_pixel",
    )
    return openvino().Model([opset.result(enlarged)], [pixels], "sum_of_products")


def _rounded(opset: ModuleType, values: Any, low: float, high: float, levels: int) -> Any:
    limits = [opset.constant(np.float32(limit)) for limit in (low, high, low, high)]
    return opset.fake_quantize(values, *limits, levels)
