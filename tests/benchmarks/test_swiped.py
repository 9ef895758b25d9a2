"""Swipes that are told are matched to those that are shown."""

import numpy as np
import pytest

import handpose as hp
from benchmarks.streams.swiped import OWN, Shown, Told, counted, true_swipes

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


def test_times_that_were_marked_by_eye_may_be_off():
    late = [Told(1301, 1700, "swipe_left", 1800)]
    assert counted(SHOWN, late, 250.0)["right"] == 1


def test_the_true_swipes_are_those_of_the_table():
    clip = hp.read_clip("swipes")
    swipes = true_swipes(clip)
    assert {swipe.label for swipe in swipes} == set(OWN.values())
    for swipe in swipes:
        inside = (clip.timestamps_ms >= swipe.started_ms) & (clip.timestamps_ms <= swipe.ended_ms)
        assert set(clip.motions[inside, 0]) == {swipe.label}
        assert np.sum(clip.motions[inside, 0] == swipe.label) == inside.sum() > 5
    assert true_swipes(hp.read_clip("circles")) == []
