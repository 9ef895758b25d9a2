"""Precisions in which OpenVINO can run networks on this machine, found by trying.

The processor's flags are not enough: ``ONEDNN_MAX_CPU_ISA`` and virtual machines hide instructions,
and one of two instruction sets for 8-bit integers overflows.
"""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np

from handpose.errors import HandposeError

Trial = Literal["exact", "overflows", "fails"]

LIMITS = ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA")
"""Environment variables that restrict the instructions of oneDNN, on which OpenVINO relies."""
WITHOUT_AMX = {
    *("sse41", "avx", "avx2", "avx2_vnni", "avx2_vnni_2"),
    *("avx512_core", "avx512_core_vnni", "avx512_core_bf16", "avx512_core_fp16", "avx10_1_512"),
}
"""Values of `LIMITS` with which bf16 is slower than f32, or fails, although OpenVINO lists it among
its capabilities."""
PROCESSOR = Path("/proc/cpuinfo")
AMX = "amx_bf16"
"""Without these instructions, the networks take 1.5 times as long in bf16 as in f32, also on
processors that have others for bf16 (AVX-512); see ``precisions`` in
``benchmarks/results/extraction.md``."""

_CHANNELS, _BRIGHTEST = 32, 255.0
"""A sum of 32 products of the largest 8-bit numbers overflows 16 bits."""


class PrecisionError(HandposeError, ValueError):
    """A runtime cannot compute in a precision on this machine."""


@cache
def openvino() -> ModuleType:
    """OpenVINO, imported without its telemetry.

    The telemetry package reports to Google Analytics and writes into the user's home, so it is
    hidden during the import.
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
    """The fastest precision in which OpenVINO is exact; None if it cannot run the networks."""
    x86 = platform.machine().lower() in ("x86_64", "amd64")  # 8 bits were only measured there
    wanted = ("int8", float_precision()) if x86 else (float_precision(),)
    return next((precision for precision in wanted if tried(precision) == "exact"), None)


@cache
def float_precision() -> str:
    """The precision beside 8 bits: bf16 where it is known to be faster, else f32."""
    capabilities = openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    limited = any(os.environ.get(name, "").lower() in WITHOUT_AMX for name in LIMITS)
    fast = "BF16" in capabilities and has_amx() and not limited
    return "bf16" if fast and tried("bf16") == "exact" else "f32"


def has_amx() -> bool:
    """Whether the processor multiplies tiles of bf16; unknown, so no, beside Linux."""
    try:
        return AMX in PROCESSOR.read_text(encoding="utf-8").split()
    except OSError:
        return False


def limits() -> str:
    """The restrictions of the environment for a message, or an empty string."""
    named = [f"{name}={os.environ[name]}" for name in LIMITS if os.environ.get(name)]
    return f" ({', '.join(named)})" if named else ""


@cache
def tried(precision: str) -> Trial:
    """The result of a small network in a precision ("int8", "bf16", "f32").

    It has the operations for which instruction sets differ.
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
    """A convolution that sums its channels, then upsampling as in the palm network."""
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
