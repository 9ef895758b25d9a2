"""The second pass: which hands get one, and that each hand gets its own."""

from dataclasses import replace

import numpy as np
import pytest

from handpose.extractors.native.finder import MAX_SHIFT, MIN_FIRST_PRESENCE, HandFinder
from handpose.extractors.native.hands import Hands

IMAGE = np.zeros((1200, 1200, 4), np.uint8)


class LandmarkNetwork:
    """The same hand in every crop; counts the crops."""

    def __init__(self):
        self.points = np.random.default_rng(0).uniform(60, 160, (1, 63)).astype(np.float32)
        self.crops = 0

    def __call__(self, images):
        self.crops += len(images)
        outputs = (self.points, [[0.9]], [[0.7]], self.points / 1000)
        return [np.repeat(np.array(o, np.float32), len(images), 0) for o in outputs]


@pytest.fixture
def network():
    return LandmarkNetwork()


@pytest.fixture
def finder(network):
    return HandFinder(palm_network=None, hand_network=network, min_confidence=0.5, refine=True)


@pytest.fixture
def hands():
    """Three upright hands, far from each other."""
    points = np.random.default_rng(1).uniform(0, 60, (3, 21, 3))
    points[:, 0, 1] = 120
    points += 300 * np.arange(1, 4)[:, None, None]
    return Hands(points, points / 1000, np.full(3, 0.9), np.full(3, 0.9))


def moved(regions, row, sides):
    centre = regions.centre.copy()
    centre[row, 0] += sides * regions.side[row]
    return replace(regions, centre=centre)


def test_only_the_hand_whose_region_was_wrong_is_placed_again(finder, network, hands):
    first = moved(hands.regions(), 1, 2 * MAX_SHIFT)
    refined = finder._refined(IMAGE, hands, first)
    assert network.crops == 1
    for row in (0, 2):
        np.testing.assert_array_equal(refined.points[row], hands.points[row])
    expected = finder.place(IMAGE, hands.regions()[1:2])
    np.testing.assert_allclose(refined.points[1], expected.points[0])
    assert refined.right[1] == pytest.approx(0.7)


def test_a_region_that_was_nearly_right_is_kept(finder, network, hands):
    assert finder._refined(IMAGE, hands, moved(hands.regions(), 1, MAX_SHIFT / 2)) is hands
    assert network.crops == 0


def test_where_no_hand_is_none_is_placed_again(finder, network, hands):
    nothing = replace(hands, presence=np.full(3, MIN_FIRST_PRESENCE / 2))
    finder._refined(IMAGE, nothing, moved(hands.regions(), 1, 2 * MAX_SHIFT))
    assert network.crops == 0
