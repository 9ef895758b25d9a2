import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score

from handpose.containers.labels import MISSED
from handpose.evaluation.metrics import (
    accuracy,
    confusion,
    expected_calibration_error,
    macro_f1,
    reliability,
    subject_scores,
)

TRUTH = np.array(["a", "a", "a", "b", "b", "c"])
PREDICTED = np.array(["a", "b", MISSED, "b", "b", "a"])


def test_accuracy_is_the_share_of_what_is_right():
    assert accuracy(np.array([True, False, True, True])) == 0.75
    assert np.isnan(accuracy(np.array([], bool)))


def test_a_miss_lowers_recall_and_is_no_label_of_its_own():
    # a: precision 1/2, recall 1/3; b: 2/3, 1; c: nothing
    expected = (2 * 0.5 * (1 / 3) / (0.5 + 1 / 3) + 2 * (2 / 3) / (5 / 3) + 0) / 3
    assert macro_f1(TRUTH, PREDICTED) == pytest.approx(expected)


def test_macro_f1_without_misses_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, predicted = rng.choice(list("abc"), (2, 200))
    assert macro_f1(truth, predicted) == pytest.approx(f1_score(truth, predicted, average="macro"))


def test_a_label_that_is_only_predicted_does_not_count_in_macro_f1():
    assert macro_f1(np.array(["a", "a"]), np.array(["a", "z"])) == pytest.approx(2 / 3)


def test_the_confusion_matrix_has_a_last_column_of_misses():
    counts = confusion(TRUTH, PREDICTED, ["a", "b", "c", "d"])
    assert counts.tolist() == [[1, 1, 0, 0, 1], [0, 2, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]


def test_the_confusion_matrix_without_misses_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    truth, predicted = rng.choice(list("abc"), (2, 200))
    counts = confusion(truth, predicted, list("abc"))
    np.testing.assert_array_equal(counts[:, :3], confusion_matrix(truth, predicted))
    assert not counts[:, 3].any()


def test_subjects_come_worst_first_and_the_larger_of_equals_before_the_smaller():
    subjects = np.array(["ann", "bob", "bob", "cid", "cid", "cid", "dan"])
    correct = np.array([True, True, False, False, False, False, False])
    scores = subject_scores(correct, subjects)
    assert scores.names == ["cid", "dan", "bob", "ann"]
    assert scores.accuracies.tolist() == [0, 0, 0.5, 1]
    assert scores.counts.tolist() == [3, 1, 2, 1]


def test_the_calibration_error_is_the_mean_gap_between_scores_and_what_is_right():
    scores = np.repeat([0.9, 0.6], 10)
    probabilities = np.stack([scores, 1 - scores], 1)
    truth = np.array(["a"] * 9 + ["b"] + ["a"] * 2 + ["b"] * 8)
    assert expected_calibration_error(probabilities, truth, ["a", "b"]) == pytest.approx(0.2)
    probabilities[10:] = np.nan  # hands that were not found have no score
    found = expected_calibration_error(probabilities, truth, ["a", "b"])
    assert found == pytest.approx(0, abs=1e-9)
    assert np.isnan(expected_calibration_error(probabilities[10:], truth[10:], ["a", "b"]))


def test_a_certain_score_that_is_right_has_no_error():
    assert expected_calibration_error(np.eye(3), np.array(list("abc")), list("abc")) == 0


def test_scores_that_are_as_often_right_as_they_say_have_no_calibration_error():
    probabilities = np.array([[0.75, 0.25]] * 4 + [[0.0, 1.0]] * 3)
    truth = np.array(["a", "a", "a", "b"] + ["b"] * 3)
    assert expected_calibration_error(probabilities, truth, ["a", "b"]) == pytest.approx(0)


def test_the_calibration_error_is_the_mean_gap_of_the_intervals():
    probabilities = np.array([[0.9, 0.1], [0.1, 0.9], [0.4, 0.6], [1.0, 0.0]])
    truth = np.array(["a", "a", "b", "a"])
    # [8/15, 10/15): 0.6 is right (gap 0.4); [13/15, 14/15): 0.9 is right once in two; 1.0 is right
    expected = (1 * 0.4 + 2 * 0.4 + 1 * 0) / 4
    assert expected_calibration_error(probabilities, truth, ["a", "b"]) == pytest.approx(expected)
    one = expected_calibration_error(probabilities, truth, ["a", "b"], bins=1)
    assert one == pytest.approx(abs(0.85 - 0.75))


def test_hands_that_were_not_found_are_not_calibrated():
    probabilities = np.array([[0.8, 0.2], [np.nan, np.nan]])
    found = expected_calibration_error(probabilities, np.array(["a", "b"]), ["a", "b"])
    assert found == pytest.approx(0.2)
    assert np.isnan(expected_calibration_error(probabilities[1:], np.array(["b"]), ["a", "b"]))


def test_reliability_has_a_point_for_each_interval_with_hands():
    chances = np.array([[0.95, 0.05], [0.95, 0.05], [0.55, 0.45], [np.nan, np.nan]])
    scores, right, counts = reliability(chances, np.array(list("abba")), ["a", "b"])
    np.testing.assert_allclose(scores, [0.55, 0.95])
    np.testing.assert_allclose(right, [0, 0.5])
    assert counts.tolist() == [1, 2]
