from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold
from sklearn.utils.estimator_checks import parametrize_with_checks

import handpose as hp
from handpose.classifiers import SVM
from handpose.classifiers import svm as svm_module
from handpose.classifiers.sigmoids import PRIOR_SLOPE
from handpose.evaluation.metrics import expected_calibration_error


@parametrize_with_checks([SVM()])
def test_passes_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.fixture
def blobs():
    """Two classes, well apart, and a point far from both."""
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(-2, 1, (60, 2)), rng.normal(2, 1, (60, 2))])
    return X, np.repeat(["a", "b"], 60)


def test_an_obvious_case(blobs):
    svm = SVM(random_state=0).fit(*blobs)
    assert svm.predict([[-2, -2], [2, 2]]).tolist() == ["a", "b"]
    assert svm.predict_proba([[-2, -2]])[0, 0] > 0.9
    assert svm.predict_proba([[0.0, 0.0]]).max() < 0.9


def test_for_two_classes_the_decision_is_positive_for_the_second(blobs):
    svm = SVM(random_state=0).fit(*blobs)
    X = np.random.default_rng(1).normal(0, 2, (50, 2))
    np.testing.assert_array_equal(svm.decision_function(X) > 0, svm.predict(X) == "b")
    np.testing.assert_array_equal(svm.predict_proba(X)[:, 1] > 0.5, svm.predict(X) == "b")


def test_new_people_are_less_surprising_than_without_calibration(vectors, held_out):
    X, y, groups = vectors
    losses = [
        log_loss(held_out[1], svm.fit(X, y, groups=groups).predict_proba(held_out[0]))
        for svm in (SVM(random_state=0), SVM(calibrate=False))
    ]
    assert losses[0] < losses[1]


@pytest.mark.parametrize(
    ("name", "error", "loss"),
    [
        ("sign_language_digits", 0.005, 0.03),
        pytest.param(
            *("hagrid_landmarks", 0.025, 0.15), marks=[pytest.mark.photos, pytest.mark.slow]
        ),
    ],
)
def test_a_score_is_as_often_right_as_it_says(request, monkeypatch, name, error, loss):
    if name != "sign_language_digits":
        monkeypatch.setenv("HANDPOSE_DATA", str(request.getfixturevalue("data_root")))
    dataset = hp.load_dataset(name)
    hands, labels, subjects = dataset[dataset.X.detected]
    X = hp.LandmarkFeatures("geometry").fit_transform(hands)
    probabilities = np.zeros((len(X), len(set(labels))))
    for train, test in GroupKFold(3).split(X, labels, subjects):
        svm = SVM(random_state=0).fit(X[train], labels[train], groups=subjects[train])
        probabilities[test] = svm.predict_proba(X[test])
    assert expected_calibration_error(probabilities, labels, svm.classes_) < error
    assert log_loss(labels, probabilities) < loss


def test_groups_are_kept_whole_while_calibrating(vectors, monkeypatch):
    X, y, groups = vectors
    sides = []

    class Spy(svm_module.StratifiedGroupKFold):
        def split(self, X, y, groups):
            for train, test in super().split(X, y, groups):
                sides.append((set(groups[train]), set(groups[test])))
                yield train, test

    monkeypatch.setattr(svm_module, "StratifiedGroupKFold", Spy)
    SVM(random_state=0).fit(X, y, groups=groups)
    assert len(sides) > 1
    assert all(not train & test for train, test in sides)
    assert all(train | test == set(groups) for train, test in sides)


def test_samples_that_come_in_pairs_look_easier_unless_pairs_stay_together(blobs):
    X, y = np.repeat(blobs[0], 2, axis=0), np.repeat(blobs[1], 2)
    pairs = np.repeat(np.arange(len(blobs[1])), 2)
    flipped = np.isin(pairs, np.arange(0, 120, 6))
    y = np.where(flipped, np.where(y == "a", "b", "a"), y)
    apart = SVM(gamma=30.0, random_state=0).fit(X, y, groups=pairs)
    mixed = SVM(gamma=30.0, random_state=0).fit(X, y)
    assert mixed.pair_slopes_[0] > 1.5 * apart.pair_slopes_[0]


@pytest.mark.parametrize("groups", [None, ["p"] * 6, list("pppqqq")])
def test_what_cannot_be_held_out_is_not_measured(groups):
    X = np.array([[0.0], [1], [2], [10], [11], [12]])
    y = ["a"] * 5 + ["b"] if groups is None else list("aaabbb")
    svm = SVM().fit(X, y, groups=groups)
    assert svm.pair_slopes_.tolist() == [PRIOR_SLOPE]
    assert svm.predict_proba(X)[0].max() > 0.9


def test_a_class_of_one_group_is_calibrated_as_the_others(vectors):
    X, y, groups = vectors
    alone = np.where(y == "3", "everyone's", groups)
    svm = SVM(random_state=0).fit(X, y, groups=alone)
    of_three = np.array([i == 3 or j == 3 for i, j in combinations(range(10), 2)])
    slopes = svm.pair_slopes_
    assert np.ptp(slopes[of_three]) < 1e-9
    assert np.ptp(slopes[~of_three]) > 0.01


def test_weights_of_classes_may_be_given_by_label(blobs):
    X, y = blobs
    X, y = np.concatenate([X, [[9.0, 9], [9, 8]]]), np.append(y, ["c", "c"])
    groups = np.append(np.arange(120), [200, 200])  # c is not in every fold
    svm = SVM(class_weight={"c": 5.0}, random_state=0).fit(X, y, groups=groups)
    assert svm.predict([[9.0, 9]]) == ["c"]


@pytest.mark.parametrize("n_classes", [2, 10, 36])
def test_a_hand_a_gesture_is_enough_to_be_named(n_classes):
    """The scores of a few samples have no ceiling, however many classes there are."""
    rng = np.random.default_rng(n_classes)
    centres = rng.normal(0, 3, (n_classes, 40))
    X = np.concatenate([centres + rng.normal(0, 0.3, centres.shape) for _ in range(5)])
    y, groups = np.tile(np.arange(n_classes), 5), np.tile(np.arange(n_classes), 5)
    svm = SVM(random_state=0).fit(X, y, groups=groups)
    scores = svm.predict_proba(centres + rng.normal(0, 0.3, centres.shape))
    assert scores.argmax(1).tolist() == list(range(n_classes))
    assert scores.max(1).min() > 0.8
