"""A million frames through a recogniser: does its memory stay?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.runner import Setup, resident_mib
from handpose.automl.budget import parse_budget
from handpose.datasets.places import shipped_folder
from handpose.extractors import Extractor
from handpose.images import read_frames

PORTIONS = {"everything but the network": 0.7, "the network too": 0.3}
"""Of the budget."""
COUNTS = {"everything but the network": 1_000_000, "the network too": 20_000}
SETTLED = 0.1
"""Share of the frames after which memory has to stay."""
LOOKS = 1000
FRAME_MS = 33


def frames(setup: Setup) -> dict[str, Any]:
    """Frames through `recognize_for_video` of one recogniser, with a model of gestures and one of
    motions (`digits`, `swipes`).

    *everything but the network*: an extractor gives real hands of the digits, up to three, which
    come, go and cross, so that tracks, labels and events are made and forgotten. *the network too*:
    rendered clips over and over, the native extractor. *frames*: as many as the budget allows, a
    million and 20,000 at most. *growth*: the most memory after the first
    tenth, beside the memory at its end.
    """
    rows = {}
    for name, most in COUNTS.items():
        count = setup.few(most)
        with_network = name == "the network too"
        pictures = _clips() if with_network else _nothing()
        extractor = hp.make_extractor("native") if with_network else Replay(setup.seed)
        with hp.load_recognizer("digits", motions="swipes", extractor=extractor) as recognizer:
            seconds = PORTIONS[name] * parse_budget(setup.budget)
            rows[name] = _watched(recognizer, pictures, count, seconds, setup)
    return {"rows": rows}


def _watched(
    recognizer: hp.GestureRecognizer,
    pictures: Iterator[NDArray[np.uint8]],
    most: int,
    seconds: float,
    setup: Setup,
) -> dict[str, Any]:
    held: list[float] = []
    events = hands = most_tracks = 0
    start, until = time.process_time(), time.monotonic() + seconds
    every = max(1, most // LOOKS)
    count = 0
    for number in range(most):
        if time.monotonic() > until:
            break
        count += 1
        seen = recognizer.recognize_for_video(next(pictures), number * FRAME_MS)
        events += len(seen.events)
        hands += len(seen.hands)
        most_tracks = max([most_tracks, *(seen.track_ids + 1).tolist()])
        if number % every == every - 1:
            held.append(resident_mib())
        if number % (most // 10) == 0:
            setup.report(f"{number:,} of {most:,} frames, {resident_mib()} MiB")
    spent = time.process_time() - start
    settled = held[int(len(held) * SETTLED) :]
    return {
        "frames": count,
        "hands": hands,
        "tracks": most_tracks,
        "events": events,
        "MiB after a tenth": settled[0],
        "MiB at the end": settled[-1],
        "growth": f"{100 * (max(settled) / settled[0] - 1):.2f} %",
        "ms a frame": round(1000 * spent / count, 2),
    }


class Replay(Extractor):
    """Gives real hands without looking: they walk, turn into other gestures, leave and return."""

    def __init__(self, seed: int):
        data = hp.load_dataset("sign_language_digits")
        self._hands = data.X[data.X.detected]
        self._rng = np.random.default_rng(seed)
        self._shown: list[tuple[int, NDArray[np.float64], NDArray[np.float64]]] = []

    def detect(self, image: NDArray[np.uint8]) -> hp.Landmarks:
        rng = self._rng
        if len(self._shown) < 3 and rng.random() < 0.02:
            place, step = rng.uniform(100, 500, 2), rng.normal(0, 4, 2)
            self._shown.append((int(rng.integers(len(self._hands))), place, step))
        moved = []
        for which, place, step in self._shown:
            if rng.random() < 0.01:
                continue  # gone
            shown = int(rng.integers(len(self._hands))) if rng.random() < 0.03 else which
            moved.append((shown, place + step, step if rng.random() < 0.98 else -step))
        self._shown = moved
        if not moved:
            return hp.Landmarks.empty()
        found = self._hands[[which for which, _, _ in moved]]
        points = found.points + rng.normal(0, 0.3, found.points.shape)
        points[..., :2] += np.array([place for _, place, _ in moved])[:, None]
        return hp.Landmarks(
            points,
            handedness=found.handedness,
            score=found.score,
            image_size=[(640, 640)] * len(found),
        )

    def detect_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> hp.Landmarks:
        return self.detect(image)

    def reset(self) -> None:
        pass

    @property
    def provenance(self) -> dict[str, Any]:
        return dict(hp.load_model("digits").card.extractor)

    def close(self) -> None:
        pass


def _nothing() -> Iterator[NDArray[np.uint8]]:
    picture = np.zeros((640, 640, 3), np.uint8)
    while True:
        yield picture


def _clips() -> Iterator[NDArray[np.uint8]]:
    while True:
        for clip in sorted(shipped_folder("rendered_clips").glob("*.mp4")):
            for frame in read_frames(clip):
                yield frame.rgb
