"""Smooth landmarks: one filter a hand, in palm sizes."""

import numpy as np
import pytest

import handpose as hp
from handpose.temporal import LandmarkSmoother


def noisy(open_hand, seed, scale=1.0, shift=0.0):
    noise = np.random.default_rng(seed).normal(0, 2.0, open_hand.shape)
    return hp.Landmarks([(open_hand + noise) * scale + shift])


def smoothed(frames, ids=(0,), interval=33):
    smoother = LandmarkSmoother(1.0, 2.0, 1.0)
    return [
        smoother.smooth(hands, np.array(ids), t * interval).points for t, hands in enumerate(frames)
    ]


def test_a_still_hand_jitters_less(open_hand):
    frames = [noisy(open_hand, t) for t in range(40)]
    raw = np.abs(np.diff([f.points[0] for f in frames], axis=0)).mean()
    calm = np.abs(np.diff([p[0] for p in smoothed(frames)][10:], axis=0)).mean()
    assert calm < raw / 2


@pytest.mark.parametrize(("scale", "shift"), [(3.0, 0.0), (1.0, 400.0), (0.25, -50.0)])
def test_size_and_place_do_not_matter(open_hand, scale, shift):
    plain = smoothed([noisy(open_hand, t) for t in range(10)])
    other = smoothed([noisy(open_hand, t, scale, shift) for t in range(10)])
    np.testing.assert_allclose(other[-1], plain[-1] * scale + shift, atol=0.05)


def test_hands_are_smoothed_each_for_itself_whatever_their_order(open_hand):
    smoother = LandmarkSmoother(1.0, 2.0, 1.0)
    alone = smoothed([noisy(open_hand, t) for t in range(8)])
    for t in range(8):
        pair = hp.Landmarks.concat([noisy(open_hand, t), noisy(open_hand, 50 + t, shift=300)])
        order = [0, 1] if t % 2 else [1, 0]
        result = smoother.smooth(pair[order], np.array(order), t * 33)
    np.testing.assert_allclose(result.points[order.index(0)], alone[-1][0], atol=1e-3)


def test_a_new_hand_stays_as_it_was_measured(open_hand):
    smoother = LandmarkSmoother(1.0, 2.0, 1.0)
    first, other = noisy(open_hand, 0), noisy(open_hand, 1)
    smoother.smooth(first, np.array([0]), 0)
    result = smoother.smooth(hp.Landmarks.concat([other, first]), np.array([7, 0]), 33)
    np.testing.assert_array_equal(result.points[0], other.points[0])


def test_a_forgotten_hand_is_new(open_hand):
    smoother = LandmarkSmoother(1.0, 2.0, 1.0)
    smoother.smooth(noisy(open_hand, 0), np.array([0]), 0)
    smoother.forget([0, 99])
    again = noisy(open_hand, 1)
    np.testing.assert_array_equal(smoother.smooth(again, np.array([0]), 33).points, again.points)


def test_world_landmarks_are_smoothed_where_they_are_known(digits):
    first, second = digits.X[:1], digits.X[1:2]
    smoother = LandmarkSmoother(1.0, 0.0, 1.0)
    smoother.smooth(first, np.array([0]), 0)
    world = smoother.smooth(second, np.array([0]), 33).world
    low, high = np.minimum(first.world, second.world), np.maximum(first.world, second.world)
    assert ((world >= low - 1e-6) & (world <= high + 1e-6)).all()
    unknown = hp.Landmarks(first.points)
    assert np.isnan(LandmarkSmoother(1, 0, 1).smooth(unknown, np.array([0]), 0).world).all()


def test_no_hands_are_no_hands():
    empty = hp.Landmarks.empty()
    assert LandmarkSmoother(1.0, 2.0, 1.0).smooth(empty, np.empty(0, int), 0) is empty
