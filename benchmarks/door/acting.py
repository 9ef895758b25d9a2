"""Hands that show gestures without pictures, and doors that look at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from examples.door.audit import AuditLog
from examples.door.bolt import FileBolt, is_open
from examples.door.door import Door
from examples.door.policy import Policy
from examples.door.secret import Secret
from handpose.extractors import Extractor

FPS = 20
HOLD, CHANGE, AWAY, TAIL = 0.6, 0.35, 0.9, 2.0
"""Seconds: a gesture is held, turns into another, is gone before it comes again, and the end."""
DRIFT = 0.02
"""Palm sizes by which each point drifts, for itself, while a gesture is held."""
COST = 2**10
"""Of scrypt, where thousands of sequences are asked about; 2**15 in the example."""
NOTHING = hp.Landmarks.empty()
FRAME = np.zeros((48, 64, 3), np.uint8)

STEADYING = hp.Steadying(hold_ms=200)
"""As the example has it."""


class Script(Extractor):
    """Finds in each frame what was written for it."""

    def __init__(self, frames: Sequence[hp.Landmarks]):
        self._frames, self._next = frames, 0

    def detect(self, image: NDArray[np.uint8]) -> hp.Landmarks:
        return self._frames[0]

    def detect_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> hp.Landmarks:
        self._next += 1
        return self._frames[self._next - 1]

    def reset(self) -> None:
        self._next = 0

    @property
    def provenance(self) -> dict[str, Any]:
        return {}

    def close(self) -> None:
        pass


class Person:
    """The hands of one person of the digits, one for each gesture."""

    def __init__(self, hands: hp.Landmarks, labels: Sequence[str]):
        self._shapes = {
            label: points[:, :] / np.ptp(points[:, :2], axis=0).max()
            for label, points in zip(labels, hands.points, strict=True)
        }

    def shows(self, gestures: Sequence[str], rng: np.random.Generator) -> list[hp.Landmarks]:
        """Frames in which these gestures are shown, one after another, and then nothing."""
        frames: list[hp.Landmarks] = []
        for number, gesture in enumerate(gestures):
            if number and gestures[number - 1] == gesture:
                frames += [hp.Landmarks.empty()] * round(AWAY * FPS)
            elif number:
                frames += list(self._changes(gestures[number - 1], gesture))
            frames += list(self._holds(gesture, rng))
        return frames + [hp.Landmarks.empty()] * round(TAIL * FPS)

    def _holds(self, gesture: str, rng: np.random.Generator) -> Iterator[hp.Landmarks]:
        phases = rng.uniform(0, 2 * np.pi, (21, 3))
        for frame in range(round(HOLD * FPS)):
            drift = DRIFT * np.sin(2 * np.pi * frame / FPS + phases) * 0.3
            yield _placed(self._shapes[gesture] + drift)

    def _changes(self, before: str, after: str) -> Iterator[hp.Landmarks]:
        steps = round(CHANGE * FPS)
        for step in range(1, steps):
            share = step / steps
            way = (1 - share) * self._shapes[before] + share * self._shapes[after]
            yield _placed(way)


def _placed(shape: NDArray[np.floating]) -> hp.Landmarks:
    return hp.Landmarks([shape * 250 + (200, 120, 0)], handedness=["Right"], handedness_score=[1.0])


def told(gestures: Sequence[str]) -> list[hp.VideoRecognition]:
    """Events as of a recogniser that makes no mistake, in frames without hands."""
    held, step, away = round(HOLD * 1000), round(CHANGE * 1000), round(AWAY * 1000)
    events: dict[int, tuple[hp.GestureEvent, ...]] = {}
    start = 0
    for number, gesture in enumerate(gestures):
        if number:
            start += away if gestures[number - 1] == gesture else step
        begun = hp.GestureEvent(gesture, 0, start, None, 0.99)
        events[start + 200] = (begun,)
        events[start + held + 100] = (replace(begun, ended_ms=start + held),)
        start += held
    times = sorted({*events, *range(0, start + round(TAIL * 1000), 400)})
    return [_recognition(n, time, events.get(time, ())) for n, time in enumerate(times)]


def _recognition(
    number: int, time: int, events: tuple[hp.GestureEvent, ...]
) -> hp.VideoRecognition:
    return hp.VideoRecognition(
        NOTHING,
        (),
        np.empty(0),
        np.empty((0, 0)),
        track_ids=np.empty(0, np.intp),
        steady_gestures=(),
        events=events,
        frame=hp.Frame(FRAME, number, time),
    )


def people(digits: hp.Dataset) -> list[Person]:
    """Whoever shows all ten digits."""
    found = []
    for name in np.unique(digits.groups):
        own = digits[(digits.groups == name) & digits.X.detected]
        _, first = np.unique(own.y, return_index=True)
        if len(first) == 10:
            found.append(Person(own.X[first], own.y[first].tolist()))
    return found


def door_recognizer() -> hp.GestureRecognizer:
    """As the example has it, with the digits."""
    return hp.load_recognizer(
        "digits", num_hands=1, steadying=STEADYING, min_score=Policy.min_score
    )


def seen_of(
    model: Any, frames: Sequence[hp.Landmarks], fps: float = FPS
) -> list[hp.VideoRecognition]:
    """What a recogniser sees in hands that were written down."""
    recognizer = hp.GestureRecognizer(
        Script(frames), model, steadying=STEADYING, min_score=Policy.min_score
    )
    return list(recognizer.stream([FRAME] * len(frames), fps=fps))


@contextmanager
def fresh_door(
    sequence: Sequence[str],
    challenge: Sequence[str],
    labels: Sequence[str],
    min_score: float,
    cost: int = COST,
) -> Iterator[tuple[Door, AuditLog, Path]]:
    """A door that has drawn this challenge, its log, and the file of its bolt."""
    with TemporaryDirectory(prefix="door-") as folder:
        log = AuditLog(Path(folder) / "log.jsonl")
        log.append("challenge", gestures=list(challenge))
        bolt = FileBolt(Path(folder) / "open")
        secret = Secret.of(tuple(sequence), cost)
        door = Door(secret, Policy(challenge=len(challenge)), log, bolt, labels, min_score)
        try:
            yield door, log, bolt.path
        finally:
            door.fail("over")
            log.close()


def judged(
    seen: Sequence[hp.VideoRecognition],
    sequence: Sequence[str],
    challenge: Sequence[str],
    labels: Sequence[str],
    min_score: float,
) -> tuple[bool, list[str]]:
    """Whether the door opened, and what its log says of the attempts."""
    opened = False
    with fresh_door(sequence, challenge, labels, min_score) as (door, log, bolt):
        for frame in seen:
            door.see(frame)
            opened |= is_open(bolt)
        told = [reason for record in log.records for reason in record.get("reasons", ())]
        attempts = sum(record["event"] == "attempt" for record in log.records)
        return opened, told + ["attempt"] * attempts
