"""What is done with a palm: which hands get a second pass, and by what they are judged."""

from dataclasses import replace

import numpy as np
import pytest

from handpose.extractors.native.finder import (
    DOUBT,
    MAX_SHIFT,
    MIN_FIRST_PRESENCE,
    Candidates,
    HandFinder,
    confidence,
    palm_evidence,
)
from handpose.extractors.native.hands import Hands
from handpose.extractors.native.ladder import EFFORTS
from handpose.extractors.native.palms import ANCHORS
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions, hand_regions
from handpose.networks.views import COARSE, FINE
from tests.extractors.native.conftest import error

IMAGE = Picture(np.zeros((1200, 1200, 3), np.uint8))


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


class Presence:
    """The same hand, of another presence in each crop after the other."""

    def __init__(self, *presence):
        self.presence, self.points = list(presence), LandmarkNetwork().points

    def __call__(self, images):
        outputs = (self.points, [[self.presence.pop(0)]], [[0.7]], self.points / 1000)
        return [np.array(o, np.float32) for o in outputs]


def candidate(evidence=0.0):
    region = Regions(np.array([[600.0, 600.0]]), np.array([300.0]), np.array([0.0]))
    return Candidates(region, np.array([0.5]), np.array([evidence]))


def judged(*presence, evidence=0.0, threshold=0.5):
    """Hands found where the landmark network says this, one crop after the other."""
    finder = HandFinder(None, Presence(*presence), refine=False, min_confidence=threshold)
    return finder.examine(IMAGE, candidate(evidence), 1, Hands.none()), finder.hand_network


def test_a_doubtful_hand_is_believed_if_other_looks_agree():
    hands, network = judged(0.9, 0.99, 0.99)
    assert len(hands) == 1
    assert not network.presence
    assert 0.9 < hands.presence[0] < 0.99


def test_a_doubtful_hand_is_refused_if_other_looks_do_not_agree():
    assert not len(judged(0.9, 0.2, 0.1)[0])


@pytest.mark.parametrize(("presence", "evidence"), [(0.999, 0.0), (0.9, 4.0), (0.3, 0.0)])
def test_a_sure_hand_and_a_sure_absence_cost_no_further_look(presence, evidence):
    _, network = judged(presence, 0.5, 0.5, evidence=evidence)
    assert len(network.presence) == 2


def test_a_lower_threshold_never_finds_fewer_hands():
    rng = np.random.default_rng(0)
    for presence in rng.uniform(0.01, 0.999, (200, 3)):
        found = [len(judged(*presence, threshold=t)[0]) for t in (0.99, 0.9, 0.7, 0.4, 0.1)]
        assert found == sorted(found)


def test_doubt_lies_around_the_default_threshold():
    assert DOUBT[0] < 0.9 < DOUBT[1]
    hand = Hands(np.zeros((1, 21, 3)), np.zeros((1, 21, 3)), np.array([0.9]), np.array([0.5]))
    assert confidence(hand, candidate())[0] == pytest.approx(0.9)


class PalmNetwork:
    """One palm, in the middle of whatever it is shown."""

    sides = (COARSE, FINE)

    def __call__(self, images):
        side = images.shape[1]
        boxes = np.zeros((1, len(ANCHORS[side]), 18), np.float32)
        logits = np.full((1, len(ANCHORS[side]), 1), -9, np.float32)
        boxes[..., 2:4] = side / 4
        boxes[..., 9] = -side / 8  # the middle finger above the wrist
        logits[0, np.abs(ANCHORS[side] - 0.5).sum(1).argmin()] = 4
        return boxes, logits


def test_a_hand_is_judged_by_how_finely_its_palm_was_seen(network):
    seen = []

    def judge(hands, candidates):
        seen.append(candidates.evidence[0])
        return np.full(len(hands), DOUBT[0] / 2)

    candidate_score = 1 / (1 + np.exp(-4))
    finder = HandFinder(PalmNetwork(), network, refine=True, min_confidence=0.95, judge=judge)
    for view in finder.views(IMAGE, EFFORTS["balanced"].first):
        assert not len(finder.search(IMAGE, view, 1, Hands.none()))
    coarse, fine = (palm_evidence(candidate_score, side) for side in (COARSE, FINE))
    assert seen[:4] == pytest.approx([coarse, coarse, coarse, fine])


@pytest.mark.parametrize("move", [{"aside": 0.3}, {"turned": 60}])
def test_a_second_pass_mends_a_region_that_was_wrong(extractor, rendered, move):
    """What it brings where palms suggest good regions is too little for a test: see
    ``benchmarks/README.md``."""
    finder, one, two = extractor._open(), [], []
    for _, image, exact, _ in rendered:
        right = hand_regions(exact[None])
        wrong = Regions(
            right.centre + move.get("aside", 0) * right.side[:, None] * np.array([0.6, 0.8]),
            right.side,
            right.angle + np.deg2rad(move.get("turned", 0)),
        )
        hands = finder.place(Picture(image), wrong)
        one.append(error(hands, exact))
        two.append(error(finder._refined(Picture(image), hands, wrong), exact))
    assert np.mean(one) > 0.09  # in every precision 0.10 to 0.13, then 0.04
    assert np.mean(two) < 0.06
