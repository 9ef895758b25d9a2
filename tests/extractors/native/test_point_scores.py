"""How sure each landmark is: what the model looks at, and what it says of pictures."""

import json

import numpy as np
import pytest

from handpose.containers.skeletons import HandLandmark
from handpose.errors import UnknownNameError
from handpose.extractors.native import NativeExtractor
from handpose.extractors.native.point_scores import (
    FEATURES,
    MOVES,
    TABLE,
    features,
    point_scores,
)

SIZE = (640, 480)


@pytest.fixture
def hand(strangers):
    """Points and world landmarks of a hand 200 pixels large in the middle of the image."""
    five = strangers.X[strangers.y == "5"][:1]
    points, world = five.points.astype(float), five.world.astype(float)
    points *= 200 / np.ptp(points[0, :, :2], axis=0).max()
    points[..., :2] += np.array(SIZE) / 2 - points[..., :2].mean(1)
    return points, world


def scores(hand, presence=0.99, size=SIZE):
    return point_scores(*hand, np.array([presence]), size)[0]


def test_they_are_probabilities_one_for_each_landmark(hand):
    found = scores(hand)
    assert found.shape == (21,)
    assert (found > 0).all()
    assert (found < 1).all()
    assert point_scores(np.empty((0, 21, 3)), np.empty((0, 21, 3)), np.empty(0), SIZE).shape == (
        0,
        21,
    )


def test_where_the_hand_is_and_which_one_it_is_does_not_matter(hand):
    points, world = hand
    moved = points + np.array([30, -20, 0])
    np.testing.assert_allclose(scores((moved, world)), scores(hand), atol=1e-9)
    mirrored = points * [-1, 1, 1] + [SIZE[0], 0, 0], world * [-1, 1, 1]
    np.testing.assert_allclose(
        features(*mirrored, np.ones(1), SIZE)[0, :, [0, 1, 3, 4, 5, 6]],
        features(*hand, np.ones(1), SIZE)[0, :, [0, 1, 3, 4, 5, 6]],
    )


def test_hands_are_judged_one_by_one(hand):
    points, world = hand
    both = point_scores(
        np.concatenate([points, points * 0.5]),
        np.concatenate([world, world]),
        np.array([0.99, 0.3]),
        SIZE,
    )
    np.testing.assert_allclose(both[0], scores(hand))
    np.testing.assert_allclose(both[1], scores((points * 0.5, world), 0.3))


def test_a_doubtful_hand_has_doubtful_points(hand):
    assert (scores(hand, 0.5) < scores(hand, 0.999) - 0.02).all()


def test_a_point_that_another_crop_shows_elsewhere_is_less_sure(hand):
    points, world = hand
    again = points.copy()
    again[:, HandLandmark.PINKY_TIP, 0] += 40
    still, moved = (
        point_scores(points, world, np.array([0.99]), SIZE, other)[0] for other in (points, again)
    )
    assert moved[HandLandmark.PINKY_TIP] < still[HandLandmark.PINKY_TIP] - 0.2
    assert (moved <= still).all()


def test_the_table_names_what_the_model_looks_at_and_where_it_comes_from():
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    for name, looked_at in {"fast": FEATURES, "thorough": FEATURES + MOVES}.items():
        assert tuple(table[name]["weights"]) == looked_at
        assert list(table[name]["biases"]) == [landmark.name for landmark in HandLandmark]
    assert table["provenance"]["made by"] == "scripts/train_point_scores.py"


@pytest.mark.parametrize("how", ["off", "fast", "balanced", "thorough"])
def test_an_extractor_says_how_sure_points_are_as_it_is_told(networks, rendered, how):
    _, image, _, _ = rendered[0]
    with NativeExtractor(threads=1) as ordinary:
        points = ordinary.detect(image).points
    with NativeExtractor(threads=1, point_scores=how) as extractor:
        hands, video = extractor.detect(image), extractor.detect_for_video(image, 0)
        nothing = extractor.detect(np.full((64, 64, 3), 90, np.uint8))
    np.testing.assert_array_equal(hands.points, points)
    assert nothing.point_scores.shape == (0, 21)
    for found in (hands, video):
        known = (found.point_scores >= 0) & (found.point_scores <= 1)
        assert (~known if how == "off" else known).all()


def test_another_word_is_refused(networks):
    with pytest.raises(UnknownNameError, match="known: balanced, fast, off, thorough"):
        NativeExtractor(point_scores=True)


@pytest.mark.parametrize("how", ["fast", "balanced", "thorough"])
def test_a_hand_that_is_half_hidden_is_less_sure(networks, rendered, how):
    clear, hidden = [], []
    with NativeExtractor(threads=1, point_scores=how) as extractor:
        for _, image, exact, _ in rendered[::3]:
            covered = image.copy()
            low, high = exact[:, :2].min(0).astype(int), exact[:, :2].max(0).astype(int)
            covered[low[1] : (low[1] + high[1]) // 2, low[0] : high[0]] = 90
            for picture, means in ((image, clear), (covered, hidden)):
                means.extend(extractor.detect(picture).point_scores.mean(1))
    assert len(clear) >= 8
    assert np.mean(clear) > 0.6
    assert not hidden or np.mean(hidden) < np.mean(clear) - 0.1
