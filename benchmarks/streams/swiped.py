"""Swipes in clips of real hands and in the rendered one, as the shipped model tells them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import handpose as hp
from benchmarks.motion.clips import SWIPES
from benchmarks.pictures import clip_files
from benchmarks.runner import Setup
from handpose.images import read_frames

IN_IMAGE = {
    "swipe_left": "right",
    "swipe_right": "left",
    "swipe_up": "up",
    "swipe_down": "down",
}
"""The person's own direction to that in the image."""
LATE_MS = 250.0
"""A swipe that is marked by eye may begin earlier or end later by this."""

Shown = list[tuple[float, float, str]]


def told_swipes(setup: Setup) -> dict[str, Any]:
    """How many swipes of each clip are told, with their direction, and what else is told."""
    rows, details = {}, {}
    with hp.load_recognizer(motions="swipes", num_hands=1) as recognizer:
        for file in clip_files(setup):
            times = [frame.timestamp_ms for frame in read_frames(file)]
            marked = [
                (times[first], times[last], direction)
                for clip, first, last, direction in SWIPES
                if clip == file.stem
            ]
            told = told_in(recognizer, file)
            rows[file.stem] = counted(marked, told)
            details[file.stem] = [f"{label} {begin}-{end}" for begin, end, label in told]
    return {"rows": rows, "details": details}


def told_in(recognizer: hp.GestureRecognizer, source: Path) -> Shown:
    """The swipes that are told of a video, by their directions in the image."""
    return [
        (event.started_ms, event.ended_ms or event.started_ms, IN_IMAGE[event.gesture or ""])
        for event in recognizer.events(source)
        if event.kind == "motion" and event.has_ended
    ]


def counted(marked: Shown, told: Shown) -> dict[str, Any]:
    """Swipes shown, told rightly, told with another direction, and events that are none."""
    left, right, wrong = list(told), 0, 0
    for begin, end, label in marked:
        near = [one for one in left if one[0] <= end + LATE_MS and one[1] >= begin - LATE_MS]
        same = [one for one in near if one[2] == label]
        if same or near:
            left.remove((same or near)[0])
        right += bool(same)
        wrong += bool(near) and not same
    return {"shown": len(marked), "right": right, "other direction": wrong, "besides": len(left)}
