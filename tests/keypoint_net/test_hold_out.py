import numpy as np
import pytest

from handpose.keypoint_net.hold_out import hold_out

RNG = np.random.RandomState


def test_groups_never_straddle_the_split():
    groups = np.repeat(list("abcdefgh"), 5)
    train, held_out = hold_out(40, groups, 0.25, RNG(0))
    assert not set(groups[train]) & set(groups[held_out])
    assert len(held_out) == 10
    assert sorted([*train, *held_out]) == list(range(40))


def test_without_groups_every_picture_is_its_own():
    train, held_out = hold_out(20, None, 0.2, RNG(0))
    assert (len(train), len(held_out)) == (16, 4)


def test_nobody_is_held_out_by_a_fraction_of_0():
    train, held_out = hold_out(3, ["a"] * 3, 0, RNG(0))
    assert train.tolist() == [0, 1, 2]
    assert len(held_out) == 0


@pytest.mark.parametrize(
    ("count", "groups", "fraction", "message"),
    [
        (5, ["a"] * 5, 0.2, "of 1 group cannot be held out"),
        (0, None, 0.2, "of 0 groups cannot be held out"),
        (1, None, 0, "at least 2 images are needed to train on, but got 1"),
        (2, None, 0.2, "at least 2 images are needed to train on, but got 1"),
        (5, ["a", "b"], 0.2, r"groups must have shape \(5,\), but got \(2,\)"),
    ],
)
def test_too_few_are_refused(count, groups, fraction, message):
    with pytest.raises(ValueError, match=message):
        hold_out(count, groups, fraction, RNG(0))
