"""Who is taught what, and which hands are foreign.

Gestures of HaGRID are split by a rule: every second label, in alphabetical order and beginning with
the first, is for development, and so are half of the people. Methods were chosen on these and on
left-out digits; the other gestures and people, and the alphabet, are reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.runner import MissingDataError, Setup
from handpose.containers.labels import NO_GESTURE
from handpose.datasets import Dataset

SAME_AS_A_DIGIT = (
    *("one", "mute", "peace", "peace_inverted", "three", "three2", "four"),
    *("palm", "stop", "stop_inverted", "ok"),
)
"""HaGRID's gestures that show what one of the digits shows; they stay among the foreign hands in
``digits, HaGRID``, and are left away in ``digits, no digit``."""

Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Round:
    """What a model is taught, what it is asked, and foreign hands by the name of a column."""

    taught: Dataset
    asked: Dataset
    foreign: dict[str, Dataset]


def half(names: NDArray[np.str_], parts: int = 2) -> NDArray[np.intp]:
    """The part that each person belongs to, by a digest of the name."""
    return np.array([crc32(name.encode()) % parts for name in names.tolist()])


@cache
def digits(setup: Setup) -> Dataset:
    """Hands that were found."""
    found = setup.landmarks("sign_language_digits")
    return found[found.detected]


@cache
def hagrid(setup: Setup) -> tuple[Dataset, Dataset]:
    """Hands with a gesture, and hands without one."""
    every = setup.landmarks("hagrid_landmarks")
    nothing = every.y == NO_GESTURE
    return every[~nothing], every[nothing]


@cache
def letters(setup: Setup) -> Dataset:
    """Every tenth hand of each letter."""
    every = setup.landmarks("asl_alphabet_landmarks")
    rows = [np.flatnonzero(every.y == label)[::10][:40] for label in every.label_names]
    return every[np.concatenate(rows)]


@cache
def resting(setup: Setup) -> Dataset | None:
    """Hands between signs: every tenth frame of the takes labelled ``-``; None where absent."""
    try:
        file = setup.folder("asl_sequences") / "letters.npz"
    except MissingDataError:
        return None
    with np.load(file) as arrays:
        idle = arrays["y"] == "-"
        hands = arrays["hands"][idle][:, ::10, 1].reshape(-1, 21, 3)
        sessions = np.repeat(arrays["session"][idle], 3).astype(str)
    seen = np.abs(hands).sum((1, 2)) > 0
    points = (hands[seen] * np.array([640, 480, 640])).astype(np.float32)
    return Dataset(hp.Landmarks(points), np.full(int(seen.sum()), "-"), sessions[seen])


def digit_rounds(setup: Setup) -> Iterator[Round]:
    """Eight digits of half of the people; the two others are foreign."""
    data, side = digits(setup), half(digits(setup).groups)
    for part in (0, 1):
        for first in range(1 if setup.quick else 5):
            out = np.isin(data.y, [str(first), str(first + 5)])
            yield Round(
                data[(side != part) & ~out],
                data[(side == part) & ~out],
                {"digits, left out": data[(side == part) & out]},
            )


def all_digit_rounds(setup: Setup) -> Iterator[Round]:
    """All digits of half of the people; every other data set is foreign."""
    data, side = digits(setup), half(digits(setup).groups)
    gestures, nothing = hagrid(setup)
    idle = resting(setup)
    foreign = {
        "digits, no digit": gestures[~np.isin(gestures.y, SAME_AS_A_DIGIT)],
        "digits, HaGRID": gestures,
        "digits, alphabet": letters(setup),
        "digits, no gesture": nothing,
    } | ({} if idle is None else {"digits, resting": idle})
    for part in (0, 1):
        yield Round(data[side != part], data[side == part], foreign)


def hagrid_rounds(setup: Setup, development: bool) -> Iterator[Round]:
    """HaGRID without a third of the development gestures, or of the others; people apart."""
    data, nothing = hagrid(setup)
    names = data.label_names
    chosen = names[0::2] if development else names[1::2]
    people, idle = half(data.groups, 4), half(nothing.groups, 4)
    ours = (0, 1) if development else (2, 3)
    word = "development" if development else "others"
    for part in ours:
        for first in range(1 if setup.quick else 3):
            out = np.isin(data.y, chosen[first::3])
            taught = ~out & (people != part)
            if development:
                taught &= np.isin(data.y, chosen) & np.isin(people, ours)
            known = np.isin(data.y, data[taught].label_names) & (people == part)
            yield Round(
                data[taught],
                data[known],
                {
                    f"HaGRID, {word}": data[out & (people == part)],
                    f"HaGRID, {word}, no gesture": nothing[idle == part],
                },
            )
