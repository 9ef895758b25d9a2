import numpy as np
import pytest

import handpose as hp
from handpose.containers.motion import Motion
from tests.motions import circle, line, times, without


def test_a_track_of_one_point_may_leave_out_the_axis_of_points():
    motion = Motion(np.zeros((5, 2)), times(5))
    assert motion.points.shape == (5, 1, 2)
    assert motion.points.dtype == np.float32
    assert (len(motion), motion.n_points) == (5, 1)


def test_it_tells_how_long_it_is_and_what_was_seen():
    motion = without(line(4, step_ms=50), [1, 2])
    assert motion.duration_ms == 150
    assert motion.seen.tolist() == [True, False, False, True]
    assert repr(motion) == "Motion(4 frames of 1 points in 150 ms, 2 seen)"


def test_landmarks_become_a_motion_of_the_side_that_most_frames_agree_on(people, missed):
    hands = hp.Landmarks.concat([people.X[:4], missed])
    sides = ["Left", "Right", "Left", "Left", "Right"]
    hands = hp.Landmarks(hands.points, handedness=sides)
    motion = Motion.from_landmarks(hands, times(5))
    assert motion.handedness == "Left"
    assert motion.seen.tolist() == [True] * 4 + [False]
    np.testing.assert_array_equal(motion.points, hands.points)


def test_a_hand_that_was_never_seen_has_no_side(missed):
    motion = Motion.from_landmarks(hp.Landmarks.concat([missed] * 3), times(3))
    assert motion.handedness == ""
    assert not motion.seen.any()


def test_follow_takes_one_point_in_another_unit(people):
    motion = Motion(people.X.points[:3], times(3), "Left")
    track = motion.follow(hp.HandLandmark.INDEX_FINGER_TIP, unit=200)
    np.testing.assert_allclose(track.points[:, 0], people.X.points[:3, 8] / 200, rtol=1e-6)
    assert track.handedness == "Left"


def test_a_mirror_turns_x_and_the_side_round_and_nothing_else():
    motion = Motion(np.ones((3, 2, 3)), times(3), "Left")
    mirrored = motion.mirrored()
    assert mirrored.handedness == "Right"
    np.testing.assert_array_equal(mirrored.points, np.broadcast_to([-1, 1, 1], (3, 2, 3)))
    np.testing.assert_array_equal(mirrored.mirrored().points, motion.points)


def test_windows_have_the_length_asked_for_and_begin_step_by_step():
    motion = circle(11, step_ms=100)
    windows = list(motion.windows(500, 200))
    assert [w.timestamps_ms[0] for w in windows] == [0, 200, 400]
    assert [w.duration_ms for w in windows] == [500] * 3
    np.testing.assert_array_equal(windows[1].points, motion.points[2:8])


def test_windows_may_be_as_long_as_the_motion_and_not_longer():
    assert len(list(line(11, step_ms=100).windows(1000, 100))) == 1
    assert not list(line(11, step_ms=100).windows(1001, 100))


def test_a_window_of_fewer_than_two_frames_is_left_out():
    motion = Motion(np.zeros((4, 2)), [0, 100, 1000, 1100])
    assert [w.timestamps_ms[0] for w in motion.windows(200, 100)] == [0, 1000]


BAD_POINTS = {
    "nothing": (np.empty((0, 2)), "at least 2 frames, but got 0"),
    "one frame": (np.zeros((1, 2)), "at least 2 frames, but got 1"),
    "one axis": (np.zeros(4), r"must have shape .* but got \(4,\)"),
    "four axes": (np.zeros((2, 2, 2, 2)), r"must have shape .* but got \(2, 2, 2, 2\)"),
    "no points": (np.zeros((2, 0, 2)), r"must have shape .* but got \(2, 0, 2\)"),
    "four coordinates": (np.zeros((2, 21, 4)), r"must have shape .* but got \(2, 21, 4\)"),
    "text": ([["a", "b"]] * 3, "must hold numbers"),
    "half NaN": ([[0, 0], [0, np.nan], [0, 0]], r"1 of 3 frames .*first: frame 1"),
    "infinite": ([[0, 0], [np.inf, 0], [0, 0]], r"1 of 3 frames .*first: frame 1"),
}


@pytest.mark.parametrize("name", BAD_POINTS)
def test_points_of_no_motion_are_refused_in_one_line(name):
    points, message = BAD_POINTS[name]
    with pytest.raises(hp.LandmarksError, match=message) as error:
        Motion(points, times(len(points)))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("timestamps", "message"),
    [
        ([0, 33], r"one entry a frame \(3\), but got shape \(2,\)"),
        ([0, 33, 33], r"must grow .* smallest step is 0\.0"),
        ([0, 66, 33], r"must grow .* smallest step is -33\.0"),
        ([0, np.nan, 33], "must grow"),
        (["a", "b", "c"], "must hold numbers"),
    ],
)
def test_times_that_do_not_grow_are_refused(timestamps, message):
    with pytest.raises(hp.LandmarksError, match=message):
        Motion(np.zeros((3, 2)), timestamps)


def test_an_unknown_side_is_refused():
    with pytest.raises(hp.LandmarksError, match=r"but got 'left'"):
        Motion(np.zeros((3, 2)), times(3), "left")


@pytest.mark.parametrize(("length", "step"), [(0, 1), (1, 0), (-5, 1), (float("nan"), 1)])
def test_windows_without_length_or_step_are_refused(length, step):
    with pytest.raises(hp.LandmarksError, match="above 0 ms"):
        next(line().windows(length, step))
