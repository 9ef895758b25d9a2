import numpy as np
import pytest

import handpose as hp
from handpose.keypoints import Keypoints
from handpose.skeletons import FACE4

FACE = np.array([[60, 20], [20, 20], [40, 40], [40, 60.123]], np.float32)


def test_each_is_json_by_name():
    found = Keypoints(FACE4, FACE[None], np.array([0.75], np.float32))
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
    assert Keypoints(FACE4, FACE[None], np.array([np.nan])).to_dicts()[0]["score"] is None


def test_the_size_is_the_longer_side_of_the_box():
    found = Keypoints(FACE4, np.stack([FACE, 2 * FACE]), np.ones(2))
    np.testing.assert_allclose(found.size(), [40.123, 80.246])
    assert Keypoints(FACE4, np.empty((0, 4, 2), np.float32), np.empty(0)).size().shape == (0,)


@pytest.mark.parametrize("shape", [(1, 3, 2), (2, 4, 2), (1, 4, 3), (4, 2)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(hp.LandmarksError, match=r"'face4' must have shape \(1, 4, 2\)"):
        Keypoints(FACE4, np.zeros(shape, np.float32), np.ones(1))
