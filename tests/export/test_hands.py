"""Normalising and features in a description are the library's own."""

import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import HAND
from handpose.export.graph import Graph, evaluate
from handpose.export.hands import RIGHT, looks_left, palm_size, vectors
from handpose.features import GeneratedFeatures
from handpose.features.normalize import is_mirror_image
from handpose.features.normalize import palm_size as palm_size_in_python
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
@pytest.mark.parametrize("blocks", ["coordinates", "distances", "angles", "fingertips", "all"])
def test_every_block_is_the_librarys(hands, blocks, depth, rotate):
    found = hands[hands.detected]
    features = hp.LandmarkFeatures(blocks, rotate=rotate, depth=depth).fit(found)
    got = computed(lambda p, s: vectors(p, s, features)[0], found)
    assert got.shape == (len(found), features.n_features_out_)
    assert np.abs(got - features.transform(found)).max() < 1e-5


def test_crossings_are_the_librarys(hands):
    found = hands[hands.detected]
    features = GeneratedFeatures("angles", [BENT, PINCH, BOTH, PINCH]).fit(found)
    got = computed(lambda p, s: vectors(p, s, features)[0], found)
    assert np.abs(got - features.transform(found)).max() < 1e-5


def test_a_hand_far_from_the_corner_of_a_large_picture_is_as_exact(hands):
    """Pixels have few bits behind the point there."""
    small = hands[hands.detected]
    points = np.round(small.points * 8) / 8  # what float32 keeps at 16,000 pixels as well
    points[..., :2] += [16_000, 12_000]
    far = hp.Landmarks(points, handedness=small.handedness)
    features = hp.LandmarkFeatures("all").fit(far)
    got = computed(lambda p, s: vectors(p, s, features)[0], far)
    points[..., :2] -= [16_000, 12_000]
    near = features.transform(hp.Landmarks(points, handedness=small.handedness))
    assert np.abs(features.transform(far) - near).max() < 2e-6
    assert np.abs(got - near).max() < 4e-6


@pytest.mark.parametrize("axes", [2, 3])
def test_palms_of_motions_are_the_librarys(hands, axes):
    points = hands[hands.detected].points[..., :axes]
    graph = Graph()
    given = graph.input("points", SAMPLE["points"][..., :axes])
    graph.outputs = {"size": palm_size(given), "left": looks_left(given)}
    found = evaluate(graph, {"points": points})
    np.testing.assert_allclose(found["size"][:, 0], palm_size_in_python(points), rtol=1e-5)
    unknown = np.full(len(points), "")
    assert (found["left"][:, 0] == is_mirror_image(points, unknown)).all()


def test_hands_in_one_point_or_on_a_line_have_finite_features():
    points = np.zeros((3, 21, 3), np.float32)
    points[1, :, 1] = np.arange(21)
    points[2] = 5
    hands = hp.Landmarks(points)
    features = hp.LandmarkFeatures("all", rotate=True).fit(hands)
    got = computed(lambda p, s: vectors(p, s, features)[0], hands)
    assert np.isfinite(got).all()
    assert np.abs(got - features.transform(hands)).max() < 2e-6


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [(0, 0), (20, 1), (13, 2)])
def test_a_hand_is_missing_if_a_number_is_not_finite(value, place):
    points = np.ones((2, len(HAND), 3), np.float32)
    points[(1, *place)] = value
    graph = Graph()
    given = graph.input("points", SAMPLE["points"])
    graph.outputs = {"found": vectors(given, RIGHT, hp.LandmarkFeatures())[1]}
    assert evaluate(graph, {"points": points})["found"].tolist() == [[True], [False]]
