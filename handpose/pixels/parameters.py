"""Allowed values of the parameters of `EfficientNetClassifier`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from handpose.pixels.augmentation import PixelAugmentation
from handpose.pixels.family import architecture
from handpose.system.parameter_rules import (
    POSITIVE,
    SHARE,
    TRAINING_RULES,
    Rule,
    check_rules,
    or_none,
    whole,
)

RULES: dict[str, Rule] = TRAINING_RULES | {
    "resolution": or_none(whole(32, 2048)),
    "weights": or_none(('"imagenet", a path', lambda value: isinstance(value, str | Path))),
    "C": or_none(POSITIVE),
    "batch_size": whole(1),
    "label_smoothing": SHARE,
    "augment": or_none(("a PixelAugmentation", lambda v: isinstance(v, PixelAugmentation))),
}


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Refuse an invalid value.

    Parameters
    ----------
    parameters : mapping of str to object
        Names other than ``variant`` and the keys of `RULES` are ignored.

    Raises
    ------
    UnknownNameError
        If there is no such variant.
    ValueError
        If another value is invalid.
    """
    if "variant" in parameters:
        architecture(str(parameters["variant"]))
    check_rules(parameters, RULES)
