import numpy as np
import pytest

from handpose.bench.statistics import compare, mcnemar, sign_flip


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
