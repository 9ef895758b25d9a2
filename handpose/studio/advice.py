"""What a set of samples lacks, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import NO_GESTURE, is_no_gesture
from handpose.containers.landmarks import Landmarks
from handpose.recognition.collector import hand_shapes
from handpose.studio.album import Sample

FEW = 10
"""Samples of a gesture below which its scores are not worth much."""
FEWEST = 2
"""Samples that a gesture needs: one to learn from, and one to ask about."""
ALIKE = 0.25
"""Variety below which samples of a gesture are all of one pose: any two differ by 0.15."""
ONE_LIGHT = 6.0
"""Standard deviation of brightness, of 255, below which all pictures are of one light."""
_UNEQUAL = 4
_ENOUGH = 8
"""Samples from which on sides and light say something."""


def variety(hands: Landmarks) -> float:
    """Mean distance of two hands, in palm sizes, whatever their place, size and side.

    0 where there are fewer than two. That of `Collector.variety`, over all people.
    """
    shapes = hand_shapes(hands[hands.detected])
    n = len(shapes)
    if n < 2:
        return 0.0
    total = sum(
        float(np.linalg.norm(shapes[i + 1 :] - shapes[i], axis=-1).mean(-1).sum())
        for i in range(n - 1)
    )
    return total / (n * (n - 1) / 2)


def advice(samples: Sequence[Sample], labels: Sequence[str]) -> list[str]:
    """What to do before one relies on a model of these samples; a sentence each.

    Parameters
    ----------
    samples : sequence of Sample
    labels : sequence of str
        All gestures, also those without a sample.
    """
    if not samples:
        return []
    by_label: dict[str, list[Sample]] = {label: [] for label in labels}
    for sample in samples:
        by_label.setdefault(sample.label, []).append(sample)
    return [
        *_numbers(by_label),
        *_people(by_label),
        *_poses(by_label),
        *_circumstances(samples),
        *_none(by_label),
    ]


def _numbers(by_label: dict[str, list[Sample]]) -> list[str]:
    counts = {label: len(samples) for label, samples in by_label.items()}
    few = [f"{label} ({n})" for label, n in counts.items() if n < FEW]
    lines = []
    if few:
        lines.append(f"Too few pictures of {_list(few)}: {FEW} or more make a score worth reading.")
    if counts and min(counts.values()) > 0:
        (low, small), (high, large) = min_and_max(counts)
        if large >= _UNEQUAL * small and small >= FEW:
            lines.append(f"{high} has {large} pictures and {low} only {small}: even them out.")
    return lines


def min_and_max(counts: dict[str, int]) -> tuple[tuple[str, int], tuple[str, int]]:
    """The entries with the smallest and the largest number."""
    return (
        min(counts.items(), key=lambda item: item[1]),
        max(counts.items(), key=lambda item: item[1]),
    )


def _people(by_label: dict[str, list[Sample]]) -> list[str]:
    shown: dict[str, set[str]] = defaultdict(set)
    for label, samples in by_label.items():
        shown[label] |= {sample.subject for sample in samples} - {""}
    everybody = set().union(*shown.values())
    if len(everybody) < 2:
        return ["Only one person: this says nothing about others. Ask somebody else to show them."]
    lone = [label for label, people in shown.items() if len(people) == 1]
    if lone:
        return [f"Only one person shows {_list(lone)}: let the others show it too."]
    return []


def _poses(by_label: dict[str, list[Sample]]) -> list[str]:
    alike = []
    for label, samples in by_label.items():
        if len(samples) >= _ENOUGH:
            hands = Landmarks.concat(sample.hands for sample in samples)
            if variety(hands) < ALIKE:
                alike.append(label)
    return [f"Pictures of {_list(alike)} are alike: turn and tilt the hand more."] if alike else []


def _circumstances(samples: Sequence[Sample]) -> list[str]:
    if len(samples) < _ENOUGH:
        return []
    lines = []
    sides = Counter(str(sample.hands.handedness[0]) for sample in samples)
    for side, other in (("Left", "right"), ("Right", "left")):
        if sides[side] and not sides["Left" if side == "Right" else "Right"]:
            lines.append(
                f"Only {side.lower()} hands: {other} ones are recognised as their mirror images, "
                "which was not measured. Show some."
            )
    if _spread([sample.light for sample in samples]) < ONE_LIGHT:
        lines.append(
            "All pictures have the same brightness: take some in another light or another room."
        )
    return lines


def _none(by_label: dict[str, list[Sample]]) -> list[str]:
    if any(is_no_gesture(list(by_label)).tolist()):
        return []
    return [
        f"Nothing but gestures was shown: add {NO_GESTURE}, with hands at rest and on their way, "
        "so that the model may say none."
    ]


def _spread(values: list[float]) -> float:
    numbers: NDArray[np.float64] = np.array(values)
    return float(np.nanstd(numbers))


def _list(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
