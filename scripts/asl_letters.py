"""Letters of the American manual alphabet from two open data sets, as hands and as motions.

`asl_alphabet_landmarks` (CC0) has one signer, `asl_sequences` (MIT) a few, in sessions.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import handpose as hp
from handpose.containers.labels import NO_GESTURE
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motion, Motions
from handpose.extraction.clips import as_one_hand
from handpose.features import Augmentation
from handpose.features.motion import MotionFeatures

MOVED = ("j", "z")
"""Letters that are drawn in the air."""

FRAMES = (15,)
"""Of a take, what a model of held letters is trained on: its frames are much alike."""
EVERY = 18
"""Of the frames of the alphabet, which follow one another, one of so many."""
COPIES = 4
"""Of each take of a letter that is drawn."""
HELD_EVERY = 3
"""Of the takes of held letters, one of so many teaches that nothing is drawn."""
DRAWN_FROM = 0.5
"""Score from which on a letter is drawn: chosen on session 0 of `asl_sequences`."""


def letters_in(folder: Path) -> hp.Dataset:
    """Takes of letters, of spaces and of hands that do nothing, in both files of `asl_sequences`.

    Signers of the second file stand farther away. Its sessions are called ``"words 0"`` and so on.
    """
    near = hp.load_dataset("asl_sequences", path=folder / "letters.npz")
    far = hp.load_dataset("asl_sequences", path=folder / "words.npz")
    far = far[np.char.str_len(far.y) == 1]
    return hp.Dataset(
        Motions([*near.X, *far.X]),
        [*near.y, *far.y],
        [*near.groups, *np.char.add("words ", far.groups)],
        name=near.name,
    )


def held_letters(sequences: hp.Dataset, alphabet: hp.Dataset | None) -> hp.Dataset:
    """Hands that hold a letter, or show a space.

    Parameters
    ----------
    sequences : Dataset
        Rows of `letters_in`.
    alphabet : Dataset, optional
        `asl_alphabet_landmarks`.
    """
    rows = [
        (hand, label, group)
        for motion, label, group in zip(*sequences, strict=True)
        if label not in (*MOVED, NO_GESTURE)
        for hand in hands_of(as_one_hand(motion))
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


def drawn_letters(takes: hp.Dataset, seed: int = 0) -> hp.Dataset:
    """Takes of the letters that are drawn, and of all others as no gesture.

    Few people draw them: of each such take there are `COPIES`, turned, cut and drawn faster or
    slower.

    Parameters
    ----------
    takes : Dataset
        As `moved_letters` gives them.
    """
    rng = np.random.default_rng(seed)
    drawn = np.isin(takes.y, MOVED)
    held = np.flatnonzero(~drawn & takes.detected)[::HELD_EVERY]
    rows = [
        (_changed(motion, rng) if copy else motion, label, group)
        for motion, label, group in zip(*takes[np.flatnonzero(drawn & takes.detected)], strict=True)
        for copy in range(1 + COPIES)
    ]
    X, y, groups = (list(column) for column in zip(*rows, strict=True))
    return hp.Dataset(
        Motions([*X, *takes.X[held]]),
        [*y, *[NO_GESTURE] * len(held)],
        [*groups, *takes.groups[held]],
        name="asl_letters_moving",
    )


def model_of_held() -> hp.GestureModel:
    """For `held_letters`; not fitted.

    Few people show them: twice as many turned copies as usual. Chosen on the signer of the alphabet
    and on sessions 0 and 3.
    """
    return hp.make_model("logistic", C=0.3, augmentation=Augmentation(copies=8))


def model_of_drawn() -> hp.GestureModel:
    """For `drawn_letters`; not fitted.

    J is drawn with the hand of an I, Z with a forefinger: the shape of the hand counts beside its
    way, or every way from one letter to the next would be a drawing.
    """
    features = MotionFeatures("path+statistics+hand", depth=False)
    return hp.make_model("svm", features=features, gamma="scale").set_params(min_score=DRAWN_FROM)


def _changed(motion: Motion, rng: np.random.Generator) -> Motion:
    """Turned by some 10 degrees, cut by up to a tenth, by up to 40 % faster or slower."""
    angle, speed = rng.normal(0, 0.17), np.exp(rng.uniform(-0.35, 0.35))
    turn = np.eye(3, dtype=np.float32)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    first = int(rng.integers(0, len(motion) // 10 + 1))
    last = len(motion) - int(rng.integers(0, len(motion) // 10 + 1))
    points = motion.points[first:last] @ turn.T
    return Motion(points, motion.timestamps_ms[first:last] * speed, motion.handedness)


def hands_of(motion: Motion) -> list[Landmarks]:
    """The hand in some frames of a take of one hand, where it is seen."""
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
