import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score

from handpose.evaluation.metrics import (
    MISSED,
    accuracy,
    bootstrap_interval,
    confusion,
    macro_f1,
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


@pytest.fixture
def clustered():
    """40 people with 10 pictures each; of one in four, every picture is wrong."""
    people = np.repeat(np.arange(40).astype(str), 10)
    return np.repeat(np.arange(40) % 4 != 0, 10), people


def test_the_interval_contains_the_accuracy(clustered):
    correct, people = clustered
    low, high = bootstrap_interval(correct, people)
    assert low < 0.75 < high


def test_errors_that_come_in_people_widen_the_interval(clustered):
    correct, people = clustered
    low, high = bootstrap_interval(correct, people)
    narrow_low, narrow_high = bootstrap_interval(correct, np.arange(400).astype(str))
    assert high - low > 2.5 * (narrow_high - narrow_low)
    # pictures are independent: the interval of a binomial share
    width = 2 * 1.96 * np.sqrt(0.75 * 0.25 / 400)
    assert narrow_high - narrow_low == pytest.approx(width, rel=0.1)


def test_a_perfect_score_has_no_width_and_a_seed_gives_the_same_interval(clustered):
    correct, people = clustered
    assert bootstrap_interval(np.ones(400, bool), people) == (1.0, 1.0)
    assert bootstrap_interval(correct, people) == bootstrap_interval(correct, people)


def test_a_lower_level_is_a_narrower_interval(clustered):
    wide, narrow = (bootstrap_interval(*clustered, level=level) for level in (0.95, 0.5))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]
