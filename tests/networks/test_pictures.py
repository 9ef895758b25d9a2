"""Pictures as networks look at them: evened light, smoothed grain, nothing done to good ones."""

import numpy as np
import pytest

from handpose.networks.pictures import DARK, Picture, noise


def scene(light=1.0, grain=0.0):
    """Soft bright and dark areas."""
    y, x = np.mgrid[:240, :320]
    grey = 128 + 100 * np.sin(x / 40) * np.cos(y / 30)
    grey = grey * light + np.random.default_rng(0).normal(0, grain or 1e-9, grey.shape)
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, 2)


def test_a_good_picture_is_left_as_it_is():
    assert Picture(scene()).cleared is None
    assert Picture(np.zeros((40, 60, 3), np.uint8)).cleared is None


@pytest.mark.parametrize("light", [0.3, 0.1, 0.05])
def test_the_brightest_of_a_dark_picture_becomes_white(light):
    cleared = Picture(scene(light)).cleared
    assert np.percentile(cleared.rgb, 99) > 235 > DARK
    assert cleared.rgb.min() < 60


@pytest.mark.parametrize("grain", [12, 25, 50])
def test_grain_is_smoothed_and_the_scene_stays(grain):
    cleared = Picture(scene(grain=grain)).cleared.rgb.astype(float)
    assert noise(cleared.astype(np.uint8)) < grain / 4
    assert np.abs(cleared - scene().astype(float)).mean() < grain / 2


@pytest.mark.parametrize("grain", [5, 10, 30])
def test_noise_is_estimated(grain):
    assert noise(scene(light=0.6, grain=grain)) == pytest.approx(grain, rel=0.15)


def test_tiny_pictures_have_no_noise():
    assert noise(np.zeros((2, 9, 3), np.uint8)) == 0
