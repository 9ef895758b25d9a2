"""Measure the ranges that the 8-bit networks need: ``extractors/native/activation_ranges.json``.

Usage: python scripts/calibrate.py --clips DIR

DIR holds video clips of hands; their frames, and the rendered hands that ship, pass through each
network, and the range of a layer is the mean least and mean greatest value over all pictures. Then
each layer is rounded alone. The few layers that together make half of the error get no range, and
so stay in floating point.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.assets import ASSETS, HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.datasets.folder import list_images
from handpose.extractors.native.extractor import NativeExtractor
from handpose.extractors.native.finder import HandFinder
from handpose.extractors.native.hands import INPUT_SIZE as HAND_SIZE
from handpose.extractors.native.ladder import EFFORTS, views
from handpose.images import read_frames, read_image
from handpose.networks import quantization
from handpose.networks.arithmetic import openvino
from handpose.networks.pictures import Picture
from handpose.networks.quantization import Ranges, dense_convolutions, quantize
from handpose.networks.regions import crops
from handpose.networks.runtimes import read_model
from handpose.networks.views import FINE

ROOT = Path(__file__).parent.parent
EVERY_FRAME = 5
KEPT_ERROR = 0.5

Inputs = NDArray[np.uint8]


def main() -> None:
    """Measure, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=Path, required=True)
    palms, hands = network_inputs(list(pictures(parser.parse_args().clips)))
    ranges = {}
    for name, inputs in [(PALM_NETWORK, palms), *((n, hands) for n in HAND_NETWORKS.values())]:
        measured = measure(name, inputs)
        sensitive = sensitive_layers(name, measured, inputs[::4])
        print(f"{name}: {len(measured)} layers, in floating point: {sorted(sensitive)}")
        ranges[name] = {i: r for i, r in measured.items() if i not in sensitive}
    about = {"pictures": len(palms), "networks": {name: ASSETS[name].sha256 for name in ranges}}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(r)}" for name, r in ranges.items())
    text = f'{{"about": {json.dumps(about)}, "ranges": {{\n{lines}\n}}}}\n'
    quantization.RANGES_FILE.write_text(text)


def pictures(clips: Path) -> Iterator[NDArray[np.uint8]]:
    """Frames of the clips, then the rendered hands."""
    for clip in sorted(clips.glob("*.gif")):
        for frame in read_frames(clip):
            if frame.index % EVERY_FRAME == 0:
                yield frame.rgb
    folder = ROOT / "datasets" / "rendered_hands"
    for item in list_images(folder):
        yield read_image(folder / item.path)


def network_inputs(images: list[NDArray[np.uint8]]) -> tuple[Inputs, Inputs]:
    """Inputs of both networks while hands are searched in these images."""
    palms, hands = [], []
    with NativeExtractor(precision="f32", threads=1) as extractor:
        finder: HandFinder = extractor._open()
        for image in map(Picture, images):
            for view in views(image.width, image.height, EFFORTS["balanced"].first, sides=(FINE,)):
                palms.append(crops(image, view.region, FINE, view.border))
                regions = finder.palms(image, view, 1).regions(view.region)
                if len(regions):
                    own = finder.place(image, regions).regions()
                    hands += [crops(image, where, HAND_SIZE) for where in (regions, own)]
                    break
    return np.concatenate(palms), np.concatenate(hands)


def measure(name: str, inputs: Inputs) -> Ranges:
    """The range of each dense convolution's input: mean least and mean greatest value."""
    model = read_model(asset_path(name))
    sources = [node.input_value(0) for node in dense_convolutions(model)]
    keys = [(source.get_node().get_friendly_name(), source.get_index()) for source in sources]
    watched = dict(zip(keys, sources, strict=True))
    before = len(model.outputs)
    model.add_outputs(list(watched.values()))
    extremes: dict[Any, list[tuple[float, float]]] = {key: [] for key in watched}
    for values in outputs(model, inputs):
        for key, value in zip(watched, values[before:], strict=True):
            extremes[key].append((float(value.min()), float(value.max())))
    means = [np.mean(extremes[key], axis=0) for key in keys]
    return {i: (round(float(low), 4), round(float(high), 4)) for i, (low, high) in enumerate(means)}


def sensitive_layers(name: str, ranges: Ranges, inputs: Inputs) -> set[int]:
    """The fewest layers that make half of the error when each is rounded alone."""
    exact = list(outputs(read_model(asset_path(name)), inputs))
    spread = [np.std([row[k] for row in exact]) for k in range(len(exact[0]))]
    errors = {}
    for layer, limits in ranges.items():
        model = read_model(asset_path(name))
        quantize(model, {layer: limits})
        errors[layer] = sum(
            np.mean(np.square((a - b) / scale))
            for found, right in zip(outputs(model, inputs), exact, strict=True)
            for a, b, scale in zip(found, right, spread, strict=True)
        )
    worst = sorted(errors, key=lambda layer: -errors[layer])
    share = np.cumsum([errors[layer] for layer in worst]) / sum(errors.values())
    return set(worst[: int(np.searchsorted(share, KEPT_ERROR)) + 1])


def outputs(model: Any, inputs: Inputs) -> Iterator[list[NDArray[np.float32]]]:
    """All outputs of a model for each picture, in single precision."""
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    request = openvino().Core().compile_model(model, "CPU", settings).create_infer_request()
    for picture in inputs:
        request.input_tensors[0].data[:] = picture
        request.infer()
        yield [tensor.data.copy() for tensor in request.output_tensors]


if __name__ == "__main__":
    main()
