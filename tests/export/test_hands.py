"""Normalising and features in a description are the library's own, to the last bit."""

import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import HAND
from handpose.export.graph import Graph, evaluate
from handpose.export.hands import normalized, present, vectors
from handpose.features import GeneratedFeatures
from handpose.features.normalize import normalize
from tests.export.conftest import given

SAMPLE = {
    "points": np.random.default_rng(0).uniform(0, 1, (1, 21, 3)).astype(np.float32),
    "side": np.zeros(1, np.float32),
}

PINCH = "distance(THUMB_TIP, INDEX_FINGER_TIP) / distance(WRIST, MIDDLE_FINGER_MCP)"
BENT = "flexion(INDEX_FINGER_PIP) - spread(INDEX, MIDDLE)"
BOTH = "flexion(INDEX_FINGER_PIP) * distance(WRIST, PINKY_TIP)"


def computed(make, hands):
    graph = Graph()
    points, side = (graph.input(name, sample) for name, sample in SAMPLE.items())
    graph.outputs = {"found": make(points, side)}
    return evaluate(graph, given(hands))["found"]


@pytest.mark.parametrize("rotate", [False, True])
@pytest.mark.parametrize("depth", [False, True])
def test_hands_are_normalised_as_in_the_library(hands, rotate, depth):
    found = hands[hands.detected]
    features = hp.LandmarkFeatures(rotate=rotate, depth=depth)
    got = computed(lambda points, side: normalized(points, side, features), found)
    axes = 3 if depth else 2
    want = normalize(found.points[..., :axes], found.handedness, rotate=rotate)
    assert (got.transpose(0, 2, 1) == want).all()


@pytest.mark.parametrize("rotate", [False, True])
@pytest.mark.parametrize("depth", [False, True])
@pytest.mark.parametrize("blocks", ["coordinates", "distances", "angles", "fingertips", "all"])
def test_every_block_is_the_librarys(hands, blocks, depth, rotate):
    found = hands[hands.detected]
    features = hp.LandmarkFeatures(blocks, rotate=rotate, depth=depth).fit(found)
    got = computed(lambda p, s: vectors(normalized(p, s, features), features), found)
    assert got.shape == (len(found), features.n_features_out_)
    assert np.abs(got - features.transform(found)).max() < 2e-6


def test_crossings_are_the_librarys(hands):
    found = hands[hands.detected]
    features = GeneratedFeatures("angles", [BENT, PINCH, BOTH, PINCH]).fit(found)
    got = computed(lambda p, s: vectors(normalized(p, s, features), features), found)
    assert np.abs(got - features.transform(found)).max() < 1e-5


def test_hands_in_one_point_or_on_a_line_have_finite_features():
    points = np.zeros((3, 21, 3), np.float32)
    points[1, :, 1] = np.arange(21)
    points[2] = 5
    hands = hp.Landmarks(points)
    features = hp.LandmarkFeatures("all", rotate=True).fit(hands)
    got = computed(lambda p, s: vectors(normalized(p, s, features), features), hands)
    assert np.isfinite(got).all()
    assert np.abs(got - features.transform(hands)).max() < 2e-6


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0), (20, 1), (13, 2)])
def test_a_hand_is_missing_if_a_number_is_not_finite(value, place):
    points = np.ones((2, len(HAND), 3), np.float32)
    points[(1, *place)] = value
    graph = Graph()
    graph.outputs = {"found": present(graph.input("points", SAMPLE["points"]))}
    assert evaluate(graph, {"points": points})["found"].tolist() == [True, False]
