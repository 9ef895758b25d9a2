"""Which values the estimator's parameters may have."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from pathlib import Path
from typing import Any

from handpose.containers.skeletons import Skeleton
from handpose.keypoint_net.augmentation import PointAugmentation
from handpose.system.parameter_rules import (
    NOT_NEGATIVE,
    POSITIVE,
    TRAINING_RULES,
    Rule,
    check_rules,
    is_number,
    or_none,
    whole,
)

LARGEST = 1024
"""Side in pixels of the largest picture that a network is made for."""

RULES: dict[str, Rule] = TRAINING_RULES | {
    "preset": ("text", lambda value: isinstance(value, str)),
    "skeleton": (
        "a Skeleton with points, whose mirror map is its own inverse",
        lambda value: isinstance(value, Skeleton) and _is_sound(value),
    ),
    "channels": (
        "1 (grey) or 3 (RGB)",
        lambda value: is_number(value, Integral) and value in (1, 3),
    ),
    "size": whole(8, LARGEST),
    "batch_size": whole(2),
    "augment": or_none(
        (
            "a PointAugmentation of numbers from 0, its scale from 1",
            lambda value: isinstance(value, PointAugmentation) and _is_possible(value),
        )
    ),
    "checkpoint": or_none(("a path", lambda value: isinstance(value, str | Path))),
}


FINDER_RULES: dict[str, Rule] = {
    "lowest": POSITIVE,
    "highest": POSITIVE,
    "steps": whole(2, 100_000),
}
"""Of the learning-rate finder."""


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
    check_rules(parameters, RULES)


def _is_possible(augmentation: PointAugmentation) -> bool:
    _, is_allowed = NOT_NEGATIVE
    return all(map(is_allowed, vars(augmentation).values())) and augmentation.scale >= 1


def _is_sound(skeleton: Skeleton) -> bool:
    places = range(len(skeleton))
    twice = [skeleton.mirror[i] for i in skeleton.mirror if i in places]
    return len(skeleton) > 0 and twice == list(places)
