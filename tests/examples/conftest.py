"""Doors, and people before them."""

from dataclasses import replace

import numpy as np
import pytest

import handpose as hp
from benchmarks.door.acting import door_recognizer, people, seen_of
from examples.door.audit import AuditLog
from examples.door.door import Door
from examples.door.policy import Policy
from examples.door.secret import Secret

CHALLENGE, SEQUENCE = ("1", "2"), ("3", "4", "5", "0")
"""What the shipped clip `gestures` shows first."""
GESTURES = [str(digit) for digit in range(10)]


class Bolt:
    """Counts what it is told."""

    def __init__(self):
        self.is_open, self.opened = False, 0

    def open(self):
        self.opened += not self.is_open
        self.is_open = True

    def shut(self):
        self.is_open = False


class Clock:
    """Goes as it is told."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Visit:
    """A door with a challenge that was drawn before, in a folder of its own."""

    def __init__(self, folder, policy, challenge, min_score, sequence):
        self.bolt, self.clock, self._folder = Bolt(), Clock(), folder
        self._policy, self._min_score = policy, min_score
        self._secret = Secret.of(sequence, 16)
        self.log = AuditLog(folder / "log.jsonl")
        if challenge:
            self.log.append("challenge", gestures=list(challenge))
        self.begin()

    def begin(self):
        self.door = Door(
            self._secret, self._policy, self.log, self.bolt, GESTURES, self._min_score, self.clock
        )

    def ask(self, after_s=100_000):
        """Begin anew with the usual challenge, and let time pass."""
        self.log.append("challenge", gestures=list(CHALLENGE))
        self.begin()
        self.clock.now += after_s

    def restart(self):
        self.log.close()
        self.bolt = Bolt()
        self.log = AuditLog(self._folder / "log.jsonl")
        self.begin()

    def see(self, seen, step=0.05):
        """What the door says, once each."""
        said = []
        for frame in seen:
            self.clock.now += step
            message = self.door.see(frame)
            said += [message] if said[-1:] != [message] else []
        return said

    def events(self, *names):
        return [r["event"] for r in self.log.records if not names or r["event"] in names]

    @property
    def challenge(self):
        return [r["gestures"] for r in self.log.records if r["event"] == "challenge"][-1]

    @property
    def reasons(self):
        return [r["reasons"] for r in self.log.records if r["event"] == "refused"]


def moved(frame, by_ms):
    """The same frame, and its events, at a later time."""
    later = replace(frame.frame, timestamp_ms=frame.frame.timestamp_ms + by_ms)
    events = tuple(
        replace(
            event,
            started_ms=event.started_ms + by_ms,
            ended_ms=None if event.ended_ms is None else event.ended_ms + by_ms,
        )
        for event in frame.events
    )
    return replace(frame, frame=later, events=events)


@pytest.fixture
def visit(tmp_path):
    made = []

    def make(challenge=CHALLENGE, min_score=0.5, sequence=SEQUENCE, **rules):
        made.append(Visit(tmp_path, Policy(**rules), challenge, min_score, sequence))
        return made[-1]

    yield make
    for one in made:
        one.log.close()


@pytest.fixture(scope="session")
def digits_model():
    return hp.load_model("digits")


@pytest.fixture(scope="session")
def somebody(digits):
    return people(digits)[0]


@pytest.fixture(scope="session")
def shows(digits_model, somebody):
    """What is seen of somebody who shows these gestures, and then goes away."""

    def show(*gestures, seed=0):
        return seen_of(digits_model, somebody.shows(gestures, np.random.default_rng(seed)))

    return show


@pytest.fixture(scope="session")
def right(shows):
    return shows(*CHALLENGE, *SEQUENCE)


@pytest.fixture(scope="session")
def wrong(shows):
    return shows(*CHALLENGE, *SEQUENCE[:3], "9")


@pytest.fixture(scope="session")
def recognizer():
    with door_recognizer() as recognizer:
        yield recognizer
