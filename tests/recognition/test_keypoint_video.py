import json

import numpy as np
import pytest

from handpose.keypoint_net import KeypointDetector
from handpose.recognition.keypoint_video import stream_keypoints
from tests.drawn_faces import face_picture

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def seen(face_net):
    """A face that walks to the right for eight frames, a grey one in between."""
    places = [150 + 20 * t for t in range(8)]
    frames = [face_picture(((x, 240), 200, 0)) for x in places]
    frames.insert(4, face_picture())
    results = list(stream_keypoints(KeypointDetector(face_net), [f for f, _ in frames], fps=30))
    return results, [true for _, true in frames]


def test_a_face_keeps_its_number_also_where_it_is_missed_for_a_frame(seen):
    results, _ = seen
    assert [result.track_ids.tolist() for result in results] == [[0]] * 4 + [[]] + [[0]] * 4


def test_the_old_name_of_the_track_ids_warns_and_works(seen):
    results, _ = seen
    with pytest.warns(DeprecationWarning, match=r"use KeypointFrame.track_ids"):
        assert results[0].ids.tolist() == [0]


def test_a_frame_is_drawn_with_its_points(seen):
    (result, *_), (true, *_) = seen
    changed = (result.annotate() != result.frame.rgb).any(2)
    x, y = true[0].mean(0).round().astype(int)
    assert changed[y - 60 : y + 60, x - 60 : x + 60].any()
    assert not changed[:, :40].any()
    mirrored = result.annotate(mirror=True)
    assert (mirrored[:, ::-1] != result.frame.rgb).any(2)[y - 60 : y + 60, x - 60 : x + 60].any()


def test_points_follow_the_face(seen):
    results, truth = seen
    for result, true in zip(results, truth, strict=True):
        if len(true):
            apart = np.linalg.norm(result.keypoints.points[0] - true[0], axis=-1).mean()
            assert apart < 0.2 * np.linalg.norm(true[0, 0] - true[0, 1])


def test_a_frame_is_json(seen):
    results, _ = seen
    documents = [json.loads(json.dumps(result.to_dict())) for result in results]
    assert [d["timestamp_ms"] for d in documents] == [r.frame.timestamp_ms for r in results]
    assert documents[4] == {
        "frame": 4, "timestamp_ms": 133, "width": 640, "height": 480, "skeleton": "face4",
        "found": [],
    }  # fmt: skip
    (face,) = documents[0]["found"]
    assert face["id"] == face["track_id"] == 0
    assert set(face["points"]) == {"LEFT_EYE", "RIGHT_EYE", "NOSE", "MOUTH"}
