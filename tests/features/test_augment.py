from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.distance import pdist

import handpose as hp
from handpose.features import Augmentation, augment, palm_size

STILL = Augmentation(copies=2, roll=0, tilt=0, jitter=0)


@pytest.fixture
def hands(people):
    return people.X[:40]


def augmented(hands, augmentation, seed=0):
    return augment(hands, augmentation, np.random.default_rng(seed))


def test_copies_come_one_round_after_the_other(hands):
    copies = augmented(hands, Augmentation(copies=3))
    assert len(copies) == 3 * len(hands)
    np.testing.assert_array_equal(copies.handedness, np.tile(hands.handedness, 3))
    np.testing.assert_array_equal(copies.image_size, np.tile(hands.image_size, (3, 1)))
    np.testing.assert_allclose(copies.points[:, 0, 2], 0, atol=20)


def test_strength_zero_gives_the_same_hands(hands):
    copies = augmented(hands, STILL)
    np.testing.assert_allclose(copies.points, np.tile(hands.points, (2, 1, 1)), atol=1e-4)


def test_no_copies_are_no_hands(hands):
    assert len(augmented(hands, Augmentation(copies=0))) == 0


def test_the_same_generator_gives_the_same_copies_and_another_gives_others(hands):
    a, b, other = (augmented(hands, Augmentation(), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(a.points, b.points)
    assert np.abs(a.points - other.points).max() > 1


@pytest.mark.parametrize("turn", [{"roll": 30.0}, {"tilt": 30.0}, {"roll": 30.0, "tilt": 30.0}])
def test_a_turn_keeps_every_distance_in_space_and_the_wrist(hands, turn):
    copies = augmented(hands, replace(STILL, copies=1, **turn))
    np.testing.assert_allclose(
        [pdist(hand) for hand in copies.points], [pdist(hand) for hand in hands.points], atol=2e-3
    )
    np.testing.assert_allclose(copies.points[:, 0], hands.points[:, 0], atol=1e-4)
    assert np.abs(copies.points - hands.points).max() > 5


def test_a_roll_stays_in_the_image_plane_and_a_tilt_does_not(hands):
    rolled = augmented(hands, replace(STILL, copies=1, roll=30.0))
    np.testing.assert_allclose(rolled.points[..., 2], hands.points[..., 2], atol=1e-4)
    tilted = augmented(hands, replace(STILL, copies=1, tilt=30.0))
    assert np.abs(tilted.points[..., 2] - hands.points[..., 2]).max() > 5


def test_rolls_have_the_standard_deviation_that_was_asked_for(hands):
    many = hands[np.zeros(4000, int)]
    rolled = augmented(many, replace(STILL, copies=1, roll=20.0))
    axis = rolled.points[:, 9, :2] - rolled.points[:, 0, :2]
    original = many.points[:, 9, :2] - many.points[:, 0, :2]
    cross = original[:, 0] * axis[:, 1] - original[:, 1] * axis[:, 0]
    turns = np.degrees(np.arctan2(cross, (original * axis).sum(1)))
    assert turns.std() == pytest.approx(20, rel=0.05)
    assert turns.mean() == pytest.approx(0, abs=1.5)


def test_a_chiral_hand_stays_what_it_is(hands):
    """Rotations never make a left hand of a right one."""
    volume = np.linalg.det(hands.points[:, [5, 17, 4]] - hands.points[:, :1])
    copies = augmented(hands, replace(STILL, copies=1, roll=60.0, tilt=60.0))
    turned = np.linalg.det(copies.points[:, [5, 17, 4]] - copies.points[:, :1])
    np.testing.assert_allclose(turned, volume, rtol=1e-2, atol=5)


def test_jitter_is_a_fraction_of_the_palm(hands):
    large = replace(hands, points=hands.points * 10)
    for scaled in (hands, large):
        copies = augmented(scaled, replace(STILL, copies=1, jitter=0.1))
        noise = (copies.points - scaled.points) / palm_size(scaled.points[..., :2])[:, None, None]
        assert noise.std() == pytest.approx(0.1, rel=0.05)


def test_copies_have_no_world_coordinates(hands):
    assert np.isfinite(hands.world).all()
    assert np.isnan(augmented(hands, Augmentation()).world).all()


def test_the_settings_are_json():
    assert Augmentation(copies=1).to_dict() == {
        "copies": 1,
        "roll": 15.0,
        "tilt": 20.0,
        "jitter": 0.1,
    }
    assert hp.Augmentation is Augmentation
