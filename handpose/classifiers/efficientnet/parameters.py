"""Which values the classifier's parameters may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeAlias

from handpose.classifiers.efficientnet.augmentation import PixelAugmentation
from handpose.classifiers.efficientnet.family import architecture

Rule: TypeAlias = tuple[str, Callable[[Any], bool]]
"""What is allowed, in words and as a test."""


def _whole(low: int, high: float = inf) -> Rule:
    words = f"from {low}" if high == inf else f"from {low} to {high}"
    return f"a whole number {words}", lambda value: _is(value, Integral) and low <= value <= high


def _or_none(rule: Rule) -> Rule:
    return f"{rule[0]} or None", lambda value: value is None or rule[1](value)


_POSITIVE: Rule = "a number above 0", lambda value: _is(value, Real) and 0 < value < inf
_NOT_NEGATIVE: Rule = "a number from 0", lambda value: _is(value, Real) and 0 <= value < inf
_SHARE: Rule = "a number from 0 to less than 1", lambda value: _is(value, Real) and 0 <= value < 1

RULES: dict[str, Rule] = {
    "resolution": _or_none(_whole(32, 2048)),
    "weights": _or_none(('"imagenet", a path', lambda value: isinstance(value, str | Path))),
    "C": _or_none(_POSITIVE),
    "epochs": _whole(1),
    "batch_size": _whole(1),
    "learning_rate": _POSITIVE,
    "weight_decay": _NOT_NEGATIVE,
    "warmup_epochs": _NOT_NEGATIVE,
    "label_smoothing": _SHARE,
    "augment": _or_none(("a PixelAugmentation", lambda v: isinstance(v, PixelAugmentation))),
    "validation_fraction": _SHARE,
    "patience": _whole(1),
    "threads": _or_none(_whole(1)),
}


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Refuse the first value that is not allowed.

    Parameters
    ----------
    parameters : mapping of str to object
        ``variant`` and keys of `RULES` are looked at, others are passed over.

    Raises
    ------
    UnknownNameError
        If there is no such variant.
    ValueError
        If another value is not allowed.
    """
    if "variant" in parameters:
        architecture(str(parameters["variant"]))
    for name, value in parameters.items():
        allowed, is_allowed = RULES.get(name, ("", lambda _: True))
        if not is_allowed(value):
            raise ValueError(f"{name} must be {allowed}, but got {value!r}")


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
