import copy
import json
import pickle

import numpy as np
import pytest

import handpose as hp
from handpose.containers.bodies import Bodies

RNG = np.random.default_rng(0)
POINTS = RNG.uniform(0, 100, (2, 33, 3))


@pytest.fixture
def bodies():
    return Bodies(POINTS, RNG.uniform(0, 1, (2, 33)), [0.9, 0.8])


def test_one_or_some_are_selected_as_of_an_array(bodies):
    assert len(bodies) == 2
    np.testing.assert_array_equal(bodies[1].points, bodies.points[1:])
    np.testing.assert_array_equal(bodies[bodies.score > 0.85].score, bodies.score[:1])
    assert len(bodies[:0]) == len(Bodies.none()) == 0


def test_a_body_is_json_by_name(bodies):
    document = json.loads(json.dumps(bodies.to_dicts()))
    assert [body["score"] for body in document] == [0.9, 0.8]
    assert list(document[0]["points"]) == list(hp.BODY.landmarks)
    expected = [*bodies.points[1, 16], bodies.visibility[1, 16]]
    assert document[1]["points"]["RIGHT_WRIST"] == pytest.approx(expected, abs=0.006)
    assert Bodies.none().to_dicts() == []


def test_mirrored_exchanges_left_and_right_and_moves_nothing(bodies):
    left, right = hp.BodyLandmark.LEFT_WRIST, hp.BodyLandmark.RIGHT_WRIST
    mirrored = bodies.mirrored()
    np.testing.assert_array_equal(mirrored.points[:, left], bodies.points[:, right])
    np.testing.assert_array_equal(mirrored.visibility[:, left], bodies.visibility[:, right])
    np.testing.assert_array_equal(mirrored.mirrored().points, bodies.points)


def test_copies_are_frozen_too(bodies):
    for other in (bodies, copy.deepcopy(bodies), pickle.loads(pickle.dumps(bodies))):
        np.testing.assert_array_equal(other.points, bodies.points)
        with pytest.raises(ValueError, match="read-only"):
            other.points[0, 0, 0] = 1


@pytest.mark.parametrize(
    ("points", "visibility", "score", "message"),
    [
        (POINTS[:, :, :2], np.ones((2, 33)), [1, 1], r"points of bodies must have .*\(2, 33, 3\)"),
        (POINTS, np.ones((2, 21)), [1, 1], r"visibility of bodies must have shape \(2, 33\)"),
        (POINTS, np.ones((2, 33)), [1], r"points of bodies must have shape \(1, 33, 3\)"),
        (POINTS, np.ones((2, 33)), 1, "points of bodies must have shape"),
        (POINTS, np.ones((2, 33)), ["sure", "no"], "score must hold numbers"),
    ],
)
def test_another_shape_is_refused(points, visibility, score, message):
    with pytest.raises(hp.LandmarksError, match=message):
        Bodies(points, visibility, score)
