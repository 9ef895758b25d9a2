"""Swipes that the shipped model tells: in clips of real and rendered hands, and of SHREC'17."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

import handpose as hp
from benchmarks.motion.clips import SWIPES
from benchmarks.pictures import clip_files
from benchmarks.runner import Setup
from benchmarks.streams.measures import first_told
from handpose.containers.motion import Motion
from handpose.images import read_frames
from handpose.recognition.finding import events_in_time

OWN = {
    "right": "swipe_left",
    "left": "swipe_right",
    "up": "swipe_up",
    "down": "swipe_down",
}
"""A direction in the image to the person's own."""
BY_EYE_MS = 250.0
"""A swipe that is marked by eye may begin earlier or end later by this."""
FLAT = 1000.0
"""Metres to pixels of a hand that is seen from the front."""


@dataclass(frozen=True)
class Shown:
    """A swipe that a clip shows."""

    started_ms: float
    ended_ms: float
    label: str


@dataclass(frozen=True)
class Told:
    """A swipe that is told of a clip, and the time of the frame at which it is told."""

    started_ms: float
    ended_ms: float
    label: str
    told_ms: float

    def __str__(self) -> str:
        return f"{self.label} {self.started_ms}-{self.ended_ms}"

    def touches(self, swipe: Shown, slack_ms: float) -> bool:
        """Whether it was told of a time in which a swipe is shown."""
        begins_in_time = self.started_ms <= swipe.ended_ms + slack_ms
        return begins_in_time and self.ended_ms >= swipe.started_ms - slack_ms


def told_swipes(setup: Setup) -> dict[str, Any]:
    """How many swipes of each clip are told, with their direction, how late, and what else is."""
    rows, details = {}, {}
    with hp.load_recognizer(motions="swipes", num_hands=1) as recognizer:
        for name, path, shown, slack_ms in _clips(setup):
            told = told_in(recognizer, path)
            rows[name] = counted(shown, told, slack_ms)
            details[name] = [str(one) for one in told]
    return {"rows": rows, "details": details}


def _clips(setup: Setup) -> Iterator[tuple[str, Path, list[Shown], float]]:
    """Name, video and swipes of each clip, and how far the times of these may be off."""
    for file in clip_files(setup):
        times = [frame.timestamp_ms for frame in read_frames(file)]
        marked = [
            Shown(times[first], times[last], OWN[direction])
            for clip, first, last, direction in SWIPES
            if clip == file.stem
        ]
        yield file.stem, file, marked, BY_EYE_MS
    for name in hp.CLIPS:
        clip = hp.read_clip(name)
        yield f"rendered: {name}", clip.path, true_swipes(clip), 0.0


def true_swipes(clip: hp.Clip) -> list[Shown]:
    """The swipes of a rendered clip."""
    swipes = []
    for shown in clip.motions.T:
        for label, run in groupby(range(len(shown)), key=shown.__getitem__):
            frames = list(run)
            if label in OWN.values():
                first, last = clip.timestamps_ms[[frames[0], frames[-1]]].tolist()
                swipes.append(Shown(first, last, label))
    return swipes


def told_in(recognizer: hp.GestureRecognizer, source: Path) -> list[Told]:
    """The swipes that are told of a video, each at its first event."""
    return [
        Told(event.started_ms, event.ended_ms or event.started_ms, event.gesture or "", now)
        for now, event in first_told(_events(recognizer, source))
    ]


def _events(
    recognizer: hp.GestureRecognizer, source: Path
) -> Iterator[tuple[float, hp.GestureEvent]]:
    """Begins and ends of motions, each with the time of the frame at which it is told."""
    now = 0.0
    with recognizer.stream(source) as stream:
        for result in stream:
            now = result.frame.timestamp_ms
            yield from ((now, event) for event in result.events if event.kind == "motion")
        yield from ((now, event) for event in stream.end() if event.kind == "motion")


def counted(shown: list[Shown], told: list[Told], slack_ms: float) -> dict[str, Any]:
    """Swipes shown, told rightly and how late, told with another direction; events besides."""
    left, delays, missed = list(told), [], []
    for swipe in shown:
        near = (one for one in left if one.touches(swipe, slack_ms))
        same = next((one for one in near if one.label == swipe.label), None)
        if same is None:
            missed.append(swipe)
        else:
            left.remove(same)
            delays.append(same.told_ms - swipe.ended_ms)
    others = 0
    for swipe in missed:
        other = next((one for one in left if one.touches(swipe, slack_ms)), None)
        if other is not None:
            left.remove(other)
            others += 1
    return {
        "shown": len(shown),
        "right": len(delays),
        "other direction": others,
        "besides": len(left),
        "delay, median ms": round(float(np.median(delays))) if delays else None,
    }


def told_of_people(setup: Setup, data: hp.Dataset) -> dict[str, Any]:
    """What is told of each gesture of SHREC'17: its own direction, another swipe, nothing."""
    model, rows = hp.load_model("swipes"), {}
    own = {label.replace("_", " ").title(): label for label in OWN.values()}
    for gesture in data.label_names:
        takes = list(data.select(labels=[gesture]).X)
        takes = takes[: setup.few(len(takes))]
        told = [_names(model, _from_the_front(take)) for take in takes]
        right = sum(own.get(gesture, "") in names for names in told)
        silent = sum(not names for names in told)
        rows[gesture] = {
            "takes": len(takes),
            "right": right if gesture in own else None,
            "another swipe": len(takes) - right - silent,
            "nothing told": silent,
        }
    return {"rows": rows}


def _names(model: hp.GestureModel, take: Motion) -> set[str | None]:
    return {event.gesture for _, event in events_in_time(model, take) if event.has_ended}


def _from_the_front(take: Motion) -> Motion:
    """The hand as a camera sees it, without depth."""
    points = FLAT * take.points
    points[..., 2] = 0
    return Motion(points, take.timestamps_ms, take.handedness)
