"""The clock of a video: its period, whatever stalls, bursts and changes of rate there are."""

import numpy as np
import pytest

from handpose.errors import LandmarksError
from handpose.temporal import FrameClock
from handpose.temporal.clock import LONGEST_MS, ORDINARY_MS


def ticked(times):
    clock = FrameClock()
    for t in times:
        clock.tick(float(t))
    return clock


@pytest.mark.parametrize("fps", [0.5, 1, 2, 5, 15, 29.97, 60, 120, 240])
def test_the_period_of_an_even_clock(fps):
    assert ticked(np.arange(20) * 1000 / fps).period_ms == pytest.approx(1000 / fps)


@pytest.mark.parametrize("fps", [0.5, 1, 4])
def test_a_slow_clock_is_believed_at_the_third_frame(fps):
    times = np.arange(3) * 1000 / fps
    assert ticked(times[:2]).period_ms == ORDINARY_MS
    assert ticked(times).period_ms == 1000 / fps


def test_a_clock_of_five_frames_a_second_is_believed_at_the_second():
    assert ticked([0, 200]).period_ms == 200


@pytest.mark.parametrize("stalls", [{4}, {0}, {3, 8}])
def test_stalls_do_not_change_the_period(stalls):
    steps = [450 if k in stalls else 33 for k in range(10)]
    assert ticked(np.cumsum([0, *steps])).period_ms == 33


def test_a_source_that_gives_bursts_is_as_slow_as_its_pauses():
    assert ticked(np.cumsum([0, *[5, 5, 190] * 4])).period_ms == 190


def test_a_change_of_rate_is_learnt():
    slow = np.arange(5) * 1000
    assert ticked([*slow, *(slow[-1] + np.arange(1, 9) * 33)]).period_ms == 33
    quick = np.arange(20) * 33
    assert ticked([*quick, *(quick[-1] + np.arange(1, 4) * 1000)]).period_ms == 1000


def test_no_frame_covers_a_minute():
    clock = ticked(np.arange(4) * 60_000)
    assert clock.period_ms == LONGEST_MS
    assert clock.covered(60_000) == LONGEST_MS + 1


@pytest.mark.parametrize("later", [40, 39])
def test_time_must_grow(later):
    with pytest.raises(LandmarksError, match=f"must grow.*got {later}.* after 40"):
        ticked([0, 40, later])
