"""Hands of other data sets that the shipped model of digits learns from."""

import numpy as np

import handpose as hp
from scripts.other_cameras import SHOWN_BY, digits_of_hagrid, digits_of_letters, joined


def made(labels):
    """A hand of each label, each of another person."""
    points = np.random.default_rng(0).uniform(0, 100, (len(labels), 21, 3))
    people = [f"p{i:02}" for i in range(len(labels))]
    return hp.Dataset(hp.Landmarks(points), labels, people, name="made")


def test_people_are_learnt_from_or_asked_about_never_both():
    hagrid = made([*SHOWN_BY, "fist", "like"] * 4)
    learnt, asked = (digits_of_hagrid(hagrid, shipped=shipped) for shipped in (True, False))
    assert len(learnt)
    assert not set(learnt.groups) & set(asked.groups)
    assert set(asked.y) == set(SHOWN_BY.values())


def test_three_fingers_are_asked_about_but_not_learnt():
    hagrid = made(["three", "three"])
    assert len(digits_of_hagrid(hagrid)) == 0
    assert digits_of_hagrid(hagrid, shipped=False).y.tolist() == ["6"]


def test_letters_get_the_names_of_digits():
    digits = digits_of_letters(made(["a", "o", "v"]))
    assert digits.y.tolist() == ["0", "2"]
    assert digits.groups.tolist() == ["letters p01", "letters p02"]


def test_data_sets_are_joined_in_order_under_all_their_names():
    both = joined(made(["a"]), made(["b", "c"]))
    assert both.y.tolist() == ["a", "b", "c"]
    assert both.name == "made + made"
