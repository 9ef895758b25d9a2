"""How motions of one gesture by one person vary."""

import numpy as np
import pytest

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.models.variation import FEWEST, MOST, variation_of
from tests.motions import line

WIDTH = 8


def directions(labels, people, vectors):
    """Of motions that have these vectors."""
    motions = Motions([line()] * len(labels))
    return variation_of(
        motions, np.asarray(labels), np.asarray(people), lambda chosen: vectors(len(chosen)), 0
    )


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_the_strongest_direction_is_as_long_as_the_deviation(rng):
    """The third number varies by 5, the others by 1."""
    scale = np.ones(WIDTH)
    scale[2] = 5
    labels, people = np.repeat(list("abcd"), 100), np.tile(np.repeat([1, 2], 50), 4)
    found = directions(labels, people, lambda n: rng.normal(0, scale, (n, WIDTH)))
    assert found.shape == (WIDTH, WIDTH)
    lengths = np.linalg.norm(found, axis=1)
    assert lengths[0] == pytest.approx(5, rel=0.1)
    assert lengths[1:] == pytest.approx(np.ones(WIDTH - 1), rel=0.25)
    assert abs(found[0, 2]) / lengths[0] > 0.99


def test_what_differs_between_people_and_gestures_does_not_vary():
    labels, people = np.repeat(list("ab"), 8), np.tile(np.repeat([1, 2], 4), 2)
    places = {pair: 10.0 * i for i, pair in enumerate(sorted({*zip(labels, people, strict=True)}))}
    each = np.array([places[pair] for pair in zip(labels, people, strict=True)])
    found = directions(labels, people, lambda n: np.tile(each[:, None], (1, WIDTH)))
    assert np.allclose(found, 0)


def test_hands_at_rest_do_not_count(rng):
    labels = np.array(["no_gesture"] * 20 + ["a"] * 8)
    asked = []
    directions(labels, np.ones(28), lambda n: asked.append(n) or rng.normal(0, 1, (n, WIDTH)))
    assert asked == [8]


def test_of_many_people_whole_gestures_are_looked_at(rng):
    """3,000 signers and words of five takes each."""
    labels, people = np.tile(np.arange(3000) % 60, 5), np.tile(np.arange(3000) // 60, 5)
    asked = []
    directions(
        np.char.add("word ", labels.astype(str)),
        people,
        lambda n: asked.append(n) or rng.normal(0, 1, (n, WIDTH)),
    )
    assert MOST <= asked[0] < MOST + 5


def test_where_nobody_shows_a_gesture_often_nothing_is_known(rng):
    labels = ["a", "b"] * (FEWEST - 1)
    assert directions(labels, np.ones(len(labels)), lambda n: rng.normal(0, 1, (n, 2))) is None


@pytest.mark.parametrize("vectors", [np.full((8, 3), np.nan), np.array([["a"] * 3] * 8)])
def test_of_vectors_that_are_no_numbers_nothing_is_known(vectors):
    assert directions(["a"] * 8, np.ones(8), lambda n: vectors) is None


def test_of_still_hands_nothing_is_kept():
    assert variation_of(Landmarks.empty(), np.array([]), np.array([]), len, 0) is None
