import numpy as np
import pytest

from handpose.automl.choosing import clearly_better

SUBJECTS = np.repeat(list("abcdefghij"), 10)


@pytest.mark.parametrize(
    ("wrong", "other_wrong", "better"),
    [
        ([], [], False),
        ([], [0], False),  # one hand is one person's luck
        ([], [0, 10], True),  # two people against none: 2 > sqrt(2)
        ([20], [0, 10], False),  # two against one: 1 < sqrt(3)
        ([20], [0, 10, 30, 40], True),  # four against one: 3 > sqrt(5)
        ([0, 10], [], False),
        ([5, 15], [0, 10], False),  # one hand for another of the same people
    ],
)
def test_a_lead_is_measured_in_standard_errors(wrong, other_wrong, better):
    assert clearly_better(wrong, other_wrong, SUBJECTS) is better


def test_many_hands_of_one_person_are_one_person():
    assert not clearly_better([], range(10), SUBJECTS)
    assert clearly_better([], range(0, 100, 10), SUBJECTS)


def test_what_both_have_wrong_does_not_count():
    shared = list(range(30, 90))
    assert clearly_better(shared, [0, 10, *shared], SUBJECTS)
