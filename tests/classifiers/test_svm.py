import numpy as np
import pytest
from sklearn.metrics import log_loss
from sklearn.utils.estimator_checks import parametrize_with_checks

from handpose.classifiers import SVM
from handpose.classifiers import svm as svm_module


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


def test_its_temperature_makes_new_people_more_likely_than_none(vectors, held_out):
    X, y, groups = vectors
    svm = SVM(random_state=0).fit(X, y, groups=groups)
    measured = log_loss(held_out[1], svm.predict_proba(held_out[0]))
    predicted = svm.predict(held_out[0])
    svm.temperature_ = svm_module.STEEPNESS
    assert measured < 0.9 * log_loss(held_out[1], svm.predict_proba(held_out[0]))
    np.testing.assert_array_equal(svm.predict(held_out[0]), predicted)


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


def test_groups_change_the_temperature(blobs):
    """Samples that come in identical pairs look easier unless pairs stay together."""
    X, y = np.repeat(blobs[0], 2, axis=0), np.repeat(blobs[1], 2)
    pairs = np.repeat(np.arange(len(blobs[1])), 2)
    flipped = np.isin(pairs, np.arange(0, 120, 6))
    y = np.where(flipped, np.where(y == "a", "b", "a"), y)
    apart = SVM(gamma=30.0, random_state=0).fit(X, y, groups=pairs).temperature_
    mixed = SVM(gamma=30.0, random_state=0).fit(X, y).temperature_
    assert apart > 1.5 * mixed


@pytest.mark.parametrize("groups", [None, ["p"] * 6])
def test_with_too_few_samples_the_temperature_is_not_measured(groups):
    X = np.array([[0.0], [1], [2], [10], [11], [12]])
    y = ["a"] * 5 + ["b"] if groups is None else list("aaabbb")
    svm = SVM().fit(X, y, groups=groups)
    assert svm.temperature_ == svm_module.STEEPNESS
    assert np.isfinite(svm.predict_proba(X)).all()
