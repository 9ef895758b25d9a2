"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from handpose.extractors.native.extractor import VERSION
from handpose.networks.arithmetic import LIMITS, float_precision
from handpose.networks.runtimes import choose_precision, choose_runtime

EXTRACTOR = "native extractor"
"""Under this name `versions` gives the version of the landmarks."""

PACKAGES = (
    "handpose",
    "ai-edge-litert",
    "joblib",
    "mediapipe",
    "numpy",
    "opencv-contrib-python",
    "opencv-python",
    "openvino",
    "pillow",
    "scikit-learn",
    "scipy",
    "torch",
)
"""Whose versions may change a number."""

INSTRUCTIONS = (
    *("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "avx512_fp16"),
    *("amx_bf16", "amx_int8"),
)
"""Linux's names of the sets on which the arithmetic of networks depends."""


def machine() -> dict[str, Any]:
    """Describe this machine.

    Returns
    -------
    dict
        ``processor``, ``cores``, ``memory_gib`` (None where it is unknown), ``bf16`` (whether the
        processor multiplies in bfloat16), ``instructions`` (those of `INSTRUCTIONS` that it has),
        ``limits`` (what the environment keeps from OpenVINO), ``precision`` (the runtime and the
        precision in which the hand networks compute by default), ``system`` and ``python``.
    """
    facts = _processor_facts(Path("/proc/cpuinfo"))
    flags = facts.get("flags", "").split()
    return {
        "processor": facts.get("model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": _memory_gib(),
        "bf16": "avx512_bf16" in flags,
        "instructions": [name for name in INSTRUCTIONS if name in flags],
        "limits": {name: os.environ[name] for name in LIMITS if os.environ.get(name)},
        "precision": _precision(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def _precision() -> str:
    runtime = choose_runtime("auto")
    precision = choose_precision("auto", runtime)
    rest = f" and {float_precision()}" if precision == "int8" else ""
    return f"{runtime} {precision}{rest}"


def versions() -> dict[str, str | None]:
    """Versions of our extractor and of the packages that may change a number.

    None where a package is not installed.
    """
    return {EXTRACTOR: str(VERSION)} | {name: _version(name) for name in PACKAGES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor_facts(info: Path) -> dict[str, str]:
    """What Linux says of the first processor."""
    if not info.is_file():
        return {}
    facts: dict[str, str] = {}
    for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
        name, colon, value = line.partition(":")
        if colon:
            facts.setdefault(name.strip(), value.strip())
    return facts


def _memory_gib() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, OSError, ValueError):
        return None
