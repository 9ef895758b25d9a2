"""World landmarks agree with those of the image."""

import numpy as np
import pytest

from handpose.extractors.native.world import as_seen, centred, fit


@pytest.fixture
def hand(strangers):
    return strangers.X.points[:3].astype(float), strangers.X.world[:3].astype(float)


def scale_of(points, world):
    return np.abs(fit(centred(points), centred(world)))


def width(points):
    return np.linalg.norm(points[:, 5, :2] - points[:, 17, :2], axis=1)


def test_what_they_show_is_what_the_image_shows(hand):
    points, world = hand
    mended = as_seen(points, world)
    scale = scale_of(points, world)
    shown = (mended[..., :2] - mended[:, :1, :2]) * scale[:, None, None]
    np.testing.assert_allclose(shown, points[..., :2] - points[:, :1, :2], atol=1e-6)


def test_place_size_and_depth_stay(hand):
    points, world = hand
    mended = as_seen(points, world)
    np.testing.assert_array_equal(mended[..., 2], world[..., 2])
    np.testing.assert_allclose(mended.mean(1), world.mean(1), atol=1e-9)
    np.testing.assert_allclose(scale_of(points, mended), scale_of(points, world), rtol=1e-6)


def test_a_palm_that_is_too_narrow_gets_its_width_back(hand):
    points, world = hand
    points = np.concatenate([world[..., :2] * 2000 + 300, np.zeros((3, 21, 1))], axis=2)
    narrow = world.copy()
    middle = world[:, [5, 9, 13, 17], :2].mean(1, keepdims=True)
    narrow[:, [5, 9, 13, 17], :2] = middle + 0.5 * (world[:, [5, 9, 13, 17], :2] - middle)
    ratio = width(as_seen(points, narrow)) / width(world)
    np.testing.assert_allclose(ratio, 1, atol=0.12)
    np.testing.assert_allclose(width(narrow) / width(world), 0.5, atol=1e-9)


def test_landmarks_that_agree_stay_as_they_are(hand):
    _, world = hand
    points = world * [1500, 1500, 1500] + [200, 100, 0]
    np.testing.assert_allclose(as_seen(points, world), world, atol=1e-9)
