import pickle

import numpy as np
import pytest

import handpose as hp
from handpose.containers.motion import Motion, Motions
from tests.motions import circle, line, times, without


def test_a_track_of_one_point_may_leave_out_the_axis_of_points():
    motion = Motion(np.zeros((5, 2)), times(5))
    assert motion.points.shape == (5, 1, 1, 2)
    assert motion.points.dtype == np.float32
    assert (len(motion), motion.n_hands, motion.n_points) == (5, 1, 1)


def test_it_tells_how_long_it_is_and_what_was_seen():
    motion = without(line(4, step_ms=50), [1, 2])
    assert motion.duration_ms == 150
    assert motion.seen[:, 0].tolist() == [True, False, False, True]
    assert repr(motion) == "Motion(4 frames in 150 ms, 1 x 1 points, seen in 2)"


def test_landmarks_become_a_motion_of_the_side_that_most_frames_agree_on(people, missed):
    hands = hp.Landmarks.concat([people.X[:4], missed])
    sides = ["Left", "Right", "Left", "Left", "Right"]
    hands = hp.Landmarks(hands.points, handedness=sides)
    motion = Motion.from_landmarks(hands, times(5))
    assert motion.handedness == "Left"
    assert motion.seen[:, 0].tolist() == [True] * 4 + [False]
    np.testing.assert_array_equal(motion.points[:, 0], hands.points)


def test_a_hand_that_was_never_seen_has_no_side(missed):
    motion = Motion.from_landmarks(hp.Landmarks.concat([missed] * 3), times(3))
    assert motion.handedness == ""
    assert not motion.seen.any()


def test_follow_takes_one_point_in_another_unit(people):
    motion = Motion(people.X.points[:3], times(3), "Left")
    track = motion.follow(hp.HandLandmark.INDEX_FINGER_TIP, unit=200)
    np.testing.assert_allclose(track.points[:, 0, 0], people.X.points[:3, 8] / 200, rtol=1e-6)
    assert track.handedness == "Left"


def test_a_mirror_turns_x_and_the_side_round_and_nothing_else():
    motion = Motion(np.ones((3, 2, 3)), times(3), "Left")
    mirrored = motion.mirrored()
    assert mirrored.handedness == "Right"
    np.testing.assert_array_equal(mirrored.points[:, 0], np.broadcast_to([-1, 1, 1], (3, 2, 3)))
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


@pytest.fixture
def pair():
    """Two hands, the left one seen in all frames, the right one in all but the second."""
    points = np.random.default_rng(0).uniform(0, 100, (4, 2, 21, 3))
    points[1, 1] = np.nan
    return Motion(points, times(4), body=np.arange(24).reshape(4, 3, 2))


def test_two_hands_have_a_slot_each_and_are_seen_each_for_itself(pair):
    assert (pair.n_hands, pair.sides) == (2, ("Left", "Right"))
    assert pair.seen.tolist() == [[True, True], [True, False], [True, True], [True, True]]
    assert repr(pair) == "Motion(4 frames in 100 ms, 2 x 21 points, seen in 4 and 3)"


def test_frames_of_a_motion_are_a_motion_with_the_same_body(pair):
    part = pair[1:]
    np.testing.assert_array_equal(part.points, pair.points[1:])
    np.testing.assert_array_equal(part.timestamps_ms, pair.timestamps_ms[1:])
    np.testing.assert_array_equal(part.body, pair.body[1:])
    window = next(pair.windows(2 * pair.duration_ms / 3, 1000))
    np.testing.assert_array_equal(window.body, pair.body[:3])
    with pytest.raises(hp.LandmarksError, match="at least 2 frames, but got 1"):
        pair[0]


def test_a_mirror_exchanges_the_hands_and_the_sides_of_the_body(pair):
    mirrored = pair.mirrored(body_mirror=(0, 2, 1))
    np.testing.assert_array_equal(mirrored.points[:, 0], pair.points[:, 1] * [-1, 1, 1])
    np.testing.assert_array_equal(mirrored.points[:, 1], pair.points[:, 0] * [-1, 1, 1])
    np.testing.assert_array_equal(mirrored.body[:, 1], pair.body[:, 2] * [-1, 1])
    for order in (None, (0, 1), (0, 0, 1)):
        with pytest.raises(hp.LandmarksError, match="3 points of a body, say where each goes"):
            pair.mirrored(body_mirror=order)


def test_of_each_side_the_surest_hand_of_a_frame_counts(people):
    points = people.X.points[:5]
    sides, sure = ["Left", "Right", "Left", "", "Left"], [0.6, 0.5, 0.9, 1, np.nan]
    both = hp.Landmarks(points, handedness=sides, handedness_score=sure)
    motion = Motion.from_frames([both, hp.Landmarks.empty(), both[[1, 4]]], times(3))
    assert motion.seen.tolist() == [[True, True], [False, False], [True, True]]
    np.testing.assert_array_equal(motion.points[0], points[[2, 1]])
    np.testing.assert_array_equal(motion.points[2], points[[4, 1]])


def test_without_a_sureness_of_the_side_that_of_the_hand_counts(people):
    points = people.X.points[:2]
    hands = hp.Landmarks(points, handedness=["Left", "Left"], score=[0.9, 0.5])
    motion = Motion.from_frames([hands, hands], times(2))
    np.testing.assert_array_equal(motion.points[0, 0], points[0])


def test_a_side_of_two_hands_and_a_body_of_another_length_are_refused(pair):
    with pytest.raises(hp.LandmarksError, match="leave handedness \"\", but got 'Left'"):
        Motion(pair.points, pair.timestamps_ms, "Left")
    with pytest.raises(hp.LandmarksError, match=r"with t = 4 frames, but got \(3, 3, 2\)"):
        Motion(pair.points, pair.timestamps_ms, body=pair.body[1:])
    with pytest.raises(hp.LandmarksError, match="body must hold numbers"):
        Motion(pair.points, pair.timestamps_ms, body="standing")


class TestMotions:
    @pytest.mark.parametrize(
        "index",
        [1, -1, slice(1, None), [2, 0], np.array([True, False, True]), (np.array([1]), ...)],
    )
    def test_it_indexes_as_an_array_does(self, index):
        kept = [circle(), line(), circle(5)]
        expected = np.atleast_1d(np.arange(3)[index])
        assert [kept.index(motion) for motion in Motions(kept)[index]] == expected.tolist()

    def test_it_knows_its_shape_and_which_motions_show_a_hand_three_times(self, pair):
        motions = Motions([circle(), without(circle(), range(2, 16)), pair])
        assert motions.shape == (3,) == (len(motions),)
        assert motions.detected.tolist() == [True, False, True]
        assert repr(motions) == "Motions(3 motions, 2 detected)"

    def test_parts_are_joined_in_order(self):
        first, second, third = circle(), line(), circle(5)
        joined = Motions.concat([Motions([first]), Motions([second, third])])
        assert list(joined) == [first, second, third]
        assert len(Motions.concat([])) == 0

    def test_it_can_be_pickled(self):
        again = pickle.loads(pickle.dumps(Motions([line()])))
        np.testing.assert_array_equal(next(iter(again)).points, line().points)

    @pytest.mark.parametrize(
        ("motions", "message"),
        [
            (circle(), r"got one: give \[motion\]"),
            (np.zeros((3, 16, 2)), "a sequence of Motion, but got ndarray"),
            (5, "a sequence of Motion, but got int"),
        ],
    )
    def test_anything_else_is_refused(self, motions, message):
        with pytest.raises(hp.LandmarksError, match=message):
            Motions(motions)


BAD_POINTS = {
    "nothing": (np.empty((0, 2)), "at least 2 frames, but got 0"),
    "one frame": (np.zeros((1, 2)), "at least 2 frames, but got 1"),
    "one axis": (np.zeros(4), r"must have the shape .* but got \(4,\)"),
    "five axes": (np.zeros((2, 1, 2, 2, 2)), r"must have the shape .* but got \(2, 1, 2, 2, 2\)"),
    "three hands": (np.zeros((2, 3, 21, 2)), r"must have the shape .* but got \(2, 3, 21, 2\)"),
    "no points": (np.zeros((2, 0, 2)), r"must have the shape .* but got \(2, 0, 2\)"),
    "four coordinates": (np.zeros((2, 21, 4)), r"must have the shape .* but got \(2, 21, 4\)"),
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
