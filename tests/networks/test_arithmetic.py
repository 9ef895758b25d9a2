"""What OpenVINO can compute in is found out by trying, whatever the processor's flags say."""

import os
import subprocess
import sys

import numpy as np
import pytest

from handpose.extractors.native import NativeExtractor
from handpose.networks import arithmetic
from handpose.networks.arithmetic import fastest_precision, float_precision, tried
from handpose.networks.runtimes import RUNTIMES
from tests.extractors.native.conftest import RENDERED

pytest.importorskip("openvino")


@pytest.fixture
def trials(monkeypatch):
    """Say what comes of each trial, on a processor of Intel's kind."""
    monkeypatch.setattr(arithmetic.platform, "machine", lambda: "x86_64")
    for name in arithmetic.LIMITS:
        monkeypatch.delenv(name, raising=False)

    def say(**results):
        monkeypatch.setattr(arithmetic, "tried", results.get)
        monkeypatch.setattr(arithmetic, "float_precision", float_precision.__wrapped__)
        return fastest_precision.__wrapped__()

    return say


@pytest.fixture
def capabilities(monkeypatch):
    """Say what OpenVINO lists of the processor, and whether that has AMX."""

    def say(*names, amx=True):
        monkeypatch.setattr(arithmetic.openvino().Core, "get_property", lambda *_: names)
        monkeypatch.setattr(arithmetic, "has_amx", lambda: amx)

    return say


def test_what_is_chosen_is_exact_here():
    fastest = fastest_precision()
    if fastest is None:
        pytest.skip("OpenVINO does not run with the instructions of this processor")
    assert tried(fastest) == "exact"
    assert tried("f32") == "exact"


def test_8_bits_only_where_they_do_not_overflow(trials, capabilities):
    capabilities("FP32", "BF16")
    assert trials(int8="exact", bf16="exact", f32="exact") == "int8"
    assert trials(int8="overflows", bf16="exact", f32="exact") == "bf16"
    assert trials(int8="fails", bf16="fails", f32="exact") == "f32"
    assert trials(int8="fails", bf16="fails", f32="fails") is None


def test_bf16_only_where_it_is_faster_and_may_be_used(trials, capabilities, monkeypatch):
    capabilities("FP32")
    assert trials(int8="overflows", bf16="exact", f32="exact") == "f32"
    capabilities("FP32", "BF16", amx=False)
    assert trials(int8="overflows", bf16="exact", f32="exact") == "f32"
    capabilities("FP32", "BF16")
    limits = {
        "AVX512_CORE_VNNI": "f32",
        "avx2": "f32",
        "AVX512_CORE_BF16": "f32",
        "AVX512_CORE_AMX": "bf16",
        "ALL": "bf16",
    }
    for limit, expected in limits.items():
        monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", limit)
        assert float_precision.__wrapped__() == expected


def test_a_processor_says_whether_it_has_amx(tmp_path, monkeypatch):
    monkeypatch.setattr(arithmetic, "PROCESSOR", tmp_path / "cpuinfo")
    assert not arithmetic.has_amx()
    for flags, has in (("avx512_bf16 amx_tile", False), ("avx512_bf16 amx_bf16 amx_tile", True)):
        (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\n")
        assert arithmetic.has_amx() is has


def test_8_bits_are_not_tried_where_they_were_not_measured(trials, capabilities, monkeypatch):
    capabilities("FP32")
    monkeypatch.setattr(arithmetic.platform, "machine", lambda: "aarch64")
    trials(int8="exact", f32="exact")
    assert fastest_precision.__wrapped__() == "f32"


UNSAID = {"HANDPOSE_RUNTIME": "", "HANDPOSE_PRECISION": ""}
ELSEWHERE = """
import sys
import numpy as np
from handpose.extractors.native import NativeExtractor
from handpose.images import read_image
with NativeExtractor(threads=1) as extractor:
    hands = extractor.detect(read_image(sys.argv[1]))
    runtime = type(extractor._open().hand_network).__name__
    print(runtime, extractor.provenance["precision"], *hands.points[0, :, :2].ravel())
"""


@pytest.mark.parametrize(
    ("limit", "runtime"),
    [pytest.param("SSE41", "litert", marks=pytest.mark.litert), ("AVX2", "openvino")],
)
def test_it_runs_with_the_instructions_of_other_processors(rendered, limit, runtime):
    path, image, _, _ = rendered[0]
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(RENDERED / path)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"ONEDNN_MAX_CPU_ISA": limit, **UNSAID},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    network, precision, *numbers = done.stdout.split()
    assert (network, precision) == (RUNTIMES[runtime][1].__name__, "f32")
    with NativeExtractor(runtime=runtime, precision="f32", threads=1) as extractor:
        points = extractor.detect(image).points[0, :, :2]
    palm = np.linalg.norm(points[9] - points[0])
    moved = np.linalg.norm(np.reshape(numbers, (21, 2)).astype(float) - points, axis=1).mean()
    assert moved < 0.02 * palm
