import numpy as np
import pytest

from handpose.evaluation.statistics import (
    accuracy_interval,
    bootstrap_interval,
    compare,
    difference_interval,
    holm,
    mcnemar,
    sign_flip,
    wilson_interval,
)


def rights(*wrong, n=20):
    answers = np.ones(n, bool)
    answers[list(wrong)] = False
    return answers


def test_mcnemar_is_the_sign_test_on_disagreements():
    assert mcnemar(rights(), rights()) == 1
    assert mcnemar(rights(), rights(0, 1, 2, 3, 4, 5)) == pytest.approx(2 / 2**6)
    assert mcnemar(rights(0, 1), rights(2, 3)) == 1
    assert mcnemar(rights(7), rights(7, 0, 1, 2)) == pytest.approx(2 / 2**3)


def test_sign_flip_counts_subjects_not_photos():
    difference = np.ones(20)
    one, many = np.full(20, "a"), np.arange(20).astype(str)
    assert sign_flip(difference, one) == 1
    assert sign_flip(difference, many) < 0.001
    assert sign_flip(difference, np.repeat(list("abcd"), 5)) == pytest.approx(2 / 2**4, abs=0.01)


def test_sign_flip_of_equals_is_one():
    assert sign_flip(np.zeros(4), np.array(list("abcd"))) == 1


def test_compare_is_signed_and_symmetric():
    subjects = np.repeat([f"s{i}" for i in range(10)], 2)
    better, worse = rights(0), rights(0, 2, 4, 6)
    there, back = compare(better, worse, subjects), compare(worse, better, subjects)
    assert there.difference == pytest.approx(3 / 20) == -back.difference
    assert (there.first_only, there.second_only) == (3, 0) == (back.second_only, back.first_only)
    assert 0 <= there.low <= there.difference <= there.high
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low), abs=0.02)
    assert there.mcnemar_p == back.mcnemar_p


def test_without_subjects_each_photo_stands_for_itself():
    unknown = np.full(20, "")
    named = np.arange(20).astype(str)
    better, worse = rights(0), rights(0, 2, 4, 6)
    assert compare(better, worse, unknown) == compare(better, worse, named)


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


def test_a_seed_gives_the_same_interval(clustered):
    correct, people = clustered
    assert bootstrap_interval(correct, people) == bootstrap_interval(correct, people)


def test_a_lower_level_is_a_narrower_interval(clustered):
    wide, narrow = (bootstrap_interval(*clustered, level=level) for level in (0.95, 0.5))
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_thirty_of_thirty_right_is_no_certainty():
    right, people = np.ones(30, bool), np.arange(30).astype(str)
    low, high = accuracy_interval(right, people)
    assert low == pytest.approx(0.8865, abs=1e-4)  # 30 / (30 + 1.96**2)
    assert high == 1
    assert accuracy_interval(~right, people) == pytest.approx((0, 1 - low))


def test_pictures_of_few_people_are_few_samples():
    right, people = np.ones(300, bool), np.repeat(list("abc"), 100)
    assert accuracy_interval(right, people)[0] == pytest.approx(3 / (3 + 1.96**2), abs=1e-3)


def test_one_subject_tells_nothing_about_people():
    assert accuracy_interval(np.array([True] * 90 + [False] * 4), np.full(94, "me")) is None
    assert difference_interval(np.ones(9), np.full(9, "me")) == (-1, 1)


def test_with_few_subjects_the_interval_is_at_least_that_of_wilson(clustered):
    correct, people = clustered
    few = np.isin(people, list("0123"))
    low, high = accuracy_interval(correct[few], people[few])
    least = wilson_interval(0.75, 4)
    assert low <= least[0] < least[1] <= high
    assert accuracy_interval(correct, people) == bootstrap_interval(correct, people)


def test_wilson_is_that_of_the_literature():
    """Newcombe, Statistics in Medicine 1998, table I: 81 of 263 and 0 of 20."""
    assert wilson_interval(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson_interval(0, 20) == pytest.approx((0, 0.1611), abs=1e-4)


def test_equal_answers_are_no_proof_of_equality():
    same = np.ones(30, bool)
    found = compare(same, same, np.arange(30).astype(str))
    assert found.difference == 0
    assert found.high == pytest.approx(1 - 0.8865, abs=1e-3)
    assert found.low == -found.high
    assert found.sign_flip_p == 1


def test_holm_multiplies_the_smallest_most_and_keeps_the_order():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.8]) == [1, 1]
    assert holm([]) == []
