"""`export_model`: a model as a file for other programs, or as a folder for a web page."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from handpose.assets import HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.errors import ExportError, UnknownNameError
from handpose.export.model import described
from handpose.export.network_files import onnx_network, sized_network
from handpose.export.onnx_file import onnx_file
from handpose.export.pipeline import (
    HAND_OUTPUTS,
    PALM_OUTPUTS,
    onnx_name,
    palm_file,
    pipeline,
)
from handpose.export.task_file import task_file
from handpose.export.tflite_file import METADATA, tflite_file
from handpose.models.gestures import GestureModel
from handpose.networks.views import COARSE, FINE
from handpose.system.extras import require
from handpose.system.files import check_writable, replacing

EXTRA = "export"

_NEEDS = {".onnx": ["onnx"], ".tflite": ["ai_edge_litert"], ".task": ["ai_edge_litert"]}
_FOLDER = ["onnx", "ai_edge_litert"]

SUFFIXES = tuple(_NEEDS)
"""Kinds of files that a model can become."""

PIPELINE, ABOUT = "pipeline.json", "model.json"

Plan = dict[str, Callable[[], bytes]]
"""Name of a file to what makes it."""


def export_model(
    model: GestureModel,
    output: str | Path,
    *,
    web: bool = False,
    with_networks: bool = False,
    min_score: float | None = None,
    network: str = "full",
    overwrite: bool = False,
) -> list[Path]:
    """Write a model for programs without Python: landmarks to label, probabilities and none.

    Parameters
    ----------
    model : GestureModel
        Fitted, of still hands or of motions.
    output : str or Path
        Its suffix says what is written. ``.onnx``: for ONNX Runtime, any number of hands.
        ``.tflite``: for LiteRT, one hand at a time. ``.task``: for MediaPipe's GestureRecognizer,
        networks included; of still hands only. With `web`, a folder: both files, the networks that
        find hands, and their constants as ``pipeline.json``.
    web : bool, default=False
        Write a folder.
    with_networks : bool, default=False
        Write the networks and ``pipeline.json`` beside the file; in a folder for the web, the
        networks as ONNX too.
    min_score : float, optional
        From which score on a gesture is named; by default as in a recogniser.
    network : {"full", "lite"}, default="full"
        The landmark network.
    overwrite : bool, default=False
        Replace files that exist.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ExportError
        If a part of the model cannot be exported, or a file exists.
    UnknownNameError
        If there is no such kind of file or network.
    MissingExtraError
        If a package is not installed.
    AssetError
        If the networks cannot be found or fetched.

    Notes
    -----
    Inputs are ``points``, float32 (n, 21, 3), pixels of the image as in `Landmarks` and NaN where
    there is no hand; and ``side``, float32 (n,): 1 is a left hand, 0 a right one, -1 unknown.
    Outputs are ``label``, the row of the label with the highest score; ``probabilities``, float32
    (n, n_labels); and ``none``, whether no gesture is to be named. Labels, threshold and card are
    in the file's metadata.

    A model of motions takes ``points``, float32 (n, frames, hands, k, 2 or 3); ``times``, float32
    (n, frames), in milliseconds; and, where they matter, ``side`` (n,) and ``body``, float32
    (n, 3, 2), the nose and the left and right shoulder. The graph brings them to equal steps of
    time itself. NaN stands for a hand, a body or a whole frame that there is not; a ``.tflite``
    takes one motion of so many frames as its input says, the others of any number.
    """
    output = Path(output)
    if network not in HAND_NETWORKS:
        raise UnknownNameError("network", network, HAND_NETWORKS)
    needs = _FOLDER if web else _NEEDS[_suffix(output)]
    for package in _FOLDER if with_networks else needs:
        require(package, f"exporting {'a folder' if web else output.suffix}", EXTRA)
    plan = _folder_plan(model, min_score) if web else _file_plan(model, output, min_score, network)
    if web or with_networks:
        plan |= _network_plan(network, with_onnx=with_networks)
    folder = output if web else output.parent
    _check_free(folder, plan, overwrite)
    made = {folder / name: make() for name, make in plan.items()}
    with ExitStack() as written:  # all of them appear, or none
        for path, content in made.items():
            written.enter_context(replacing(path)).write_bytes(content)
    return list(made)


def _suffix(output: Path) -> str:
    suffix = output.suffix.lower()
    if suffix not in SUFFIXES:
        raise UnknownNameError("suffix of an exported model", suffix, SUFFIXES)
    return suffix


def _file_plan(model: GestureModel, output: Path, min_score: float | None, network: str) -> Plan:
    suffix = output.suffix.lower()
    if suffix == ".task" and min_score is not None:
        raise ExportError(
            "a .task holds no threshold: give min_score to MediaPipe's recogniser, as "
            "score_threshold of its custom_gesture_classifier_options"
        )
    if suffix == ".task":
        return {output.name: lambda: task_file(model, network)}
    found = described(model, min_score)
    if suffix == ".onnx":
        return {output.name: lambda: onnx_file(found.graph, found.metadata)}
    return {output.name: lambda: tflite_file(found.graph, {METADATA: _json(found.metadata)})}


def _folder_plan(model: GestureModel, min_score: float | None) -> Plan:
    found = described(model, min_score)
    about = _json(found.metadata)
    return {
        "model.onnx": lambda: onnx_file(found.graph, found.metadata),
        "model.tflite": lambda: tflite_file(found.graph, {METADATA: about}),
        ABOUT: lambda: about,
    }


def _network_plan(network: str, *, with_onnx: bool) -> Plan:
    hand = HAND_NETWORKS[network]

    def palm() -> bytes:
        return asset_path(PALM_NETWORK).read_bytes()

    plan: Plan = {
        palm_file(FINE): palm,
        palm_file(COARSE): lambda: sized_network(palm(), COARSE),
        hand: lambda: asset_path(hand).read_bytes(),
        PIPELINE: lambda: _json(pipeline(network, onnx=with_onnx)),
    }
    if with_onnx:
        plan[onnx_name(PALM_NETWORK)] = lambda: onnx_network(palm(), PALM_OUTPUTS)
        plan[onnx_name(hand)] = lambda: onnx_network(asset_path(hand).read_bytes(), HAND_OUTPUTS)
    return plan


def _check_free(folder: Path, plan: Plan, overwrite: bool) -> None:
    for name in plan:
        path = folder / name
        if path.exists() and not overwrite:
            raise ExportError(
                f"{path}: exists already; name another file, or overwrite it (--overwrite)"
            )
        check_writable(path)


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1) + "\n").encode()
