"""Draws of few samples: hands to learn from, hands to ask about, and hands of no taught gesture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import NO_GESTURE
from handpose.datasets import Dataset

QUERIES = 15
"""Hands of each gesture that are asked about; as many of each foreign kind as of all gestures."""

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Draw:
    """Rows of a data set: to learn from, to ask about, and hands of no gesture that was learnt."""

    support: Rows
    query: Rows
    foreign: dict[str, Rows]


@dataclass(frozen=True)
class Gestures:
    """Labels: those that are learnt, and those that the others are foreign to."""

    taught: list[str]
    untaught: list[str]


DrawHands = Callable[[Dataset, Gestures, int, np.random.Generator], Draw]
"""Takes the data set, the gestures, samples of each, and where chance comes from."""


def draw_people(
    dataset: Dataset, gestures: Gestures, samples: int, rng: np.random.Generator
) -> Draw:
    """Samples of a gesture are of different people; none of these people is asked about."""
    order = rng.permutation(len(dataset))
    labels, people = dataset.y[order], dataset.groups[order]
    support = []
    for gesture in gestures.taught:
        of_gesture = order[labels == gesture]
        _, first = np.unique(people[labels == gesture], return_index=True)
        support.append(of_gesture[np.sort(first)[:samples]])
    known = np.concatenate(support)
    others = order[~np.isin(people, dataset.groups[known])]
    return _asked(dataset, gestures, known, others)


def frame_numbers(dataset: Dataset) -> Rows:
    """When each hand of `asl_alphabet_landmarks` was recorded, in frames since its letter began."""
    names = [PurePosixPath(path).stem for path in dataset.paths]  # A/frame_12.npy
    return np.array([int(name.removeprefix("frame_")) for name in names])


def draw_thirds(
    dataset: Dataset, gestures: Gestures, samples: int, rng: np.random.Generator
) -> Draw:
    """Samples of a letter are of the first or last third of its recording, questions of the other.

    At least 130 frames lie between them.
    """
    frames, order = frame_numbers(dataset), rng.permutation(len(dataset))
    support, others = [], []
    for letter in np.unique(dataset.y):
        rows = order[dataset.y[order] == letter]
        third = 3 * frames[rows] // (frames[rows].max() + 1)
        learnt = 2 * int(rng.integers(2))
        support.append(rows[third == learnt][:samples] if letter in gestures.taught else rows[:0])
        others.append(rows[third == 2 - learnt])
    rest = np.concatenate(others)
    return _asked(dataset, gestures, np.concatenate(support), rng.permutation(rest))


def _asked(dataset: Dataset, gestures: Gestures, support: Rows, others: Rows) -> Draw:
    labels = dataset.y[others]
    query = np.concatenate([others[labels == gesture][:QUERIES] for gesture in gestures.taught])
    kinds = {"other gestures": gestures.untaught, "no gesture": [NO_GESTURE]}
    foreign = {kind: others[np.isin(labels, names)] for kind, names in kinds.items()}
    return Draw(support, query, {k: rows[: len(query)] for k, rows in foreign.items() if len(rows)})
