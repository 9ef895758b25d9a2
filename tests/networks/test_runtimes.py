import subprocess
import sys

import numpy as np
import pytest

from handpose.assets import asset_path
from handpose.errors import UnknownNameError
from handpose.networks import runtimes
from handpose.networks.arithmetic import PrecisionError, openvino
from handpose.networks.runtimes import (
    RUNTIMES,
    RuntimeMissingError,
    choose_precision,
    choose_runtime,
    open_network,
)

HAND = "hand_landmark_lite.tflite"


@pytest.fixture(params=list(RUNTIMES))
def runtime(request):
    pytest.importorskip(RUNTIMES[request.param][0])
    return request.param


def images(n):
    return np.random.default_rng(0).integers(0, 255, (n, 224, 224, 3), np.uint8)


@pytest.mark.litert
def test_runtimes_agree(networks):
    pytest.importorskip("openvino")
    outputs = [
        open_network(asset_path(HAND), name, threads=1, precision="f32")(images(1))
        for name in RUNTIMES
    ]
    for a, b in zip(*outputs, strict=True):
        np.testing.assert_allclose(a, b, atol=0.05)  # the first are pixels


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_batch_is_its_images_one_by_one(networks, runtime, n):
    network = open_network(asset_path(HAND), runtime, threads=1, precision="f32", batch=2)
    points, presence, right, world = network(images(n))
    assert points.shape == world.shape == (n, 63)
    assert presence.shape == right.shape == (n, 1)
    alone = network(images(n)[-1:])
    np.testing.assert_allclose(points[-1:], alone[0], atol=0.05)


def test_an_output_stays_when_the_network_runs_again(networks, runtime):
    network = open_network(asset_path(HAND), runtime, threads=1, precision="f32")
    first = network(images(1))
    before = [output.copy() for output in first]
    network(np.zeros((1, 224, 224, 3), np.uint8))
    for output, kept in zip(first, before, strict=True):
        np.testing.assert_array_equal(output, kept)


@pytest.fixture
def unsaid(monkeypatch):
    """The environment names neither runtime nor precision."""
    for variable in (runtimes.RUNTIME_VARIABLE, runtimes.PRECISION_VARIABLE):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.usefixtures("unsaid")
def test_auto_takes_the_first_that_is_installed(monkeypatch):
    assert choose_runtime("auto") in RUNTIMES
    installed = {"ai_edge_litert"}
    monkeypatch.setattr(runtimes, "is_installed", lambda name: name in installed)
    assert choose_runtime("auto") == "litert"
    assert choose_precision("auto", "litert") == "f32"
    with pytest.raises(RuntimeMissingError, match="'openvino' is not installed: pip install openv"):
        choose_runtime("openvino")
    installed.clear()
    with pytest.raises(RuntimeMissingError, match="pip install openvino or ai-edge-litert"):
        choose_runtime("auto")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(runtimes, "machine", lambda: "ARM64")
    with pytest.raises(RuntimeMissingError, match="no openvino or ai-edge-litert; use a Py"):
        choose_runtime("auto")


@pytest.mark.usefixtures("unsaid")
@pytest.mark.litert
def test_auto_passes_over_a_runtime_that_cannot_run(monkeypatch):
    pytest.importorskip("openvino")
    monkeypatch.setattr(runtimes, "fastest_precision", lambda: None)
    assert choose_runtime("auto") == "litert"
    assert choose_runtime("openvino") == "openvino"
    with pytest.raises(PrecisionError, match="cannot run on this machine"):
        choose_precision("auto", "openvino")
    monkeypatch.setattr(runtimes, "is_installed", lambda name: name == "openvino")
    with pytest.raises(RuntimeMissingError, match="pip install ai-edge-litert"):
        choose_runtime("auto")


@pytest.mark.litert
def test_the_environment_says_what_auto_is(monkeypatch):
    pytest.importorskip("openvino")
    monkeypatch.setenv("HANDPOSE_RUNTIME", "litert")
    monkeypatch.setenv("HANDPOSE_PRECISION", "f32")
    assert choose_runtime("auto") == "litert"
    assert choose_runtime("openvino") == "openvino"
    assert choose_precision("auto", "openvino") == "f32"
    monkeypatch.setenv("HANDPOSE_RUNTIME", "onnx")
    monkeypatch.setenv("HANDPOSE_PRECISION", "int4")
    with pytest.raises(UnknownNameError, match=r"HANDPOSE_RUNTIME 'onnx'.*known: auto, litert"):
        choose_runtime("auto")
    with pytest.raises(UnknownNameError, match=r"HANDPOSE_PRECISION 'int4'.*known: auto, bf16"):
        choose_precision("auto", "openvino")
    assert choose_precision("auto", "litert") == "f32"


def test_a_precision_that_cannot_be_computed_is_refused_by_name(monkeypatch):
    trials = {"int8": "overflows", "bf16": "fails", "f32": "exact"}
    monkeypatch.setattr(runtimes, "tried", trials.get)
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert choose_precision("int8", "openvino") == "int8"  # who asks for it gets it
    message = r"in bf16 on this machine \(ONEDNN_MAX_CPU_ISA=AVX2\): use precision='int8' or 'f32'"
    with pytest.raises(PrecisionError, match=message):
        choose_precision("bf16", "openvino")


def test_a_network_that_does_not_run_says_what_to_do(networks, monkeypatch):
    def fails(*_):
        raise RuntimeError("object is not initialized")

    pytest.importorskip("openvino")
    monkeypatch.setattr(openvino().Core, "compile_model", fails)
    message = f"cannot run {HAND} in f32 on this machine.*: use precision='f32' or runtime='litert'"
    with pytest.raises(PrecisionError, match=message):
        open_network(asset_path(HAND), "openvino", 1, "f32")


def test_unknown_names_list_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"runtime 'onnx'.*known: auto, litert, openvino"):
        choose_runtime("onnx")
    with pytest.raises(UnknownNameError, match=r"precision of openvino 'f16'.*int8"):
        choose_precision("f16", "openvino")
    with pytest.raises(UnknownNameError, match=r"precision of litert 'int8'.*known: auto, f32"):
        choose_precision("int8", "litert")


FORK = """
import os, sys
import numpy as np
from handpose.extractors import make_extractor
image = np.random.default_rng(0).integers(0, 255, (200, 200, 3), np.uint8)
extractor = make_extractor("native", runtime=sys.argv[1], threads=2)
extractor.detect(image)
child = os.fork()
if child == 0:
    extractor.detect(image)        # inherited
    extractor.close()              # must not wait for the parent's threads
    extractor.detect(image)        # opened anew
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no fork")
def test_a_forked_child_can_go_on(networks, runtime):
    subprocess.run([sys.executable, "-c", FORK, runtime], check=True, timeout=60)
