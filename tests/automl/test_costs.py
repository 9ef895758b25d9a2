from dataclasses import dataclass

import pytest

import handpose as hp
from handpose.automl.candidates import Candidate
from handpose.automl.costs import CALIBRATION, MARGIN, expected_fold_seconds, finishing_seconds


@dataclass
class Fitted:
    candidate: Candidate
    fold_seconds: float


def forest(trees, copies=0):
    augmentation = hp.Augmentation(copies) if copies else None
    return Candidate("random_forest", {"n_estimators": trees}, augmentation=augmentation)


def test_twice_the_trees_and_five_times_the_hands_take_ten_times_as_long():
    seen = [Fitted(forest(100), 2.0), Fitted(Candidate("knn"), 50.0)]
    assert expected_fold_seconds(forest(200, copies=4), seen, 1000) == pytest.approx(20)


def test_the_slowest_of_a_kind_is_expected_again():
    seen = [Fitted(forest(100), 2.0), Fitted(forest(100), 3.0)]
    assert expected_fold_seconds(forest(100), seen, 1000) == pytest.approx(3)


def test_what_was_never_fitted_is_guessed_from_the_hands():
    guess = expected_fold_seconds(Candidate("mlp"), [], 1000)
    assert guess > 1
    assert expected_fold_seconds(Candidate("mlp"), [], 3000) == pytest.approx(3 * guess)
    assert expected_fold_seconds(Candidate("logistic"), [], 1000) == 0


def test_the_end_is_two_fits_and_a_calibration():
    knn, svm = Fitted(Candidate("knn"), 1.0), Fitted(Candidate("svm"), 1.0)
    assert finishing_seconds(knn, 100, 200, 300) == pytest.approx(MARGIN * (2 + 3))
    assert finishing_seconds(svm, 100, 200, 300) == pytest.approx(MARGIN * (4 + 9 * CALIBRATION))
