"""Run the tests that look at hands as other processors would: with fewer instructions, in every
precision, with the other runtime.

    python scripts/check_processors.py [NAME ... | another] [--quick]

The limits reach OpenVINO and torch (oneDNN), numpy's matrix products (OpenBLAS) and torch's own
kernels. A processor that has fewer instructions than a limit names runs with its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.machine import machine

ROOT = Path(__file__).parent.parent

CONFIGURATIONS: dict[str, dict[str, str]] = {
    "avx2": {
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "ATEN_CPU_CAPABILITY": "avx2",
    },
    "avx512": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE", "OPENBLAS_CORETYPE": "SkylakeX"},
    "vnni": {"ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI", "OPENBLAS_CORETYPE": "SkylakeX"},
    "bf16": {"HANDPOSE_PRECISION": "bf16"},
    "f32": {"HANDPOSE_PRECISION": "f32"},
    "litert": {"HANDPOSE_RUNTIME": "litert"},
}
"""Name to what the environment says: on an Intel Xeon or AMD EPYC of today f32, f32, int8 without
bf16, bf16, f32, and LiteRT's f32."""

TESTS = (
    *("tests/extractors", "tests/recognition", "tests/cli", "tests/benchmarks"),
    *("tests/classifiers", "tests/evaluation", "tests/extraction", "tests/models"),
)
"""Those that assert an accuracy, or that hands are found and where."""
QUICK = ("tests/extractors/native", "tests/recognition/test_recognizer.py")
QUICK_LEAVES_OUT = "not memory and not photos and not fork and not joblib and not connection"


def main() -> None:
    """Run pytest once for each configuration; end with 1 if any of them failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("names", nargs="*", help=f"{', '.join(CONFIGURATIONS)}; default all")
    parser.add_argument("--quick", action="store_true", help="fewer tests, under a minute each")
    options = parser.parse_args()
    names = [_another() if name == "another" else name for name in options.names]
    unknown = sorted(set(names) - set(CONFIGURATIONS))
    if unknown:
        parser.error(f"unknown configuration {unknown[0]!r}; use {', '.join(CONFIGURATIONS)}")
    failed = [name for name in names or CONFIGURATIONS if not _passes(name, options.quick)]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _another() -> str:
    """One in which hands are found otherwise than by default here."""
    return "litert" if machine()["precision"] == "openvino f32" else "avx2"


def _passes(name: str, quick: bool) -> bool:
    tests = [*QUICK, "-k", QUICK_LEAVES_OUT] if quick else list(TESTS)
    settings = CONFIGURATIONS[name]
    print(f"{name}: {' '.join(f'{k}={v}' for k, v in settings.items())}", flush=True)
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", *tests]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=False)
    print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
