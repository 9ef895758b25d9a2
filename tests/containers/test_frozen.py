"""Whatever a container holds is its own and cannot be changed behind its checks."""

import copy
import pickle
from dataclasses import fields

import numpy as np
import pytest

import handpose as hp
from handpose.containers.frozen import frozen
from handpose.containers.keypoints import Keypoints
from handpose.containers.skeletons import FACE4


def _landmarks():
    rng = np.random.default_rng(0)
    given = {
        "points": rng.random((2, 21, 3), np.float32),
        "world": rng.random((2, 21, 3), np.float32),
        "handedness": np.array(["Left", ""], "U5"),
        "handedness_score": np.array([0.5, 1], np.float32),
        "score": np.array([0.5, 1], np.float32),
        "image_size": np.array([[640, 480], [0, 0]], np.int32),
        "point_scores": rng.random((2, 21), np.float32),
    }
    return hp.Landmarks, given


def _flat_landmarks():
    return hp.Landmarks, {"points": np.ones((2, 21, 2), np.float32)}


def _motion():
    return hp.Motion, {
        "points": np.ones((3, 21, 2), np.float32),
        "timestamps_ms": np.array([0.0, 33, 66]),
    }


def _two_hands_and_a_body():
    return hp.Motion, {
        "points": np.ones((3, 2, 21, 3), np.float32),
        "timestamps_ms": np.arange(3.0),
        "body": np.ones((3, 5, 2), np.float32),
    }


def _track():
    return hp.Motion, {"points": np.ones((3, 2), np.float32), "timestamps_ms": np.arange(3.0)}


def _keypoints():
    return Keypoints, {
        "skeleton": FACE4,
        "points": np.ones((2, 4, 2), np.float32),
        "score": np.ones(2, np.float32),
        "side": np.ones(2, np.float32),
    }


def _dataset():
    texts = {name: np.array(["a", "b"]) for name in ("y", "groups", "paths")}
    return hp.Dataset, {"X": hp.Landmarks(np.ones((2, 21, 3))), **texts}


CONTAINERS = (
    _landmarks,
    _flat_landmarks,
    _motion,
    _two_hands_and_a_body,
    _track,
    _keypoints,
    _dataset,
)
WAYS = {
    "made": lambda held: held,
    "pickled": lambda held: pickle.loads(pickle.dumps(held)),
    "copied": copy.deepcopy,
}


def _arrays(held):
    values = {field.name: getattr(held, field.name) for field in fields(held)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("make", CONTAINERS)
def test_every_array_refuses_writes(make, way):
    kind, given = make()
    held = WAYS[way](kind(**given))
    arrays = _arrays(held)
    assert arrays
    for array in arrays.values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = array.copy()


@pytest.mark.parametrize("make", CONTAINERS)
def test_the_given_arrays_stay_writable_and_are_not_shared(make):
    kind, given = make()
    held = kind(**given)
    before = {name: array.copy() for name, array in _arrays(held).items()}
    for name, array in given.items():
        if isinstance(array, np.ndarray):
            assert array.flags.writeable, name
            assert not np.shares_memory(array, getattr(held, name)), name
            array[...] = np.zeros_like(array)
    for name, array in _arrays(held).items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("make", CONTAINERS)
def test_a_copy_holds_the_same(make):
    kind, given = make()
    held = kind(**given)
    again = _arrays(pickle.loads(pickle.dumps(held)))
    for name, array in _arrays(held).items():
        np.testing.assert_array_equal(again[name], array)
        assert again[name].dtype == array.dtype


def test_rows_of_hands_are_frozen_too(digits):
    for part in (digits.X[0], digits.X[:3], hp.Landmarks.concat([digits.X[:2]])):
        assert not part.points.flags.writeable


def test_the_provenance_of_a_dataset_is_its_own():
    given = {"name": "native", "options": {"effort": "fast"}}
    held = hp.Dataset(hp.Landmarks(np.ones((1, 21, 3))), ["a"], provenance=given)
    given["options"]["effort"] = "thorough"
    assert held.provenance["options"] == {"effort": "fast"}


def test_keypoints_must_hold_numbers():
    with pytest.raises(hp.LandmarksError, match="score must hold numbers"):
        Keypoints(FACE4, np.ones((1, 4, 2)), ["sure"], np.ones(1))


def test_frozen_copies_also_what_is_frozen_already():
    first = frozen([1, 2], np.float32)
    assert not np.shares_memory(first, frozen(first))
    assert first.dtype == np.float32
