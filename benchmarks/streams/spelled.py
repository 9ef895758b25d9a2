"""Words spelled by stitched takes of letters, and how well they are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.runner import Setup
from benchmarks.streams.stitching import FRAME_MS, GLIDE, glide, rest
from benchmarks.streams.words import ASKED, CHOSEN_ON
from handpose.containers.labels import NO_GESTURE
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motion
from handpose.extractors import Extractor
from handpose.recognition.spelling import Speller
from scripts.asl_letters import (
    MOVED,
    drawn_letters,
    hands_of,
    held_letters,
    letters_in,
    model_of_drawn,
    model_of_held,
    moved_letters,
)

HELD = (14, 30)
"""Frames for which a letter is held."""
ASIDE = 1.2
"""Palm sizes by which a double letter is carried aside, as signers do."""
SIZE = (1280, 720)
SPELLINGS = 3
"""Of each word, by other takes."""
TAKES = 3
"""Of each letter, that make a model personal."""
SEEN = 0.8
"""Share of the frames of a take in which the hand is seen, at least."""


class Played(Extractor):
    """Finds in each frame of a video the hand of that frame of a motion."""

    def __init__(self, motion: Motion):
        self._motion, self._next = motion, 0

    def detect(self, image: NDArray[np.uint8]) -> Landmarks:
        return Landmarks.empty()

    def detect_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> Landmarks:
        frame, self._next = self._next, self._next + 1
        if not self._motion.seen[frame, 0]:
            return Landmarks.empty()
        return Landmarks(
            self._motion.points[frame],
            handedness=[self._motion.handedness],
            handedness_score=[1.0],
            score=[1.0],
            image_size=[SIZE],
        )

    def reset(self) -> None:
        self._next = 0

    @property
    def provenance(self) -> dict[str, object]:
        return {}

    def close(self) -> None:
        pass


def spell(word: str, takes: dict[str, list[Motion]], rng: np.random.Generator) -> Motion:
    """One take of each letter of a word, with the way from one to the next between them."""
    pieces: list[NDArray[np.float32]] = []
    last = ""
    for letter in word:
        take = takes[letter][int(rng.integers(len(takes[letter])))]
        points = take.points[take.seen[:, 0]]
        if letter not in ("j", "z"):
            frames = int(rng.integers(*HELD))
            start = int(rng.integers(max(len(points) - frames, 0) + 1))
            points = points[start : start + frames]
        if pieces:
            points = _beside(pieces[-1][-1], points, ASIDE if letter == last else 0.0)
            pieces.append(glide(pieces[-1][-1], points[0], int(rng.integers(*GLIDE))))
        pieces.append(points)
        last = letter
    pieces.append(rest(pieces[-1][-1], 6, rng))
    points = np.concatenate(pieces)
    sides = [motion.handedness for letter in word for motion in takes[letter][:1]]
    return Motion(points, np.arange(len(points)) * FRAME_MS, sides[0])


def _beside(
    before: NDArray[np.float32], points: NDArray[np.float32], aside: float
) -> NDArray[np.float32]:
    """Move a take so that its wrist begins near the one before, or so many palm sizes aside."""
    palm = np.linalg.norm(points[0, 0, 9, :2] - points[0, 0, 0, :2]) / 2
    shift = before[0, 0] - points[0, 0, 0] + np.array([aside * palm, 0, 0], np.float32)
    return points + shift


@dataclass(frozen=True)
class Reading:
    """What was spelled, and what was read without and with a word list."""

    word: str
    plain: str
    listed: str


def read_words(
    words: Sequence[str],
    takes: dict[str, list[Motion]],
    still: hp.GestureModel,
    moving: hp.GestureModel,
    word_list: Sequence[str],
    seed: int = 0,
    **settings: float,
) -> Iterator[Reading]:
    """Spell each word and read it."""
    blank = np.zeros((16, 16, 3), np.uint8)
    for number, word in enumerate(words):
        motion = spell(word, takes, np.random.default_rng([seed, number]))
        recognizer = hp.GestureRecognizer(Played(motion), still, motions=moving)
        plain, listed = Speller(**settings), Speller(word_list, **settings)
        stream = recognizer.stream([(blank, round(t)) for t in motion.timestamps_ms])
        for result in stream:
            plain.update(result)
            listed.update(result)
        for event in stream.end():
            plain.take_event(event)
            listed.take_event(event)
        yield Reading(word, plain.end().replace(" ", ""), listed.end().replace(" ", ""))


def character_error(pairs: Sequence[tuple[str, str]]) -> float:
    """Edits that turn what was read into what was spelled, for each letter that was spelled."""
    return sum(distance(a, b) for a, b in pairs) / sum(len(a) for a, _ in pairs)


def distance(a: str, b: str) -> int:
    """Edits that turn one text into another (Levenshtein, 1966)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def read_all(setup: Setup) -> dict[str, Any]:
    """Character errors for words of the session that settings were chosen on, and of another."""
    rows: dict[str, Any] = {}
    details: dict[str, Any] = {}
    for name, session, words, made_personal in (
        ("session 0, chosen on", "0", CHOSEN_ON, False),
        ("session 1", "1", ASKED, True),
    ):
        own, still, moving = letters_of(setup, session)
        ways = {name: (still, own)}
        if made_personal:
            ways[f"{name}, three takes of each"] = _with_three_takes(still, own, setup.seed)
        for way, (model, takes) in ways.items():
            setup.report(way)
            read = list(_read_often(setup, words, takes_of(takes), model, moving))
            rows[way] = _errors(read)
            wrong = sorted({f"{r.word}: {r.plain}" for r in read if r.word != r.plain})
            details[way] = wrong[:60]
    return {"rows": rows, "details": details}


def _read_often(
    setup: Setup,
    words: Sequence[str],
    takes: dict[str, list[Motion]],
    still: hp.GestureModel,
    moving: hp.GestureModel,
) -> Iterator[Reading]:
    """Each word, spelled by `SPELLINGS` draws of takes."""
    asked = words[: setup.few(len(words))]
    for seed in range(setup.seed, setup.seed + (1 if setup.quick else SPELLINGS)):
        yield from read_words(asked, takes, still, moving, (*CHOSEN_ON, *ASKED), seed)


def _errors(read: Sequence[Reading]) -> dict[str, float]:
    plain = [(one.word, one.plain) for one in read]
    listed = [(one.word, one.listed) for one in read]
    return {
        "words": len(read),
        "letters": sum(len(one.word) for one in read),
        "character error": round(character_error(plain), 4),
        "with a list": round(character_error(listed), 4),
        "words right": round(np.mean([a == b for a, b in plain]), 3),
        "with a list, words right": round(np.mean([a == b for a, b in listed]), 3),
    }


def _with_three_takes(
    still: hp.GestureModel, own: hp.Dataset, seed: int
) -> tuple[hp.GestureModel, hp.Dataset]:
    """A model that also knows a hand of three takes of each letter, and the other takes."""
    order = np.random.default_rng(seed).permutation(len(own))
    labels = own.y[order]
    known = np.concatenate([order[labels == label][:TAKES] for label in own.label_names])
    rows = [
        (hand, label)
        for motion, label in zip(own.X[known], own.y[known].tolist(), strict=True)
        if label not in (*MOVED, NO_GESTURE)
        for hand in hands_of(motion)
    ]
    hands, names = zip(*rows, strict=True)
    return hp.personalize(still, Landmarks.concat(hands), names), own[np.setdiff1d(order, known)]


def takes_of(own: hp.Dataset) -> dict[str, list[Motion]]:
    """The takes of each letter in which the hand is seen most of the time."""
    takes: dict[str, list[Motion]] = {}
    for motion, label in zip(own.X, own.y.tolist(), strict=True):
        if motion.seen.mean() > SEEN:
            takes.setdefault(label, []).append(motion)
    return takes


def letters_of(setup: Setup, session: str) -> tuple[hp.Dataset, hp.GestureModel, hp.GestureModel]:
    """Takes of letters of a session, and models of all others.

    The session of the same number in the file of words may be of the same signer: it is in neither.
    """
    data = letters_in(setup.folder("asl_sequences"))
    others = data[~np.isin(data.groups, (session, f"words {session}"))]
    own = moved_letters(data[data.groups == session])
    held = held_letters(others, setup.landmarks("asl_alphabet_landmarks"))
    still = model_of_held().fit(*held)
    drawn, moving = drawn_letters(moved_letters(others)), model_of_drawn()
    moving.fit(*hp.with_nothing(drawn, moving))
    return own, still, moving
