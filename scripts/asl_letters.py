"""Letters of the American manual alphabet from two open data sets, as hands and as motions.

`asl_alphabet_landmarks` (CC0) has one signer, `asl_sequences` (MIT) a few, in sessions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import handpose as hp
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motion, Motions
from handpose.extraction.clips import as_one_hand

MOVED = ("j", "z")
"""Letters that are drawn in the air."""

FRAMES = (3, 8, 13, 18, 23, 28)
"""Frames of a take that a model of held letters is trained on."""
EVERY = 6
"""Of the frames of the alphabet, which follow one another, one of so many."""


def held_letters(sequences: hp.Dataset, alphabet: hp.Dataset | None) -> hp.Dataset:
    """Hands that hold a letter or a space, or do nothing.

    Parameters
    ----------
    sequences : Dataset
        Rows of `asl_sequences`.
    alphabet : Dataset, optional
        `asl_alphabet_landmarks`.
    """
    rows = [
        (hand, label, group)
        for motion, label, group in zip(*sequences, strict=True)
        if label not in MOVED
        for hand in _hands(as_one_hand(motion))
    ]
    parts = [Landmarks.concat([hand for hand, _, _ in rows])]
    labels, groups = [label for _, label, _ in rows], [group for _, _, group in rows]
    if alphabet is not None:
        names = np.char.lower(alphabet.y)
        kept = np.flatnonzero(~np.isin(names, MOVED))[::EVERY]
        parts.append(_as_pixels(alphabet.X[kept]))
        labels += names[kept].tolist()
        groups += ["alphabet"] * len(kept)
    return hp.Dataset(Landmarks.concat(parts), labels, groups, name="asl_letters")


def moved_letters(sequences: hp.Dataset) -> hp.Dataset:
    """Takes of every letter, held or moved, each of one hand; spaces and hands that do nothing."""
    motions = Motions(_without_body(as_one_hand(motion)) for motion in sequences.X)
    return hp.Dataset(motions, sequences.y, sequences.groups, name="asl_letters")


def letters_only(data: hp.Dataset, more: Sequence[str] = ("space", "no_gesture")) -> hp.Dataset:
    """The rows of single letters, and of `more`."""
    kept = [len(label) == 1 or label in more for label in data.y.tolist()]
    return data[np.flatnonzero(kept)]


def _hands(motion: Motion) -> list[Landmarks]:
    """The hand in some frames of a take, where it is seen."""
    chosen = [frame for frame in FRAMES if frame < len(motion) and motion.seen[frame, 0]]
    return [
        Landmarks(motion.points[frame], handedness=[motion.handedness], image_size=[(1280, 720)])
        for frame in chosen
    ]


def _as_pixels(hands: Landmarks) -> Landmarks:
    """Shares of the sides of an image whose ratio the data set does not say."""
    return Landmarks(
        hands.points * np.array([WIDTH, HEIGHT, WIDTH], np.float32),
        handedness=hands.handedness,
        image_size=np.tile([WIDTH, HEIGHT], (len(hands), 1)),
    )


WIDTH, HEIGHT = 1280, 720
"""With these sides the bones of the palm keep their lengths best (of 1:1, 4:3 and 16:9)."""


def _without_body(motion: Motion) -> Motion:
    return Motion(motion.points, motion.timestamps_ms, motion.handedness)
