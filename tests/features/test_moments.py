"""Poses of a hand at times that lie between frames."""

import numpy as np
import pytest

from handpose.features.moments import Moments, poses_at

TIMES = np.array([0.0, 40.0, 100.0, 140.0])
POINTS = np.array([0.0, 4.0, 10.0, 14.0], np.float32)[:, None, None]
EVERYWHERE = np.ones(4, bool)


def at(wanted, seen=EVERYWHERE):
    poses, known = poses_at(POINTS, seen, Moments.at(np.asarray(wanted, float), TIMES))
    return poses[..., 0, 0], known


def test_between_two_frames_a_hand_is_on_the_straight_way():
    poses, known = at([0.0, 10.0, 70.0, 140.0])
    assert np.allclose(poses, [0, 1, 7, 14])
    assert known.all()


def test_beside_a_frame_without_the_hand_the_nearer_frame_counts():
    poses, known = at([10.0, 30.0, 60.0, 90.0], seen=np.array([True, False, True, True]))
    assert known.tolist() == [True, False, False, True]
    assert np.allclose(poses, [0, 0, 0, 10])


@pytest.mark.parametrize("wanted", [-20.0, 160.0])
def test_before_and_after_the_stream_nothing_is_known(wanted):
    poses, known = at([wanted])
    assert not known.any()
    assert not poses.any()


def test_moments_may_have_any_shape():
    poses, known = at([[0.0, 40.0], [100.0, 300.0]])
    assert poses.shape == known.shape == (2, 2)
    assert known.tolist() == [[True, True], [True, False]]
