"""Files of fitted classifiers: numbers and a header, whole or not there, read without code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.efficientnet.conventions import (
    published_conventions,
    torchvision_conventions,
)
from handpose.classifiers.efficientnet.network import EfficientNet
from handpose.classifiers.efficientnet.parameters import check_parameters
from handpose.classifiers.efficientnet.torch_backend import Tensor, torch
from handpose.errors import MissingExtraError, ModelFileError
from handpose.files import replacing

try:
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import save_file
except ImportError:
    raise MissingExtraError("saving and loading EfficientNet", "torch") from None

FORMAT_VERSION = 1

_KEY = "handpose"
_KIND = "EfficientNetClassifier"
_PARAMETERS = {"variant": str, "resolution": int, "fine_tune": bool, "batch_size": int}
_CONVENTIONS = {"published": published_conventions, "torchvision": torchvision_conventions}


@dataclass(frozen=True)
class Saved:
    """What predicting needs.

    Attributes
    ----------
    parameters : dict
        variant, resolution, fine_tune, batch_size.
    classes : ndarray of shape (n_classes,)
    network : EfficientNet
        Folded; gives logits.
    """

    parameters: dict[str, Any]
    classes: NDArray[Any]
    network: EfficientNet


def write_classifier(path: Path, saved: Saved) -> None:
    """Write a classifier; the file appears whole or not at all.

    Raises
    ------
    ModelFileError
        If the classes are neither text nor numbers.
    """
    classes = saved.classes.tolist()
    if not _are_classes(classes):
        raise ModelFileError(f"{path}: classes must be text or whole numbers to be saved")
    rules, variant = saved.network.conventions, saved.parameters["variant"]
    header = {
        "format": FORMAT_VERSION,
        "kind": _KIND,
        "parameters": {name: kind(saved.parameters[name]) for name, kind in _PARAMETERS.items()},
        "classes": classes,
        "conventions": next(k for k, v in _CONVENTIONS.items() if v(variant) == rules),
        "versions": {name: version(name) for name in ("handpose", "torch", "scikit-learn")},
    }
    state = {name: tensor.contiguous() for name, tensor in saved.network.state_dict().items()}
    with replacing(path) as temporary:
        save_file(state, temporary, {_KEY: json.dumps(header)})


def read_classifier(path: Path) -> Saved:
    """Read what `write_classifier` wrote.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this library, or of something else.
    """
    if not path.is_file():
        raise ModelFileError(f"{path}: no such file; write one with classifier.save(path)")
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_KEY, "")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelFileError(
            f"{path}: damaged, or not written by EfficientNetClassifier.save ({reason})"
        ) from None
    header = _read_header(text, path)
    parameters, classes = header["parameters"], header["classes"]
    rules = _CONVENTIONS[header["conventions"]](parameters["variant"])
    network = EfficientNet(parameters["variant"], classes=len(classes), conventions=rules).fold()
    _check_tensors(tensors, network.state_dict(), path, parameters["variant"])
    network.load_state_dict(tensors)
    return Saved(parameters, np.asarray(classes), network)


def _read_header(text: str, path: Path) -> dict[str, Any]:
    try:
        header = json.loads(text)
        kind, written = header["kind"], header["format"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ModelFileError(
            f"{path}: holds tensors, but not those of EfficientNetClassifier.save"
        ) from None
    if kind != _KIND:
        raise ModelFileError(f"{path}: holds {kind!r}, not an {_KIND}")
    if type(written) is not int or not 1 <= written <= FORMAT_VERSION:
        raise ModelFileError(
            f"{path}: format {written!r}, but this handpose reads up to {FORMAT_VERSION}; "
            "upgrade: pip install -U handpose"
        )
    odd = _oddity(header)
    if odd:
        raise ModelFileError(f"{path}: the header is not that of an {_KIND} ({odd})")
    return header


def _oddity(header: dict[str, Any]) -> str:
    """What is wrong with a header; nothing is the empty string."""
    parameters = header.get("parameters")
    if not isinstance(parameters, dict) or parameters.keys() != _PARAMETERS.keys():
        return "see parameters"
    wrong = [name for name, kind in _PARAMETERS.items() if type(parameters[name]) is not kind]
    if wrong:
        return f"see {wrong[0]}"
    try:
        check_parameters(parameters)
    except ValueError as error:
        return str(error)
    if not _are_classes(header.get("classes")):
        return "see classes"
    return "" if header.get("conventions") in [*_CONVENTIONS] else "see conventions"


def _are_classes(found: Any) -> bool:
    """At least two, all different, and all text or all whole numbers."""
    return (
        isinstance(found, list)
        and len(found) > 1
        and len({type(name) for name in found}) == 1
        and isinstance(found[0], str | int)
        and len(set(found)) == len(found)
    )


def _check_tensors(
    theirs: dict[str, Tensor], ours: dict[str, Tensor], path: Path, variant: str
) -> None:
    odd = sorted(theirs.keys() ^ ours.keys())
    if odd:
        verb = "lacks" if odd[0] in ours else "also holds"
        more = f" and differs in {len(odd) - 1} more" if len(odd) > 1 else ""
        raise ModelFileError(f"{path}: {verb} {odd[0]}{more}; the weights are not of {variant}")
    for name, tensor in theirs.items():
        if tensor.shape != ours[name].shape or tensor.dtype != ours[name].dtype:
            raise ModelFileError(
                f"{path}: {name} is {_described(tensor)}, but {variant} needs "
                f"{_described(ours[name])}"
            )
        if not torch.isfinite(tensor).all():
            raise ModelFileError(f"{path}: {name} holds values that are no numbers; save it anew")


def _described(tensor: Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
