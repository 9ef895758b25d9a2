"""Takes stitched into a stream."""

import numpy as np
import pytest

from handpose.containers.motion import Motion
from handpose.features.motion import MotionFeatures
from handpose.models.stitched import BETWEEN, kind_of, stitch_takes
from tests.motions import FRAME_MS, circle, line, times, without

TAKES = [(circle(30), "circle"), (line(20), "line")] * 8


@pytest.fixture
def stream():
    return stitch_takes(TAKES, np.random.default_rng(0))


def test_every_take_is_a_sign_where_the_stream_says(stream):
    assert [sign.label for sign in stream.signs] == [label for _, label in TAKES]
    for sign, (take, _) in zip(stream.signs, TAKES, strict=True):
        shown = stream.motion[sign.first : sign.end]
        steps = np.diff(shown.points, axis=0)
        np.testing.assert_allclose(steps, np.diff(take.points, axis=0), atol=1e-6)
        np.testing.assert_allclose(np.diff(shown.timestamps_ms), FRAME_MS)


def test_time_goes_on_and_the_hand_never_jumps_where_it_is_seen(stream):
    assert (np.diff(stream.motion.timestamps_ms) > 0).all()
    steps = np.linalg.norm(np.diff(stream.motion.points[:, 0, 0], axis=0), axis=1)
    assert np.nanmax(steps) < 0.25  # a jump from a take's end to another's beginning is 0.5
    assert not stream.motion.seen.all()  # the hand is away at times


def test_what_names_no_gesture_is_in_the_stream_and_no_sign():
    stream = stitch_takes([*TAKES[:2], (line(50), "no_gesture")], np.random.default_rng(0))
    assert [sign.label for sign in stream.signs] == ["circle", "line"]
    assert len(stream.motion) - stream.signs[-1].end > 50


def longest_rest(stream):
    """Most frames in a row in which the hand is seen and stays where it is, beside the signs."""
    steps = np.linalg.norm(np.diff(stream.motion.points[:, 0, 0], axis=0), axis=1)
    still = steps < 0.02
    for sign in stream.signs:
        still[max(sign.first - 1, 0) : sign.end] = False
    ends = np.flatnonzero(~np.append(still, False))
    return int(np.diff(ends, prepend=-1).max() - 1)


def test_a_hand_rests_between_takes_unless_that_may_be_a_sign(stream):
    assert longest_rest(stream) > 12
    assert longest_rest(stitch_takes(TAKES, np.random.default_rng(0), rests=False)) <= 12


def test_hands_that_are_not_seen_and_bodies_are_carried_along():
    body = np.repeat(np.arange(66, dtype=float).reshape(1, 33, 2), 20, axis=0)
    hidden = without(line(20), slice(0, 20))
    takes = [
        (Motion(motion.points, times(20), body=body), label)
        for motion, label in ((line(20), "line"), (hidden, "gone"))
    ]
    stream = stitch_takes(takes * 4, np.random.default_rng(0))
    assert stream.motion.body.shape == (len(stream.motion), 33, 2)
    for sign in stream.signs:
        np.testing.assert_allclose(stream.motion.body[sign.first : sign.end], body)
        seen = stream.motion.seen[sign.first : sign.end]
        assert seen.all() if sign.label == "line" else not seen.any()


def test_takes_of_one_kind_have_as_many_hands_points_and_coordinates():
    assert kind_of(circle()) == kind_of(line(40))
    assert kind_of(circle()) != kind_of(
        Motion(np.zeros((5, 21, 2)) + np.arange(21)[:, None], range(5))
    )
    bodied = Motion(line(5).points, times(5), body=np.zeros((5, 33, 2)))
    assert kind_of(bodied) != kind_of(line(5))


def test_shares_of_what_comes_between_make_a_whole():
    assert sum(BETWEEN.values()) == pytest.approx(1)


@pytest.mark.parametrize("own", [0.0, 40.0], ids=["relative to the wrist", "a camera's own"])
def test_depth_stays_what_it_is(people, own):
    """A hand at rest, and one moved to where the last take ended, seemed to have a camera's own."""
    hand = np.asarray(people.X.points[0], np.float64)
    hand[:, 2] -= hand[0, 2]
    rng, takes = np.random.default_rng(0), []
    for i in range(12):
        points = np.repeat(hand[None], 16, axis=0) + np.linspace(0, 1, 16)[:, None, None] * 50
        points[..., 2] = hand[:, 2] * (1 + i / 10) + own * np.linspace(0, 1, 16)[:, None]
        takes.append((Motion(points, times(16), "Right"), "there"))
    motion = stitch_takes(takes, rng).motion
    wrists = motion.points[motion.seen][:, 0, 2]
    assert (np.ptp(wrists) > 1) == bool(own)
    features = MotionFeatures().fit([motion])
    assert features.depth_ == bool(own)
