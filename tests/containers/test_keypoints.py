import numpy as np
import pytest

import handpose as hp
from handpose.containers.keypoints import LEAST_SIZE, Keypoints
from handpose.containers.skeletons import FACE4, Skeleton
from handpose.datasets.rendered_clips import CLIPS, read_clip
from handpose.features.normalize import palm_size

FACE = np.array([[60, 20], [20, 20], [40, 40], [40, 60.123]], np.float32)


def test_each_is_json_by_name():
    found = Keypoints(FACE4, FACE[None], np.array([0.75], np.float32), np.array([99]))
    assert len(found) == 1
    assert found.to_dicts() == [
        {
            "score": 0.75,
            "points": {
                "LEFT_EYE": [60.0, 20.0],
                "RIGHT_EYE": [20.0, 20.0],
                "NOSE": [40.0, 40.0],
                "MOUTH": [40.0, 60.12],
            },
        }
    ]


def test_a_score_that_nobody_asked_for_is_null():
    found = Keypoints(FACE4, FACE[None], np.array([np.nan]), np.ones(1))
    assert found.to_dicts()[0]["score"] is None


def test_the_size_is_the_longer_side_of_the_box():
    found = Keypoints(FACE4, np.stack([FACE, 2 * FACE]), np.ones(2), np.array([120, 240]))
    np.testing.assert_allclose(found.size(), [40.123, 80.246])
    none = Keypoints(FACE4, np.empty((0, 4, 2), np.float32), np.empty(0), np.empty(0))
    assert none.size().shape == (0,)


def test_the_least_size_is_that_of_a_palm_in_the_rendered_clips():
    palms = []
    for name in CLIPS:
        clip = read_clip(name)
        seen = clip.points[clip.visible == 1]
        palms.append(np.median(palm_size(seen[..., :2])) / 640)
    assert round(float(np.mean(palms)), 2) == LEAST_SIZE


def test_one_point_has_a_size_too_a_share_of_what_was_searched():
    blob = Skeleton("blob", ("CENTRE",), ())
    found = Keypoints(blob, np.full((2, 1, 2), 7.0), np.ones(2), np.array([640, 80]))
    np.testing.assert_allclose(found.size(), [640 * LEAST_SIZE, 80 * LEAST_SIZE])


@pytest.mark.parametrize("shape", [(1, 3, 2), (2, 4, 2), (1, 4, 3), (4, 2)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(hp.LandmarksError, match=r"'face4' must have shape \(1, 4, 2\)"):
        Keypoints(FACE4, np.zeros(shape, np.float32), np.ones(1), np.ones(1))


@pytest.mark.parametrize("side", [np.ones(2), np.float32(640)])
def test_a_side_for_each_score_is_needed(side):
    with pytest.raises(hp.LandmarksError, match=r"side must have shape \(1,\)"):
        Keypoints(FACE4, FACE[None], np.ones(1), side)
