"""Files of fitted classifiers: numbers and a header, whole or not there, read without code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.errors import MissingExtraError, ModelFileError
from handpose.pixels.conventions import (
    published_conventions,
    torchvision_conventions,
)
from handpose.pixels.network import EfficientNet
from handpose.pixels.parameters import check_parameters

try:
    import torch

    from handpose.training.tensor_files import (
        FileKind,
        check_tensors,
        odd_header,
        read_tensors,
        write_tensors,
    )
except ImportError:
    raise MissingExtraError("saving and loading EfficientNet", "torch") from None

_KIND = FileKind(
    "EfficientNetClassifier",
    "an",
    format=1,
    writer="classifier.save(path)",
    parameters={"variant": str, "resolution": int, "fine_tune": bool, "batch_size": int},
)
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
    about = {
        "classes": classes,
        "conventions": next(k for k, v in _CONVENTIONS.items() if v(variant) == rules),
    }
    made_with = ("handpose", "torch", "scikit-learn")
    write_tensors(path, _KIND, saved.parameters, about, made_with, saved.network.state_dict())


def read_classifier(path: Path) -> Saved:
    """Read what `write_classifier` wrote.

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, newer than this library, or of something else.
    """
    header, tensors = read_tensors(path, _KIND)
    odd = _oddity(header)
    if odd:
        raise odd_header(path, _KIND, odd)
    parameters, classes = header["parameters"], header["classes"]
    variant = parameters["variant"]
    rules = _CONVENTIONS[header["conventions"]](variant)
    with torch.device("meta"):  # a network of any size, without its memory
        expected = EfficientNet(variant, classes=len(classes), conventions=rules).fold()
    others = f"the weights are not of {variant}"
    check_tensors(tensors, expected.state_dict(), path, others=others, owner=variant)
    network = EfficientNet(variant, classes=len(classes), conventions=rules).fold()
    network.load_state_dict(tensors)
    return Saved(parameters, np.asarray(classes), network)


def _oddity(header: dict[str, Any]) -> str:
    """What is wrong with a header; nothing is the empty string."""
    try:
        check_parameters(header["parameters"])
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
