"""What a set of samples lacks."""

import numpy as np
import pytest

import handpose as hp
from handpose.studio.advice import advice, variety
from handpose.studio.album import Sample


def sample(hands, row, label="fist", subject="anna", light=90.0, side="Right"):
    hand = hp.Landmarks(hands.points[row : row + 1], handedness=[side])
    return Sample(f"{label}/{subject}-{row:04d}.jpg", label, subject, hand, light)


@pytest.fixture
def good(hands):
    """Two gestures and hands at rest, by two people, in two lights, of both sides."""
    return [
        sample(
            hands,
            row,
            label,
            ("anna", "ben")[row % 2],
            light=60.0 + 40 * (row % 2),
            side=("Left", "Right")[row % 2],
        )
        for label in ("fist", "one", "no_gesture")
        for row in range(0, 60, 5)
    ]


def labels(samples):
    return list(dict.fromkeys(s.label for s in samples))


def told(samples, words, more=()):
    return any(words in line for line in advice(samples, [*labels(samples), *more]))


def test_nothing_is_said_of_a_good_set_and_of_none_at_all(good):
    assert advice(good, labels(good)) == []
    assert advice([], ["fist"]) == []


def test_few_pictures(good):
    assert told(good[:-5], "Too few pictures of no_gesture (7)")
    assert told(good, "Too few pictures of palm (0)", more=["palm"])


def test_one_person(good, hands):
    alone = [s for s in good if s.subject == "anna"]
    assert told(alone, "Only one person: this says nothing about others.")
    assert not told(good, "Only one person")
    palm = [sample(hands, row, "palm", "ben") for row in range(12)]
    assert told(good + palm, "Only one person shows palm")


def test_alike(good, hands):
    same = [sample(hands, 3, "palm", ("anna", "ben")[n % 2]) for n in range(12)]
    assert told(good + same, "Pictures of palm are alike")


def test_one_side_and_one_light(good):
    right = [Sample(s.path, s.label, s.subject, _right(s.hands), s.light) for s in good]
    assert told(right, "Only right hands: left ones")
    dark = [Sample(s.path, s.label, s.subject, s.hands, 60.0) for s in good]
    assert told(dark, "the same brightness")


def test_no_hands_at_rest(good):
    assert told([s for s in good if s.label != "no_gesture"], "add no_gesture")


def test_variety_is_the_mean_distance_of_two_hands(hands):
    assert variety(hands[:1]) == 0
    assert variety(hands[[0, 0]]) == pytest.approx(0, abs=1e-6)
    two, three = variety(hands[[0, 7]]), variety(hands[[0, 7, 7]])
    assert three == pytest.approx(two * 2 / 3, rel=1e-4)
    assert np.isfinite(variety(hp.Landmarks.missing([(10, 10)] * 3)))


def _right(hands):
    return hp.Landmarks(hands.points, handedness=["Right"])
