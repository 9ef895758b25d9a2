"""Motions in a description: the library's own features and answers."""

import numpy as np
import pytest

import handpose as hp
from handpose.errors import ExportError
from handpose.export.graph import Graph, evaluate
from handpose.export.model import MOTION_FORMAT, described
from handpose.export.motions import FRAMES, motion_inputs, motion_vectors
from handpose.export.onnx_file import onnx_file
from handpose.export.tflite_file import tflite_file
from handpose.features.motion_sequences import MotionSequences
from handpose.models.threshold import threshold_of
from tests.export.moving import given_motions, moving
from tests.export.test_onnx_file import opened
from tests.export.test_tflite_file import runner
from tests.motions import carried, circle, examples, without
from tests.quick_fits import QUICK


class Model:
    """Stands for a model where only its features matter."""

    def __init__(self, features):
        self.features_ = features


def described_features(features, motions):
    graph = Graph()
    vectors, usable = motion_vectors(motion_inputs(graph, features), features)
    graph.outputs = {"vectors": vectors, "usable": usable}
    return evaluate(graph, given_motions(motions, Model(features)))


@pytest.fixture(scope="module")
def hands(strangers):
    return strangers.X[strangers.X.detected].points[:40]


def close(found, expected, within=2e-4):
    assert found.shape == expected.shape
    assert np.isfinite(found).all()
    far = np.abs(found - expected) / np.maximum(np.abs(expected), 1)
    assert far.max() < within, np.argwhere(far >= within)[:5]


@pytest.mark.parametrize("n_hands", [1, 2])
@pytest.mark.parametrize("depth", [False, True])
@pytest.mark.parametrize("mirror", [None, False, True])
@pytest.mark.parametrize("kind", [MotionSequences, hp.MotionFeatures])
def test_features_are_the_librarys(hands, kind, mirror, depth, n_hands):
    motions, _ = moving(hands, 24, n_hands=n_hands, depth=depth)
    features = kind(mirror_left=mirror).fit(motions)
    assert features.depth_ == depth
    found = described_features(features, motions)
    assert found["usable"].all()
    close(found["vectors"], features.transform(motions))


@pytest.mark.parametrize("options", [{"scale": "hand"}, {"blocks": "path+hand"}, {"n_frames": 9}])
def test_options_of_the_features(hands, options):
    motions, _ = moving(hands, 8)
    features = hp.MotionFeatures(**options).fit(motions)
    close(described_features(features, motions)["vectors"], features.transform(motions))


@pytest.mark.parametrize("kind", [MotionSequences, hp.MotionFeatures])
@pytest.mark.parametrize("mirror", [False, True])
def test_tracks_of_one_point(kind, mirror):
    motions = hp.Motions(examples(0, 3)[0])
    features = kind(mirror_left=mirror).fit(motions)
    close(described_features(features, motions)["vectors"], features.transform(motions))


def test_a_long_gap_is_not_seen_and_three_frames_make_a_motion(hands):
    motion = carried(hands[0][:, :2], n=40)
    motions = hp.Motions([without(motion, range(9, end)) for end in (13, 25, 38)])
    features = MotionSequences().fit(motions)
    close(described_features(features, motions)["vectors"], features.transform(motions))
    few = hp.Motions([without(motion, range(2, 40)), without(motion, range(40)), motion])
    assert described_features(features, few)["usable"].ravel().tolist() == [False, False, True]


def answers(model, motions, **options):
    return evaluate(described(model, **options).graph, given_motions(motions, model))


def is_clear(scores):
    """Where one label is surely more probable than the next."""
    first, second = np.sort(scores, axis=1)[:, :-3:-1].T
    return first - second > 1e-4


@pytest.mark.parametrize("name", ["logistic", "svm", "mlp", "knn", "few_shot", "random_forest"])
def test_classifiers_answer_as_in_python(hands, name):
    options = {"embedding": None} if name == "few_shot" else QUICK.get(name, {})
    model = hp.make_model(name, features="motion", **options)
    model.fit(*moving(hands, 32, n_hands=2))
    others, _ = moving(hands, 16, n_hands=2, seed=1)
    found, expected = answers(model, others), model.window_scores(others)
    assert np.abs(found["probabilities"] - expected).max() < 1e-5
    clear = is_clear(expected)
    assert clear.sum() > 8 or name == "few_shot"  # which is as sure of all where it knows none
    assert (found["label"] == expected.argmax(1))[clear].all()
    assert (found["none"] == (expected.max(1) < threshold_of(model))).all()


def test_the_way_of_telling_none(hands):
    model = hp.make_model("logistic", features="motion", none="neighbors")
    model.fit(*moving(hands, 32))
    others, _ = moving(hands, 16, seed=1)
    found = answers(model, others)["probabilities"]
    assert np.abs(found - model.window_scores(others)).max() < 1e-5


def test_a_motion_that_is_hardly_seen_is_none():
    model = hp.make_model("knn", features="motion").fit(*examples(0))
    found = answers(model, hp.Motions([without(circle(), range(14)), circle()]), min_score=0.0)
    assert found["none"].tolist() == [True, False]
    assert (found["probabilities"][0] == 0).all()


def test_a_model_says_that_it_takes_motions():
    model = hp.make_model("knn", features="motion").fit(*examples(0))
    about = described(model).metadata
    assert about["handpose_format"] == MOTION_FORMAT
    assert about["window_ms"] == model.window_ms
    assert about["features"] == "motion"


@pytest.fixture(scope="module")
def net(hands):
    model = hp.make_model("motion_net", epochs=2, width=8)
    return model.fit(*moving(hands, 32, n_hands=2))


@pytest.mark.torch
def test_a_motion_net_answers_as_in_python(net, hands):
    others, _ = moving(hands, 16, n_hands=2, seed=1)
    found, expected = answers(net, others), net.gesture_scores(others)
    assert np.abs(found["probabilities"] - expected).max() < 1e-5
    assert (found["label"] == expected.argmax(1)).all()


@pytest.mark.torch
@pytest.mark.litert
def test_tflite_takes_rows_of_nan_up_to_its_number_of_frames(net, hands):
    others, _ = moving(hands, 8, n_hands=2, seed=1)
    run, inputs = runner(tflite_file(described(net).graph)), given_motions(others, net, FRAMES)
    rows = [{name: all_[i : i + 1] for name, all_ in inputs.items()} for i in range(len(others))]
    found = [run(**row) for row in rows]
    expected = net.gesture_scores(others)
    chances = np.concatenate([each["probabilities"] for each in found])
    assert np.abs(chances - expected).max() < 1e-4
    assert [int(each["label"][0]) for each in found] == expected.argmax(1).tolist()


@pytest.mark.litert
def test_tflite_of_motion_features(hands):
    model = hp.make_model("svm", features="motion").fit(*moving(hands, 32, n_hands=2))
    others, _ = moving(hands, 8, n_hands=2, seed=1)
    run, inputs = runner(tflite_file(described(model).graph)), given_motions(others, model, FRAMES)
    expected = model.window_scores(others)
    for i, row in enumerate(expected):
        found = run(**{name: all_[i : i + 1] for name, all_ in inputs.items()})
        assert np.abs(found["probabilities"][0] - row).max() < 1e-3


@pytest.mark.mediapipe
@pytest.mark.litert
def test_a_task_names_still_hands_only():
    from handpose.export.task_file import task_file

    model = hp.make_model("knn", features="motion").fit(*examples(0))
    with pytest.raises(ExportError, match=r"write .onnx or .tflite"):
        task_file(model)


@pytest.mark.torch
@pytest.mark.export
def test_onnx_takes_any_number_of_frames(net, hands):
    others, _ = moving(hands, 16, n_hands=2, seed=1)
    about = described(net)
    session = opened(onnx_file(about.graph, about.metadata))
    shapes = {x.name: x.shape for x in session.get_inputs()}
    assert shapes["points"][:2] == ["n", "frames"]
    expected = net.gesture_scores(others)
    for frames in (None, 70):
        label, chances, none = session.run(None, given_motions(others, net, frames))
        assert np.abs(chances - expected).max() < 1e-5
        assert (label == expected.argmax(1)).all()
        assert (none == (expected.max(1) < threshold_of(net))).all()
    one = session.run(None, given_motions(others[:1], net))[1]
    assert np.abs(one - expected[:1]).max() < 1e-5
