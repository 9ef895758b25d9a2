"""How large each recogniser is: parameters, multiply-adds, files, memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.keypoints_or_pixels.contenders import Keypoints
from benchmarks.keypoints_or_pixels.graph_cost import GraphCost, count_file
from benchmarks.keypoints_or_pixels.memory import keypoint_memory, pixel_memory
from handpose.assets import HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.models import save_model
from handpose.pixels import EfficientNetClassifier


def size_rows(
    keypoints: Mapping[str, Keypoints],
    pixels: Mapping[str, EfficientNetClassifier],
    photos: Sequence[str],
    place: Path,
) -> list[dict[str, Any]]:
    """Parameters, multiply-adds, files and memory of each recogniser.

    Parameters
    ----------
    keypoints : mapping of str to Keypoints
        By classifier, fitted.
    pixels : mapping of str to EfficientNetClassifier
        By name, fitted.
    photos : sequence of str
        Paths of what a process recognises while its memory is watched.
    place : Path
        Folder for the files of the models.
    """
    rows: list[dict[str, Any]] = []
    for classifier, contender in keypoints.items():
        model = save_model(contender.model_, place / f"{classifier}.handpose")
        first = not rows
        for variant in HAND_NETWORKS if first else ("full",):
            names = (PALM_NETWORK, HAND_NETWORKS[variant])
            files = [model, *(asset_path(name) for name in names)]
            memory: dict[str, float | None] = {}
            if first and variant == "full":  # the others differ by less than two runs do
                memory = {
                    f"{runtime}_mib": keypoint_memory(model, runtime, photos)
                    for runtime in ("openvino", "litert")
                }
            name = f"native{', lite network' if variant == 'lite' else ''} + {classifier}"
            rows.append(_size_row(name, _keypoint_cost(variant), files, memory))
    for number, (name, network) in enumerate(pixels.items()):
        model = network.save(place / f"{number}.safetensors")
        memory = {"torch_mib": pixel_memory(model, photos)}
        rows.append(_size_row(name, _pixel_cost(network), [model], memory))
    return rows


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


def _keypoint_cost(network: str) -> GraphCost | None:
    """One look for a palm, and one pass of the landmark network."""
    try:
        return count_file(asset_path(PALM_NETWORK)) + count_file(asset_path(HAND_NETWORKS[network]))
    except ImportError:
        return None


def _pixel_cost(pixels: EfficientNetClassifier) -> GraphCost:
    from handpose.pixels.cost import multiply_adds, parameter_count

    classes = len(pixels.classes_)
    return GraphCost(
        parameter_count(pixels.variant, classes=classes),
        multiply_adds(pixels.variant, pixels.resolution_, classes=classes),
    )


def network_rows() -> list[dict[str, Any]]:
    """Each of the hand networks by itself."""
    rows = []
    for name in (PALM_NETWORK, *HAND_NETWORKS.values()):
        path = asset_path(name)
        try:
            cost: GraphCost | None = count_file(path)
        except ImportError:
            cost = None
        rows.append(
            {
                "network": path.stem,
                "parameters": cost and cost.parameters,
                "multiply_adds": cost and cost.multiply_adds,
                "file_mb": round(path.stat().st_size / 1e6, 2),
            }
        )
    return rows
