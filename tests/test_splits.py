"""`hold_out`; `grouped_folds` is tested with `cross_validate`, whose folds it makes."""

import numpy as np
import pytest

import handpose as hp
from handpose.splits import grouped_folds, hold_out


def made_up(people=40, rows=5, labels=4, seed=0):
    """Labels and people of rows: each person shows each label about equally often."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(np.arange(people), rng.integers(1, 2 * rows, people))
    return rng.integers(0, labels, len(groups)), groups


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5, 0.8])
def test_whole_groups_are_held_out_of_each_label_alike(share):
    labels, groups = made_up()
    train, held = hold_out(len(labels), labels, groups, share)
    assert sorted([*train, *held]) == list(range(len(labels)))
    assert not set(groups[train]) & set(groups[held])
    assert len(held) / len(labels) == pytest.approx(share, abs=0.04)
    for label in range(4):
        rows = labels == label
        assert rows[held].sum() / rows.sum() == pytest.approx(share, abs=0.12)


def test_without_groups_rows_are_held_out_of_each_label_alike():
    labels = np.repeat(["a", "b", "c"], [100, 50, 10])
    _, held = hold_out(160, labels, share=0.2)
    assert np.unique(labels[held], return_counts=True)[1].tolist() == [20, 10, 2]


def test_without_labels_the_share_of_the_rows_counts():
    groups = np.repeat(np.arange(10), 10)
    train, held = hold_out(100, groups=groups, share=0.3)
    assert len(held) == 30
    assert not set(groups[train]) & set(groups[held])


def test_a_label_is_never_held_out_altogether():
    labels = np.array(["a"] * 30 + ["rare"] * 2 + ["lone"])
    groups = np.array([*range(30), 30, 31, 32])
    for seed in range(20):
        train, _ = hold_out(33, labels, groups, 0.5, seed)
        assert set(labels[train]) == {"a", "rare", "lone"}


def test_the_random_state_decides_and_repeats():
    labels, groups = made_up()
    held = [hold_out(len(labels), labels, groups, 0.2, seed)[1].tolist() for seed in (0, 0, 1)]
    assert held[0] == held[1] != held[2]
    given = hold_out(len(labels), labels, groups, 0.2, np.random.RandomState(0))[1]
    assert given.tolist() == held[0]


def test_a_share_above_zero_holds_out_at_least_one_group_and_zero_none():
    groups = np.repeat([0, 1], [70, 30])
    assert hold_out(100, groups=groups, share=0.01)[1].tolist() == list(range(70, 100))
    train, held = hold_out(100, groups=groups, share=0)
    assert (len(train), len(held)) == (100, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 4, "share": 1}, "must be from 0 to below 1, but got 1"),
        ({"n": 4, "share": float("nan")}, "but got nan"),
        ({"n": 4, "labels": ["a"] * 3}, r"labels must have one entry a row \(4\)"),
        ({"n": 4, "groups": ["a"] * 5}, r"groups must have one entry a row \(4\)"),
        ({"n": 4, "groups": ["a"] * 4}, "none of 1 group can be held out"),
        ({"n": 2, "labels": ["a", "b"]}, "none of 2 groups can be held out without losing a label"),
        ({"n": 0}, "none of 0 groups"),
    ],
)
def test_what_cannot_be_held_out_is_refused(arguments, message):
    with pytest.raises(hp.DatasetError, match=message):
        hold_out(**arguments)


def test_folds_of_nothing_are_refused():
    with pytest.raises(hp.DatasetError, match="no pictures; evaluation needs at least two"):
        grouped_folds([], [])
