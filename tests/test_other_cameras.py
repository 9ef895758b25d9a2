"""Hands of other data sets that the shipped model of digits learns from."""

import numpy as np

import handpose as hp
from handpose.containers.labels import MIN_SCORE_WITH_NONE, NO_GESTURE
from scripts.no_digit import MADE, made_hands, resting_of_hagrid
from scripts.other_cameras import ASKED, SHOWN_BY, digits_of_hagrid, digits_of_letters


def made(labels):
    """A hand of each label, each of another person."""
    points = np.random.default_rng(0).uniform(0, 100, (len(labels), 21, 3))
    people = [f"p{i:02}" for i in range(len(labels))]
    return hp.Dataset(hp.Landmarks(points), labels, people, name="made")


def test_people_are_learnt_from_or_asked_about_never_both():
    hagrid = made([*SHOWN_BY, "fist", "like"] * 4)
    learnt, asked = digits_of_hagrid(hagrid), digits_of_hagrid(hagrid, people=ASKED)
    assert len(learnt)
    assert not set(learnt.groups) & set(asked.groups)
    assert set(asked.y) == set(SHOWN_BY.values())


def test_three_fingers_are_asked_about_but_not_learnt():
    hagrid = made(["three", "three"])
    assert len(digits_of_hagrid(hagrid)) == 0
    assert digits_of_hagrid(hagrid, people=ASKED).y.tolist() == ["6"]


def test_hands_at_rest_are_of_the_same_people_as_the_digits_that_are_learnt():
    hagrid = made([*SHOWN_BY, "like", NO_GESTURE] * 4)
    resting, others = resting_of_hagrid(hagrid), resting_of_hagrid(hagrid, people=ASKED)
    assert set(resting.y) == {NO_GESTURE}
    assert not set(resting.groups) & {
        *others.groups,
        *digits_of_hagrid(hagrid, people=ASKED).groups,
    }
    assert len(resting) + len(others) == 4


def test_made_hands_are_none_that_a_model_of_digits_names(people):
    found = made_hands(people, n=100)
    assert 10 < len(found) < 100
    assert set(found.y) == {NO_GESTURE}
    assert all(group.startswith(MADE) for group in found.groups)
    model = hp.make_model("svm").fit(*people)
    assert model.gesture_scores(found.X).max() < MIN_SCORE_WITH_NONE


def test_letters_get_the_names_of_digits():
    digits = digits_of_letters(made(["a", "o", "v"]))
    assert digits.y.tolist() == ["0", "2"]
    assert digits.groups.tolist() == ["letters p01", "letters p02"]
