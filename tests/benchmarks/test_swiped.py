"""Swipes that are told are matched to those that are shown."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import handpose as hp
from benchmarks.motion.clips import by_what_is_shown
from benchmarks.streams.swiped import Shown, Told, counted, told_in, true_swipes

SHOWN = [Shown(1000, 1300, "swipe_left"), Shown(3000, 3300, "swipe_up")]


@pytest.mark.parametrize(
    ("told", "right", "other", "besides", "delay"),
    [
        ([], 0, 0, 0, None),
        ([Told(900, 1400, "swipe_left", 1500)], 1, 0, 0, 200),
        ([Told(900, 1400, "swipe_right", 1500)], 0, 1, 0, None),
        ([Told(1301, 1700, "swipe_left", 1800)], 0, 0, 1, None),
        ([Told(900, 1100, "swipe_up", 1200), Told(1200, 1400, "swipe_left", 1600)], 1, 0, 1, 300),
        ([Told(900, 1400, "swipe_left", 1500), Told(1200, 1500, "swipe_left", 1600)], 1, 0, 1, 200),
        ([Told(900, 3400, "swipe_left", 3500)], 1, 0, 0, 2200),
        (
            [Told(900, 1400, "swipe_left", 1400), Told(2900, 3400, "swipe_up", 3700)],
            2, 0, 0, 250,
        ),
    ],
)  # fmt: skip
def test_a_swipe_is_right_if_its_name_is_told_in_its_time(told, right, other, besides, delay):
    assert counted(SHOWN, told, 0.0) == {
        "shown": 2,
        "right": right,
        "other direction": other,
        "besides": besides,
        "delay, median ms": delay,
    }


def test_an_event_that_touches_two_swipes_is_of_the_one_that_has_its_name():
    told = [Told(1200, 3100, "swipe_up", 3400)]
    assert counted(SHOWN, told, 0.0)["right"] == 1


class Recognizer:
    """Tells these events with these frames, and the last one at the end."""

    def __init__(self, *told, left=()):
        self.told, self.left = told, left

    def stream(self, source):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def __iter__(self):
        for now, *events in self.told:
            yield SimpleNamespace(frame=SimpleNamespace(timestamp_ms=now), events=events)

    def end(self):
        return self.left


def test_a_swipe_is_told_with_its_first_event():
    begun = hp.GestureEvent("swipe_up", 1, 1000, None, 0.9, kind="motion")
    ended = replace(begun, ended_ms=1400)
    digit = hp.GestureEvent("5", 1, 1000, 1400, 0.9)
    lasting = hp.GestureEvent("swipe_left", 1, 2000, 2300, 0.9, kind="motion")
    recognizer = Recognizer((1300, begun, digit), (1500, ended), (2300,), left=[lasting])
    assert told_in(recognizer, None) == [
        Told(1000, 1400, "swipe_up", 1300),
        Told(2000, 2300, "swipe_left", 2300),
    ]


def test_windows_go_by_what_the_whole_of_them_shows():
    clip = hp.read_clip("circles")
    windows = hp.Motion(clip.points[:, 0], clip.timestamps_ms, "Left").windows(500, 66)
    found = by_what_is_shown(clip, list(windows))
    assert set(found) == {"Clockwise", "Counter Clockwise", "no circle"}
    for label, chosen in found.items():
        for window in chosen:
            rows = np.isin(clip.timestamps_ms, window.timestamps_ms)
            assert set(clip.motions[rows, 0]) == {None if label == "no circle" else label}


def test_times_that_were_marked_by_eye_may_be_off():
    late = [Told(1301, 1700, "swipe_left", 1800)]
    assert counted(SHOWN, late, 250.0)["right"] == 1


def test_the_true_swipes_are_those_of_the_table():
    clip = hp.read_clip("swipes")
    swipes = true_swipes(clip)
    ways = ("left", "right", "down", "up", "right", "left")
    assert [swipe.label for swipe in swipes] == [f"swipe_{way}" for way in ways]
    told = np.full(len(clip.motions), None)
    for swipe in swipes:
        inside = (clip.timestamps_ms >= swipe.started_ms) & (clip.timestamps_ms <= swipe.ended_ms)
        told[inside] = swipe.label
    assert told.tolist() == clip.motions[:, 0].tolist()
    assert true_swipes(hp.read_clip("circles")) == []
