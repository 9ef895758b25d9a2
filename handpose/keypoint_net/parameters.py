"""Allowed values of the parameters of `KeypointNet`, and the skeleton in its files."""

from __future__ import annotations

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
    is_number,
    or_none,
    whole,
)

LARGEST = 1024
"""Largest side of a network's pictures in pixels."""

MOST_POINTS = 1000
"""Points of a skeleton in a file, at most."""

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


def _is_possible(augmentation: PointAugmentation) -> bool:
    _, is_allowed = NOT_NEGATIVE
    return all(map(is_allowed, vars(augmentation).values())) and augmentation.scale >= 1


def _is_sound(skeleton: Skeleton) -> bool:
    places = range(len(skeleton))
    twice = [skeleton.mirror[i] for i in skeleton.mirror if i in places]
    return len(skeleton) > 0 and twice == list(places)


def skeleton_entry(skeleton: Skeleton) -> dict[str, Any]:
    """A skeleton as JSON."""
    return {
        "name": skeleton.name,
        "landmarks": list(skeleton.landmarks),
        "edges": [list(edge) for edge in skeleton.edges],
        "mirror": list(skeleton.mirror),
    }


def skeleton_of(entry: Any) -> Skeleton:
    """The skeleton of an entry.

    Raises
    ------
    ValueError
        If names are not unique text, or edges and mirror map are not positions among them.
    """
    if not _is_skeleton(entry):
        raise ValueError("see skeleton")
    edges = tuple((first, second) for first, second in entry["edges"])
    return Skeleton(entry["name"], tuple(entry["landmarks"]), edges, tuple(entry["mirror"]))


def _is_skeleton(found: Any) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        return False
    names, edges, mirror = (found.get(key) for key in ("landmarks", "edges", "mirror"))
    if not (isinstance(names, list) and isinstance(edges, list) and isinstance(mirror, list)):
        return False
    if not all(isinstance(name, str) for name in names):
        return False
    if not 0 < len(names) <= MOST_POINTS or len(set(names)) < len(names):
        return False
    if not all(isinstance(edge, list) and len(edge) == 2 for edge in edges):
        return False
    places = [*mirror, *(place for edge in edges for place in edge)]
    return len(mirror) == len(names) and all(
        type(place) is int and 0 <= place < len(names) for place in places
    )
