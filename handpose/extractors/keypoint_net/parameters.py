"""Which values the estimator's parameters may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeAlias

from handpose.extractors.keypoint_net.augmentation import PointAugmentation
from handpose.skeletons import Skeleton

Rule: TypeAlias = tuple[str, Callable[[Any], bool]]
"""What is allowed, in words and as a test."""

LARGEST = 1024
"""Side in pixels of the largest picture that a network is made for."""


def _whole(low: int, high: float = inf) -> Rule:
    words = f"from {low}" if high == inf else f"from {low} to {high}"
    return f"a whole number {words}", lambda value: _is(value, Integral) and low <= value <= high


def _or_none(rule: Rule) -> Rule:
    return f"{rule[0]} or None", lambda value: value is None or rule[1](value)


_POSITIVE: Rule = "a number above 0", lambda value: _is(value, Real) and 0 < value < inf
_NOT_NEGATIVE: Rule = "a number from 0", lambda value: _is(value, Real) and 0 <= value < inf
_SHARE: Rule = "a number from 0 to less than 1", lambda value: _is(value, Real) and 0 <= value < 1

RULES: dict[str, Rule] = {
    "preset": ("text", lambda value: isinstance(value, str)),
    "skeleton": (
        "a Skeleton with points, whose mirror map is its own inverse",
        lambda value: isinstance(value, Skeleton) and _is_sound(value),
    ),
    "channels": ("1 (grey) or 3 (RGB)", lambda value: _is(value, Integral) and value in (1, 3)),
    "size": _whole(8, LARGEST),
    "epochs": _whole(1),
    "batch_size": _whole(2),
    "learning_rate": _POSITIVE,
    "weight_decay": _NOT_NEGATIVE,
    "warmup_epochs": _NOT_NEGATIVE,
    "augment": _or_none(("a PointAugmentation", lambda v: isinstance(v, PointAugmentation))),
    "validation_fraction": _SHARE,
    "patience": _whole(1),
    "checkpoint": _or_none(("a path", lambda value: isinstance(value, str | Path))),
    "threads": _or_none(_whole(1)),
}


def check_parameters(parameters: Mapping[str, Any]) -> None:
    """Refuse the first value that is not allowed.

    Parameters
    ----------
    parameters : mapping of str to object
        Keys of `RULES` are looked at, others are passed over.

    Raises
    ------
    ValueError
        If a value is not allowed.
    """
    for name, value in parameters.items():
        allowed, is_allowed = RULES.get(name, ("", lambda _: True))
        if not is_allowed(value):
            raise ValueError(f"{name} must be {allowed}, but got {value!r}")


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _is_sound(skeleton: Skeleton) -> bool:
    places = range(len(skeleton))
    twice = [skeleton.mirror[i] for i in skeleton.mirror if i in places]
    return len(skeleton) > 0 and twice == list(places)
