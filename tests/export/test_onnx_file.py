"""ONNX files, run by ONNX Runtime: the same answers as in Python, any number of hands at once."""

import json
import sys

import numpy as np
import pytest

import handpose as hp
from handpose.export import onnx_file as module
from handpose.export.model import described
from handpose.export.onnx_file import onnx_file
from tests.export.conftest import given
from tests.quick_fits import QUICK

pytestmark = pytest.mark.export


def opened(file):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def session_of(model):
    found = described(model)
    return opened(onnx_file(found.graph, found.metadata))


def test_every_classifier_answers_as_in_python(any_model, hands):
    label, probabilities, none = session_of(any_model).run(None, given(hands))
    want, there = any_model.gesture_scores(hands), hands.detected
    assert np.abs(probabilities - want)[there].max() < 1e-5
    assert (label == want.argmax(1))[there].all()
    assert none[~there].all()
    assert (none.dtype, label.dtype, probabilities.dtype) == (bool, np.int64, np.float32)


@pytest.mark.parametrize("name", ["gbdt", "random_forest"])
def test_trees_answer_as_in_python_on_the_hands_that_their_thresholds_come_from(name, people):
    model = hp.make_model(name, augmentation=None, **QUICK.get(name, {}))
    model.fit(people.X, people.y, groups=people.groups)
    probabilities = session_of(model).run(["probabilities"], given(people.X))[0]
    assert np.abs(probabilities - model.gesture_scores(people.X)).max() < 1e-5


@pytest.mark.parametrize(
    "features",
    [
        hp.LandmarkFeatures("all", rotate=True, depth=True),
        hp.LandmarkFeatures("coordinates", depth=True),
        hp.LandmarkFeatures("angles+fingertips", rotate=True),
        hp.GeneratedFeatures(
            "angles", ["distance(THUMB_TIP, INDEX_FINGER_TIP) / distance(WRIST, PINKY_TIP)"]
        ),
    ],
    ids=["all", "coordinates", "angles", "crossings"],
)
def test_every_block_of_features(people, hands, features):
    model = hp.make_model("logistic", features=features, augmentation=None)
    model.fit(people.X[::4], people.y[::4])
    there = hands.detected
    probabilities = session_of(model).run(["probabilities"], given(hands))[0]
    assert np.abs(probabilities - model.gesture_scores(hands))[there].max() < 1e-5


@pytest.mark.parametrize(("name", "most"), [("mlp", 75), ("svm", 93)])
def test_a_hand_costs_few_operations(fitted, name, most):
    """Each takes longer to begin than to compute."""
    import onnx

    found = described(fitted(name))
    file = onnx.load_from_string(onnx_file(found.graph, found.metadata))
    assert len(file.graph.node) <= most


def test_one_hand_alone(fitted, hands):
    model = fitted("svm")
    one = session_of(model).run(["probabilities"], given(hands[:1]))[0]
    assert np.abs(one - model.gesture_scores(hands[:1])).max() < 1e-5


@pytest.mark.skipif(sys.version_info < (3, 11), reason="its onnxruntime multiplies no empty arrays")
def test_no_hand_at_all(fitted):
    session = session_of(fitted("svm"))
    label, probabilities, none = session.run(None, given(hp.Landmarks.empty()))
    assert (len(label), probabilities.shape, len(none)) == (0, (0, 10), 0)


def test_many_gestures_are_eliminated_instead_of_determined(fitted, hands, monkeypatch):
    """Both ways of solving for the probabilities of an svm give the same."""
    model, there = fitted("svm"), hands.detected
    monkeypatch.setattr(module, "MOST_DETERMINED", 3)
    probabilities = session_of(model).run(["probabilities"], given(hands))[0]
    assert np.abs(probabilities - model.gesture_scores(hands))[there].max() < 1e-5


def test_the_card_is_in_the_file(fitted):
    model = fitted("mlp")
    about = session_of(model).get_modelmeta()
    assert about.producer_name == "handpose"
    said = about.custom_metadata_map
    assert said["handpose_format"] == "1"
    assert json.loads(said["labels"]) == model.classes_.tolist()
    assert json.loads(said["card"])["classifier"] == "mlp"
    assert said["features"] == "geometry"


def test_inputs_and_outputs_are_those_of_the_contract(fitted):
    session = session_of(fitted("logistic"))
    told = [(x.name, x.type, x.shape) for x in (*session.get_inputs(), *session.get_outputs())]
    assert told == [
        ("points", "tensor(float)", ["n", 21, 3]),
        ("side", "tensor(float)", ["n"]),
        ("label", "tensor(int64)", ["n"]),
        ("probabilities", "tensor(float)", ["n", 10]),
        ("none", "tensor(bool)", ["n"]),
    ]


def test_the_same_model_gives_the_same_bytes(fitted):
    first, second = (described(fitted("logistic")) for _ in range(2))
    files = [onnx_file(found.graph, found.metadata) for found in (first, second)]
    assert files[0] == files[1]
