"""The estimator: trained with torch, run without it."""

import numpy as np
import pytest
from sklearn.base import clone

import handpose as hp
from handpose.classifiers.motion_net import MotionNet
from handpose.classifiers.motion_net.classifier import epochs_for
from handpose.features.motion_sequences import MotionSequences
from tests.motions import examples, without

SMALL = {"networks": 1, "width": 8}
QUICK = {"networks": 2, "width": 16, "epochs": 25}
pytestmark = pytest.mark.torch
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def fitted():
    motions, labels = examples(0, n=20)
    return hp.make_model("motion_net", features="motion", **QUICK).fit(motions, labels)


def test_it_names_motions_that_it_was_not_trained_on(fitted):
    motions, labels = examples(1, n=10)
    assert fitted.score(motions, labels) > 0.9
    np.testing.assert_allclose(fitted.predict_proba(motions).sum(1), 1)


def test_a_motion_of_which_a_third_was_not_seen_is_named_as_the_whole(fitted):
    motions, labels = examples(2, n=5)
    holed = [without(motion, range(5, 10)) for motion in motions]
    assert (fitted.name(holed) == labels).mean() > 0.8


def test_its_file_says_the_same_again(fitted, tmp_path):
    motions, _ = examples(1, n=2)
    loaded = hp.load_model(fitted.save(tmp_path / "motions.handpose"))
    assert type(loaded.features_) is MotionSequences
    assert type(loaded.classifier_) is MotionNet
    assert loaded.window_ms == fitted.window_ms
    np.testing.assert_allclose(
        loaded.predict_proba(motions), fitted.predict_proba(motions), atol=1e-6
    )


def test_it_predicts_without_torch(fitted, tmp_path, run_python):
    path = fitted.save(tmp_path / "motions.handpose")
    code = (
        "import sys, handpose as hp\n"
        "from tests.motions import examples\n"
        f"model = hp.load_model({str(path)!r})\n"
        "print(len(model.predict(examples(1, n=1)[0])), 'torch' in sys.modules)"
    )
    assert run_python(code) == ["4 False"]


def test_the_same_seed_gives_the_same_network(fitted):
    motions, labels = examples(0, n=6)
    one, other, third = (
        hp.make_model("motion_net", **SMALL, epochs=2, random_state=seed).fit(motions, labels)
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one.predict_proba(motions), other.predict_proba(motions))
    assert np.abs(one.predict_proba(motions) - third.predict_proba(motions)).max() > 1e-4


def test_people_are_held_out_whole_and_stop_the_training():
    motions, labels = examples(0, n=12)
    people = np.repeat(np.arange(12), 4) // 2
    net = MotionNet(**SMALL, epochs=40, patience=1, learning_rate=0.05, validation_fraction=0.1)
    vectors = MotionSequences().fit_transform(motions)
    assert net.fit(vectors, labels, people).n_iter_ < 40
    assert clone(net).set_params(epochs=4).fit(vectors, labels, people // 3).n_iter_ == 4


@pytest.mark.parametrize(
    ("motions", "epochs"), [(2, 40), (5000, 40), (5250, 40), (13_068, 16), (10**6, 10)]
)
def test_many_motions_are_learnt_in_fewer_epochs(motions, epochs):
    assert epochs_for(motions) == epochs


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"width": 10}, "width must be a multiple of 4, but is 10"),
        ({"networks": 0}, "networks must be a whole number from 1, but got 0"),
        ({"epochs": 0}, "epochs must be a whole number from 1 or None, but got 0"),
        ({"learning_rate": -1}, "learning_rate must be a number above 0"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(params, message):
    motions, labels = examples(0, n=2)
    with pytest.raises(ValueError, match=message):
        hp.make_model("motion_net", **params).fit(motions, labels)


def test_vectors_that_are_no_sequences_are_refused():
    with pytest.raises(ValueError, match=r"sequences of motions have 102, .* numbers, not 7"):
        MotionNet().fit(np.zeros((4, 7)), list("abab"))


def test_features_of_still_hands_are_refused():
    with pytest.raises(hp.HandposeError, match=r'motion_net reads motions .* features="motion"'):
        hp.make_model("motion_net", features="geometry")


def test_weights_of_another_shape_are_refused(fitted):
    net = fitted.classifier_
    known = {"classes": net.classes_, "n_features": net.n_features_in_}
    good = net.to_arrays()
    for name, changed in (
        ("stem_weight", good["stem_weight"][:, :, :-1]),
        ("mean", good["mean"][1:]),
        ("head_bias", good["head_bias"] * np.nan),
        ("coarse_1_weight", good["coarse_1_weight"][:, :2]),
        ("stem_bias", good["stem_bias"][:, :10]),
        ("head_weight", good["head_weight"][:1]),
    ):
        with pytest.raises(ValueError, match=r"must|multiple"):
            MotionNet.from_arrays(net.get_params(), good | {name: changed}, **known)
    del good["widen_bias"]
    with pytest.raises(ValueError, match="widen_bias is missing"):
        MotionNet.from_arrays(net.get_params(), good, **known)
