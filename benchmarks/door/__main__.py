"""A door of gestures: does it open to its sequence, and to nothing else?

python -m benchmarks.door [--only PART ...] [--quick]

The door is the one of `examples/door`, with the digits model. ``rendered`` needs clips beside the
data sets: `scripts/rendering/render_door.py` makes them.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import handpose as hp
from benchmarks.door.acting import (
    FPS,
    Person,
    door_recognizer,
    judged,
    people,
    seen_of,
    told,
)
from benchmarks.door.pictures import HELD, held
from benchmarks.runner import Benchmark, MissingDataError, Setup, parts_of, run
from examples.door.audit import verified
from examples.door.bolt import LEASE_S, is_open
from examples.door.policy import Policy
from handpose.evaluation.statistics import wilson_interval
from handpose.temporal import LandmarkSmoother
from handpose.temporal.liveness import LEAST_BETWEEN_MS, LEAST_MOTION, change_of_shape

CLIPS = "door_clips"
GESTURES = [str(digit) for digit in range(10)]
CHALLENGE, SEQUENCE = 2, 4
ASKED = (
    ("right", "events", 100),
    ("random", "events", 1000),
    ("one wrong", "events", 200),
    ("right", "landmarks", 20),
    ("one wrong", "landmarks", 20),
)
STILLS, KILLS, PHOTOS = 3, 8, 8


def rendered(setup: Setup) -> dict[str, Any]:
    """Rendered runs, pixels to bolt: the run's own sequence, and others.

    Each clip shows a challenge and a sequence of four. *one wrong* are doors whose sequence differs
    from the clip's in one gesture, each gesture in turn; *other challenge* those that drew another.
    """
    clips = sorted(p.with_suffix(".mp4") for p in setup.folder(CLIPS).glob("run*.json"))
    if not clips:
        raise MissingDataError(f"no clips in {setup.folder(CLIPS)}; see render_door.py")
    rng = np.random.default_rng(setup.seed)
    opened: dict[str, list[bool]] = {}
    details = {}
    with door_recognizer() as recognizer:
        for clip in clips[: 2 if setup.quick else None]:
            shown = json.loads(clip.with_suffix(".json").read_text(encoding="utf-8"))
            seen = list(recognizer.stream(clip))
            events = [event for frame in seen for event in frame.events if event.has_ended]
            own = shown["sequence"], shown["challenge"]
            asked = {"own": [own], "one wrong": [], "other challenge": []}
            for place in range(len(own[0])):
                asked["one wrong"].append((_one_wrong(own[0], place, rng), own[1]))
            asked["other challenge"].append((own[0], _one_wrong(own[1], 0, rng)))
            for kind, doors in asked.items():
                for sequence, challenge in doors:
                    found, said = judged(seen, sequence, challenge, GESTURES, Policy.min_score)
                    opened.setdefault(kind, []).append(found)
                    if kind == "own":
                        details[clip.stem] = {
                            "shown": [*own[1], *own[0]],
                            "seen": [event.gesture for event in events],
                            "opened": found,
                            "log": said,
                            "motion": _motion(seen, events),
                        }
    return {"rows": _opened(opened), "details": details}


def sequences(setup: Setup) -> dict[str, Any]:
    """Sequences without pixels; each run has a challenge, a sequence and a door that are new.

    *events*: the door is told the gestures as a recogniser that makes no mistake would, and sees no
    hand, so that liveness refuses all of them: what counts is *refused for the sequence*.
    *landmarks*: hands of a person of the digits, as they change from one to the next, are named and
    steadied as in a video; here *opened* counts. *right* is the control: the door's own sequence.
    """
    model = hp.load_model("digits")
    crowd = people(setup.landmarks("sign_language_digits"))
    rng = np.random.default_rng(setup.seed)
    rows: dict[str, dict[str, Any]] = {}
    for kind, source, count in ASKED:
        opened, reasons = [], Counter[str]()
        for _ in range(setup.few(count)):
            challenge, secret = _drawn(rng)
            shown = {
                "right": secret,
                "random": _other(secret, rng),
                "one wrong": _one_wrong(secret, int(rng.integers(SEQUENCE)), rng),
            }[kind]
            person: Person = crowd[int(rng.integers(len(crowd)))]
            if source == "events":
                seen = told([*challenge, *shown])
            else:
                seen = seen_of(model, person.shows([*challenge, *shown], rng))
            found, said = judged(seen, secret, challenge, GESTURES, Policy.min_score)
            opened.append(found)
            reasons.update(said)
        rows[f"{kind}, {source}"] = {
            **_opened({"": opened})[""],
            "challenge met": reasons["attempt"],
            "refused for the sequence": reasons["sequence"],
            "not alive": reasons["not alive"],
        }
    return {"rows": rows}


def stills(setup: Setup) -> dict[str, Any]:
    """Still pictures before the camera, pixels to bolt.

    *one photo*: a real photo of a digit for as long as a sequence lasts. *slide show*: real photos
    of one person, the right ones in the right order for the challenge and the sequence, cut hard.
    Liveness alone: how many of the gestures that were seen it would have refused.
    """
    people_photos = _photos(setup)
    rng = np.random.default_rng(setup.seed)
    rows: dict[str, dict[str, Any]] = {}
    with door_recognizer() as recognizer:
        for kind in ("one photo", "slide show"):
            for way in HELD:
                opened, alive, gestures = [], [], 0
                for number in range(2 if setup.quick else STILLS):
                    photos = people_photos[number % len(people_photos)]
                    challenge, secret = _drawn(rng, repeats=False)
                    shown = [*challenge, *secret]
                    if kind == "one photo":
                        shown = [shown[number % len(shown)]] * 3
                    pictures = [hp.read_image(photos[gesture]) for gesture in shown]
                    frames = [*held(pictures, way, 16, number), *_walls(30)]
                    seen = list(recognizer.stream(frames, fps=FPS))
                    found, _ = judged(seen, secret, challenge, GESTURES, Policy.min_score)
                    opened.append(found)
                    events = [e for frame in seen for e in frame.events if e.has_ended]
                    motion = _motion(seen, events)
                    gestures += len(motion["within"])
                    alive += [value >= LEAST_MOTION for value in motion["within"]]
                rows[f"{kind}, {way}"] = {
                    **_opened({"": opened})[""],
                    "gestures seen": gestures,
                    "of these not moving": alive.count(False),
                }
    return {"rows": rows}


def liveness(setup: Setup) -> dict[str, Any]:
    """How much a hand changes its shape while it holds a gesture, in percent of the palm.

    Real hands: every fourth letter of `asl_sequences`, one second each, as MediaPipe saw them; the
    threshold was chosen on sessions 0 and 1 and on every second photo. Stills: photos of digits,
    held in four ways.
    """
    rows: dict[str, Any] = {}
    letters = np.load(setup.folder("asl_sequences") / "letters.npz")
    still = ~np.isin(letters["y"], ["j", "z", "-", "space"])
    for name, sessions in (("chosen on", (0, 1)), ("others", (3, 4))):
        rows_of = still & np.isin(letters["session"], sessions)
        found = [
            _of_take(hands) for hands in letters["hands"][rows_of][:: 20 if setup.quick else 4]
        ]
        rows[f"real hands, {name}"] = _moving([motion for of in found for motion in of])
    photos = [of_one[GESTURES[n % 10]] for n, of_one in enumerate(_photos(setup)[:PHOTOS])]
    with hp.make_extractor("native", num_hands=1) as extractor:
        for way in HELD:
            motions = [
                _of_photo(extractor, hp.read_image(photo), way, number)
                for number, photo in enumerate(photos[:2] if setup.quick else photos)
            ]
            rows[f"photo, {way}, chosen on"] = _moving(motions[::2])
            rows[f"photo, {way}, others"] = _moving(motions[1::2])
    return {"rows": rows, "least_motion": LEAST_MOTION, "least_between_ms": LEAST_BETWEEN_MS}


def _of_take(hands: np.ndarray) -> list[float]:
    """Of each hand of a take, shape (frames, 2, 21, 3), that was seen all the time."""
    seen = hands[..., :2].any((2, 3))
    whole = [hand for hand in range(2) if seen[:, hand].all()]
    return [change_of_shape(1000 * hands[6:-6, hand, :, :2]) for hand in whole]


def _of_photo(extractor: hp.Extractor, photo: np.ndarray, way: str, number: int) -> float:
    smoother, found = LandmarkSmoother(1.0, 4.0, 2.0), []
    with extractor.video() as video:
        for frame, image in enumerate(held([photo], way, 24, number)):
            hands = video.detect(image, 50 * frame)
            if len(hands):
                one = smoother.smooth(hands[:1], np.array([0]), 50 * frame)
                found.append(one.points[0, :, :2])
    return change_of_shape(np.array(found[5:]).reshape(-1, 21, 2))


def _moving(motions: Sequence[float]) -> dict[str, Any]:
    values = np.array([motion for motion in motions if motion > 0])
    return {
        "hands": len(values),
        **_quantiles(values),
        "taken for alive": float((values >= LEAST_MOTION).mean()) if len(values) else None,
    }


def kills(setup: Setup) -> dict[str, Any]:
    """Doors killed (SIGKILL) at a random moment of right and wrong attempts: whether the log is
    whole, and the bolt shut as soon as its half second is over."""
    rng = np.random.default_rng(setup.seed)
    counts: Counter[str] = Counter()
    for number in range(2 if setup.quick else KILLS):
        with TemporaryDirectory(prefix="door-") as folder:
            counts.update(killed(Path(folder), number, float(rng.uniform(0, 2))))
    return {"rows": {"doors": dict(counts)}}


def killed(folder: Path, seed: int, after: float) -> dict[str, int]:
    """What is left of a door that was killed so many seconds after it began to watch."""
    command = [sys.executable, "-m", "benchmarks.door.victim", str(folder), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as door:
        assert door.stdout is not None
        assert door.stdout.readline().strip() == "watching"
        time.sleep(after)
        was_open = is_open(folder / "open")
        door.send_signal(signal.SIGKILL)
    over = time.monotonic()
    text = (folder / "log.jsonl").read_bytes()
    records = verified(text[: text.rfind(b"\n") + 1], "log")  # raises where it is not whole
    time.sleep(max(0.0, over + LEASE_S - time.monotonic()))
    events = Counter(record["event"] for record in records)
    return {
        "killed": 1,
        "while open": int(was_open),
        "logs whole": 1,
        "last line torn": int(not text.endswith(b"\n")),
        "shut half a second later": int(not is_open(folder / "open")),
        "attempts before": events["attempt"],
        "opened before": events["opened"],
    }


def _drawn(rng: np.random.Generator, repeats: bool = True) -> tuple[list[str], list[str]]:
    while True:
        shown = rng.choice(GESTURES, CHALLENGE + SEQUENCE).tolist()
        challenge, secret = shown[:CHALLENGE], shown[CHALLENGE:]
        twice = any(a == b for a, b in pairwise(shown))
        if len(set(secret)) > 2 and challenge[0] != challenge[1] and (repeats or not twice):
            return challenge, secret


def _other(secret: list[str], rng: np.random.Generator) -> list[str]:
    while True:
        shown = rng.choice(GESTURES, SEQUENCE).tolist()
        if shown != secret:
            return shown


def _one_wrong(gestures: Sequence[str], place: int, rng: np.random.Generator) -> list[str]:
    while True:
        wrong = [*gestures]
        wrong[place] = str(rng.choice([g for g in GESTURES if g != gestures[place]]))
        if len(gestures) != SEQUENCE or len(set(wrong)) > 2:
            return wrong


def _motion(
    seen: Sequence[hp.VideoRecognition], events: Sequence[hp.GestureEvent]
) -> dict[str, list[float]]:
    watched = hp.HandLiveness(remembered_ms=10**9)
    for frame in seen:
        watched.update(frame.hands, frame.track_ids, frame.frame.timestamp_ms)
    motion = watched.motion(events)
    return {"within": [round(m, 3) for m in motion.within], "between_ms": [*motion.between_ms]}


def _photos(setup: Setup) -> list[dict[str, Path]]:
    """Photos of each digit, of those people who show all ten."""
    folder = setup.folder("sign_language_digits")
    table = setup.landmarks("sign_language_digits")
    found = []
    for name in np.unique(table.groups):
        own = np.flatnonzero(table.groups == name)
        photos = {str(table.y[row]): folder / table.paths[row] for row in own}
        if len(photos) == len(GESTURES):
            found.append(photos)
    return found[::8]


def _walls(frames: int) -> list[np.ndarray]:
    return [np.full((240, 320, 3), 128, np.uint8)] * frames


def _quantiles(values: np.ndarray) -> dict[str, float]:
    shares = {"5 %": 0.05, "median": 0.5, "95 %": 0.95} if len(values) else {}
    return {name: float(np.quantile(values, share)) for name, share in shares.items()}


def _opened(found: dict[str, list[bool]]) -> dict[str, dict[str, Any]]:
    rows = {}
    for kind, opened in found.items():
        low, high = wilson_interval(sum(opened) / len(opened), len(opened))
        rows[kind] = {"runs": len(opened), "opened": sum(opened), "low": low, "high": high}
    return rows


BENCHMARK = Benchmark("door", parts_of(rendered, sequences, stills, liveness, kills))

if __name__ == "__main__":
    run(BENCHMARK)
