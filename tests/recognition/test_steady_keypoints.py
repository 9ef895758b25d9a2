"""Faces in time: numbered, smooth at rest, quick when they move."""

import numpy as np
import pytest

from handpose.containers.keypoints import Keypoints
from handpose.containers.skeletons import FACE4, Skeleton
from handpose.recognition.keypoint_video import SteadyKeypoints
from handpose.temporal import Steadying

FACE = np.array([[40, 0], [0, 0], [20, 20], [20, 40]], float)
FRAME = 33
BLOB = Skeleton("blob", ("CENTRE",), ())


def faces(*centres, noise=0.0, rng=None):
    points = np.array([FACE - FACE.mean(0) + centre for centre in centres]).reshape(-1, 4, 2)
    if rng is not None:
        points = points + rng.normal(0, noise, points.shape)
    ones = np.ones(len(points), np.float32)
    return Keypoints(FACE4, points.astype(np.float32), ones, 120 * ones)


def blob(x, width=640):
    """One point of unknown score in a whole picture."""
    one = np.ones(1, np.float32)
    return Keypoints(BLOB, np.array([[[x, 100]]], np.float32), np.nan * one, width * one)


@pytest.fixture
def steady():
    return SteadyKeypoints(Steadying())


def test_faces_keep_their_numbers_whatever_their_order(steady):
    assert steady.follow(faces((100, 100), (400, 100)), 0)[1].tolist() == [0, 1]
    assert steady.follow(faces((405, 100), (102, 100)), FRAME)[1].tolist() == [1, 0]
    assert steady.follow(faces((410, 100)), 2 * FRAME)[1].tolist() == [1]
    assert steady.follow(faces((104, 100), (415, 100)), 3 * FRAME)[1].tolist() == [0, 1]


def test_a_face_that_was_away_for_long_is_another_one(steady):
    steady.follow(faces((100, 100)), 0)
    assert steady.follow(faces(), 600)[1].tolist() == []
    assert steady.follow(faces((100, 100)), 900)[1].tolist() == [1]


def test_a_still_face_trembles_less(steady):
    rng = np.random.default_rng(0)
    frames = [faces((100, 100), noise=0.5, rng=rng) for _ in range(60)]
    smooth = [steady.follow(found, t * FRAME)[0].points[0] for t, found in enumerate(frames)]
    raw = [found.points[0] for found in frames]
    tremble, before = (np.abs(np.diff(x, axis=0)).mean() for x in (smooth[10:], raw[10:]))
    assert tremble < 0.4 * before


def test_a_new_face_is_where_it_was_measured(steady):
    found = faces((100, 100))
    smooth, _ = steady.follow(found, 0)
    np.testing.assert_array_equal(smooth.points, found.points)
    assert smooth.points.dtype == np.float32
    assert smooth.skeleton is FACE4


def test_the_resolution_does_not_change_how_smooth_it_is():
    small, large = SteadyKeypoints(Steadying()), SteadyKeypoints(Steadying())
    for t in range(20):
        x = 100 + 10 * t + 3 * (t % 2)
        found = faces((x, 100))
        doubled = Keypoints(FACE4, 2 * found.points, found.score, 2 * found.side)
        ours, _ = small.follow(found, t * FRAME)
        theirs, _ = large.follow(doubled, t * FRAME)
        np.testing.assert_allclose(theirs.points, 2 * ours.points, rtol=1e-4)


def test_one_point_keeps_its_number_when_it_is_quick(steady):
    ids = [steady.follow(blob(50 + 60 * t), t * FRAME)[1].tolist() for t in range(10)]
    assert ids == [[0]] * 10


@pytest.mark.parametrize("width", [64, 640])
def test_one_still_point_trembles_less_in_a_picture_of_any_size(steady, width):
    rng = np.random.default_rng(0)
    raw = width * (0.5 + 0.002 * rng.normal(size=60))
    smooth = [
        steady.follow(blob(x, width), t * FRAME)[0].points[0, 0, 0] for t, x in enumerate(raw)
    ]
    tremble, before = (np.abs(np.diff(x[10:])).mean() for x in (smooth, raw))
    assert tremble < 0.4 * before


def test_time_that_stands_still_is_refused(steady):
    steady.follow(faces((100, 100)), 33)
    with pytest.raises(ValueError, match=r"must grow.*got 33 after 33"):
        steady.follow(faces((100, 100)), 33)
