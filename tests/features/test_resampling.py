"""Motions at equal steps of time."""

import numpy as np
import pytest

import handpose as hp
from handpose.features.motion import resample
from tests.motions import circle, line, times, without


def test_equal_steps_of_time_between_uneven_frames():
    points = np.array([[0, 0], [1, 10], [4, 40]], float)
    even = resample(points, [0, 10, 40], 5)
    np.testing.assert_allclose(even[:, 0], [[0, 0], [1, 10], [2, 20], [3, 30], [4, 40]])
    assert even.dtype == np.float32


def test_as_many_frames_as_before_at_equal_times_are_the_same_frames():
    motion = circle(9)
    even = resample(motion.points, motion.timestamps_ms, 9)
    np.testing.assert_allclose(even, motion.points[:, 0], atol=1e-6)


def test_frames_without_the_hand_are_bridged():
    motion = without(line(10, to=(9, 18)), [3, 4])
    even = resample(motion.points, motion.timestamps_ms, 10)
    np.testing.assert_allclose(even, line(10, to=(9, 18)).points[:, 0], atol=1e-5)


def test_it_begins_and_ends_where_the_hand_is_seen():
    motion = without(line(10, to=(9, 0)), [0, 1, 9])
    even = resample(motion.points, motion.timestamps_ms, 4)
    np.testing.assert_allclose(even[:, 0, 0], [2, 4, 6, 8], atol=1e-5)


def test_many_points_with_depth_keep_their_shape(people):
    assert resample(people.X.points[:6], times(6), 11).shape == (11, 21, 3)


@pytest.mark.parametrize(
    ("motion", "message"),
    [
        (without(line(6), range(6)), "0 of 6 frames show the hand; a motion needs 3"),
        (without(line(6), range(1, 5)), "2 of 6 frames show the hand; a motion needs 3"),
        (without(line(20), range(5, 15)), "not seen for 367 ms, longer than the 300 ms"),
    ],
)
def test_a_hand_that_was_seen_too_little_is_refused(motion, message):
    with pytest.raises(hp.LandmarksError, match=message):
        resample(motion.points, motion.timestamps_ms, 8)


def test_the_longest_gap_can_be_chosen():
    motion = without(line(20), range(5, 15))
    assert resample(motion.points, motion.timestamps_ms, 8, max_gap_ms=400).shape == (8, 1, 2)


@pytest.mark.parametrize(
    ("points", "timestamps", "message"),
    [
        (np.empty((0, 1, 2)), [], "at least 2 frames"),
        (np.zeros((1, 1, 2)), [0], "at least 2 frames"),
        (np.zeros((3, 1, 2)), [0, 5, 5], "must grow"),
        (np.zeros((3, 1, 5)), [0, 5, 9], "must have the shape"),
        (np.zeros((3, 2, 1, 2)), [0, 5, 9], "those of one hand, but got 2"),
    ],
)
def test_bad_input_is_refused(points, timestamps, message):
    with pytest.raises(hp.LandmarksError, match=message):
        resample(points, timestamps, 8)


def test_one_frame_is_no_motion():
    with pytest.raises(hp.LandmarksError, match="n_frames must be at least 2, but got 1"):
        resample(np.zeros((3, 1, 2)), [0, 5, 9], 1)
