"""``pipeline.json``: every constant from photo to landmarks, read from the library itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from inspect import signature
from pathlib import Path
from typing import Any

from handpose import __version__
from handpose.assets import HAND_NETWORKS, PALM_NETWORK
from handpose.containers.motion import MIN_SEEN
from handpose.containers.skeletons import PALM
from handpose.containers.skeletons import HandLandmark as H
from handpose.export.motions import FRAMES
from handpose.extractors.native import finder, hands, ladder, palms, search
from handpose.extractors.native.extractor import NativeExtractor
from handpose.networks import regions, single_shot
from handpose.networks.views import COARSE, FINE
from handpose.temporal.debounce import EXIT_RATIO, TOLERANCE
from handpose.temporal.steadying import Steadying

FORMAT = 1
"""Grows whenever a port must be changed to use the file."""

EFFORT = "balanced"
"""Of the views in the file: the default of the extractor."""

PALM_OUTPUTS = ("boxes", "logits")
HAND_OUTPUTS = ("points", "presence", "right", "world")
"""Of the networks, in their order."""


def pipeline(network: str = "full", *, onnx: bool = True) -> dict[str, Any]:
    """All constants that a port of the extractor needs, as JSON.

    A port may leave out what is not here: pictures in other light and colours, the arms of people,
    how sure each landmark is.

    Parameters
    ----------
    network : {"full", "lite"}
        The landmark network.
    onnx : bool
        Whether the networks are there as ONNX too.
    """
    effort, options = ladder.EFFORTS[EFFORT], _defaults(NativeExtractor)
    return {
        "format": FORMAT,
        "handpose_version": __version__,
        "networks": {"palm": _palm_network(onnx), "hand": _hand_network(network, onnx)},
        "crops": {
            "range": [0, 1],
            "colour": "RGB",
            "border": "replicate",
            "cubic_below": regions.ENLARGED,
        },
        "regions": _regions(),
        "search": _search(effort, options),
        "tracking": {
            "min_presence": options["min_tracking_confidence"],
            "views": _views(effort.frame),
        },
        "hands": {
            "palm": [int(row) for row in PALM],
            "same_palm": hands.SAME_PALM,
            "on_hand": hands.ON_HAND,
            "same_share": hands.SAME_SHARE,
            "same_region": hands.SAME_REGION,
        },
        "handedness": {"right_from": hands.RIGHT_FROM},
        "motions": {"min_frames": MIN_SEEN, "tflite_frames": FRAMES},
        "steadying": {
            **asdict(Steadying()),
            "exit_ratio": EXIT_RATIO,
            "tolerance": TOLERANCE,
        },
    }


def palm_file(side: int) -> str:
    """Name of the palm network's file for a side."""
    path = Path(PALM_NETWORK)
    return path.name if side == FINE else f"{path.stem}_{side}{path.suffix}"


def onnx_name(name: str) -> str:
    """Name of a network as ONNX."""
    return Path(name).with_suffix(".onnx").name


def _palm_network(onnx: bool) -> dict[str, Any]:
    return {
        "files": {
            "tflite": {str(side): palm_file(side) for side in (FINE, COARSE)},
            "onnx": onnx_name(PALM_NETWORK) if onnx else None,
        },
        "sides": {"fine": FINE, "coarse": COARSE},
        "anchors": [{"stride": stride, "count": count} for stride, count in palms.LAYERS],
        "outputs": _numbered(PALM_OUTPUTS),
        "key_points": {"wrist": palms.WRIST, "middle": palms.MIDDLE},
        "min_score": finder.MIN_PALM_SCORE,
        "min_overlap": single_shot.MIN_OVERLAP,
        "spare": finder.SPARE_PALMS,
    }


def _hand_network(network: str, onnx: bool) -> dict[str, Any]:
    name = HAND_NETWORKS[network]
    return {
        "files": {"tflite": name, "onnx": onnx_name(name) if onnx else None},
        "side": hands.INPUT_SIZE,
        "depth_scale": hands.DEPTH_SCALE,
        "outputs": _numbered(HAND_OUTPUTS),
    }


def _search(effort: ladder.Effort, options: dict[str, Any]) -> dict[str, Any]:
    return {
        "views": _views(effort.first),
        "more": _views(effort.more),
        "easy_hands": search.EASY_HANDS,
        "min_confidence": options["min_detection_confidence"],
        "sure_confidence": search.SURE_CONFIDENCE,
        "sure_presence": search.SURE_PRESENCE,
        "enough": finder.ENOUGH,
        "palm_weight": finder.PALM_WEIGHT,
        "coarse_evidence": finder.COARSE_EVIDENCE,
        "min_first_presence": finder.MIN_FIRST_PRESENCE,
        "max_shift": finder.MAX_SHIFT,
        "least_chance": finder.LEAST_CHANCE,
        "doubt": {
            "between": list(finder.DOUBT),
            "evidence": finder.DOUBT_EVIDENCE,
            "nearer": list(hands.NEARER),
            "mirrored": True,
        },
    }


def _regions() -> dict[str, Any]:
    return {
        "target_angle": float(regions.TARGET_ANGLE),
        "palm": {"shift": regions.PALM_SHIFT, "scale": regions.PALM_SCALE},
        "hand": {
            "shift": regions.HAND_SHIFT,
            "scale": regions.HAND_SCALE,
            "landmarks": [int(row) for row in regions.KNUCKLES],
            "wrist": int(H.WRIST),
            "index": int(H.INDEX_FINGER_MCP),
            "middle": int(H.MIDDLE_FINGER_MCP),
            "ring": int(H.RING_FINGER_MCP),
        },
    }


def _views(rungs: Sequence[Any]) -> list[dict[str, Any]]:
    """Views in their order; those of a rung that is no square in the middle stay one entry."""
    return [view for rung in rungs for view in _of_rung(rung)]


def _of_rung(rung: Any) -> list[dict[str, Any]]:
    if isinstance(rung, ladder.Centred):
        return [
            {"kind": "centred", "scale": scale, "degrees": degrees, "side": rung.side}
            for scale in rung.scales
            for degrees in rung.degrees
        ]
    row = {"step": ladder.STEP, "most": ladder.MOST_IN_ROW, "side": getattr(rung, "side", 0)}
    if isinstance(rung, ladder.Strips):
        return [{"kind": "strips", "from_ratio": ladder.LONG, "scale": ladder.STRIP, **row}]
    if isinstance(rung, ladder.Tiles):
        return [{"kind": "tiles", "scale": 1 / rung.parts, "least": ladder.MIN_TILE, **row}]
    raise TypeError(f"a rung of type {type(rung).__name__} has no entry in pipeline.json")


def _numbered(names: Sequence[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def _defaults(made: type) -> dict[str, Any]:
    """Keywords of a class and their defaults."""
    return {name: given.default for name, given in signature(made).parameters.items()}
