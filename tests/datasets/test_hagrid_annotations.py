import json
import os

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.hagrid_annotations import read_hagrid_annotations
from tests.mutations import outcomes

COUNT = int(os.environ.get("HANDPOSE_MUTATIONS", "150"))

HAND = np.random.default_rng(0).uniform(0, 1, (21, 2)).astype(np.float32)
ONE_OF_TWO = (HAND.tolist(), [])


def annotation(labels=("call", "no_gesture"), landmarks=ONE_OF_TWO, key="landmarks"):
    return {"labels": list(labels), key: list(landmarks), "user_id": "u1", "bboxes": []}


@pytest.fixture
def read(tmp_path):
    def read(document):
        path = tmp_path / "call.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return read_hagrid_annotations([path], "call")

    return read


@pytest.mark.parametrize("key", ["landmarks", "hand_landmarks"])
def test_every_annotated_hand_is_a_row_and_one_without_landmarks_a_miss(read, key):
    data = read({"a": annotation(key=key)})
    assert data.y.tolist() == ["call", "no_gesture"]
    assert data.groups.tolist() == ["u1", "u1"]
    assert data.paths.tolist() == ["a", "a"]
    assert data.X.detected.tolist() == [True, False]
    np.testing.assert_array_equal(data.X.points[0, :, :2], HAND)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("[1, 2]", "not a HaGRID annotation file"),
        ("{", "not JSON"),
        ("[" * 5000 + "]" * 5000, "not"),
        ({"a": 1}, "not a HaGRID annotation file"),
        ({"a": {"labels": ["call"], "bboxes": []}}, "annotations without landmarks; use"),
        ({"a": annotation(labels=["call"])}, "image 'a': not a HaGRID annotation; expected labels"),
        ({"a": annotation(landmarks=[[["x", 1]] * 21, []])}, "image 'a'"),
        ({"a": annotation(landmarks=[[[float("nan"), 1]] * 21, []])}, "image 'a'"),
        ({"a": annotation(landmarks=[3, []])}, "image 'a'"),
        ({"a": annotation(labels=[], landmarks=[])}, "no annotated hand"),
    ],
)
def test_what_is_wrong_is_named(read, document, message):
    with pytest.raises(hp.DatasetError, match=message):
        read(document)


def test_a_damaged_file_is_read_or_refused(tmp_path):
    path = tmp_path / "call.json"
    content = json.dumps({"a": annotation(), "b": annotation()}).encode()

    def read(damaged):
        path.write_bytes(damaged)
        read_hagrid_annotations([path], "call")

    assert outcomes(content, COUNT, read) == {"read", "refused"}
