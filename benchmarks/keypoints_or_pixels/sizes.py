"""How large each recogniser is: parameters, multiply-adds, files, memory of a process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from benchmarks.keypoints_or_pixels.contenders import Keypoints
from handpose.assets import HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.models import save_model
from handpose.networks.arithmetic import openvino
from handpose.pixels import EfficientNetClassifier

KEYPOINTS = """
import json, sys
import handpose as hp
model, runtime = sys.argv[1:3]
extractor = hp.make_extractor("native", runtime=runtime, threads=1)
recognizer = hp.load_recognizer(model, extractor=extractor)
for path in json.load(sys.stdin):
    recognizer.recognize(hp.read_image(path))
"""
PIXELS = """
import json, sys
from handpose.pixels import EfficientNetClassifier
classifier = EfficientNetClassifier.load(sys.argv[1]).set_params(threads=1)
for path in json.load(sys.stdin):
    classifier.predict([path])
"""
# A process that Python starts counts its parent's memory into ru_maxrss, so Linux is asked itself.
REPORT = """
from pathlib import Path
status = Path("/proc/self/status")
if status.is_file():
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    print(int(peak.split()[1]) / 1024)
else:
    import resource
    unit = 2**20 if sys.platform == "darwin" else 2**10
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
"""


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


def size_rows(
    keypoints: Mapping[str, Keypoints],
    pixels: Mapping[str, EfficientNetClassifier],
    photos: Sequence[str],
    place: Path,
) -> list[dict[str, Any]]:
    """A row for each fitted recogniser; memory is that of recognising the photos."""
    rows: list[dict[str, Any]] = []
    memory: dict[str, float | None]
    for classifier, contender in keypoints.items():
        model = save_model(contender.model_, place / f"{classifier}.handpose")
        first = not rows
        for variant in HAND_NETWORKS if first else ("full",):
            names = (PALM_NETWORK, HAND_NETWORKS[variant])
            memory = {}
            if first and variant == "full":  # the others differ by less than two runs do
                memory = {
                    f"{runtime}_mib": peak_memory(KEYPOINTS, photos, str(model), runtime)
                    for runtime in ("openvino", "litert")
                }
            name = f"native{', lite network' if variant == 'lite' else ''} + {classifier}"
            palm, hand = (count_file(asset_path(name)) for name in names)
            files = [model, *(asset_path(name) for name in names)]
            rows.append(_size_row(name, palm and hand and palm + hand, files, memory))
    for number, (name, network) in enumerate(pixels.items()):
        model = network.save(place / f"{number}.safetensors")
        memory = {"torch_mib": peak_memory(PIXELS, photos, str(model))}
        rows.append(_size_row(name, _cost_of(network), [model], memory))
    return rows


def _cost_of(network: EfficientNetClassifier) -> GraphCost:
    from handpose.pixels.cost import multiply_adds, parameter_count  # needs torch

    classes = len(network.classes_)
    return GraphCost(
        parameter_count(network.variant, classes=classes),
        multiply_adds(network.variant, network.resolution_, classes=classes),
    )


def _size_row(
    name: str, cost: GraphCost | None, files: list[Path], memory: dict[str, float | None]
) -> dict[str, Any]:
    return {
        "recogniser": name,
        "parameters": cost and cost.parameters,
        "multiply_adds": cost and cost.multiply_adds,
        "files_mb": round(sum(file.stat().st_size for file in files) / 1e6, 2),
        **{key: memory.get(key) for key in ("openvino_mib", "litert_mib", "torch_mib")},
    }


def network_rows() -> list[dict[str, Any]]:
    """Each of the hand networks by itself."""
    rows = []
    for path in map(asset_path, (PALM_NETWORK, *HAND_NETWORKS.values())):
        cost = count_file(path)
        rows.append(
            {
                "network": path.stem,
                "parameters": cost and cost.parameters,
                "multiply_adds": cost and cost.multiply_adds,
                "file_mb": round(path.stat().st_size / 1e6, 2),
            }
        )
    return rows


def count_file(path: Path) -> GraphCost | None:
    """Count a ``.tflite`` file; None where openvino, which reads it, is not installed."""
    try:
        return count_graph(openvino().Core().read_model(path))
    except ImportError:
        return None


def count_graph(model: Any) -> GraphCost:
    """Count an OpenVINO model whose shapes are all known."""
    parameters = products = 0
    for node in model.get_ordered_ops():
        kind = node.get_type_name()
        if kind == "Constant" and node.get_output_element_type(0).is_real():
            parameters += prod(node.get_output_shape(0))
        elif kind in _PER_OUTPUT:
            products += prod(node.get_output_shape(0)) * _PER_OUTPUT[kind](node)
        elif kind == "ConvolutionBackpropData":  # each input number meets a whole kernel
            products += prod(node.get_input_shape(0)) * prod(node.get_input_shape(1)[1:])
    return GraphCost(parameters, products)


def _inner_size(node: Any) -> int:
    """Length of the dot products of a matrix product."""
    return int(node.get_input_shape(0)[-2 if node.get_attributes()["transpose_a"] else -1])


_PER_OUTPUT = {
    "Convolution": lambda node: prod(node.get_input_shape(1)[1:]),
    "GroupConvolution": lambda node: prod(node.get_input_shape(1)[2:]),
    "MatMul": _inner_size,
}
"""Multiply-adds for each number that comes out."""


def peak_memory(code: str, photos: Sequence[str], *arguments: str) -> float | None:
    """Peak resident memory in MiB of a fresh process that recognises photos; None if it fails."""
    command = [sys.executable, "-c", code + REPORT, *arguments]
    done = subprocess.run(
        command, input=json.dumps(list(photos)), capture_output=True, text=True, check=False
    )
    return None if done.returncode else round(float(done.stdout.split()[-1]), 1)
