"""Light is evened and grain removed where a picture needs it, and good ones stay as they are."""

import numpy as np
import pytest

from handpose.networks.pictures import Picture
from handpose.networks.renditions import DARK, RENDITIONS, noise, rendition, renditions


def scene(light=1.0, grain=0.0, height=240, width=320):
    """Soft bright and dark areas."""
    y, x = np.mgrid[:height, :width]
    grey = 128 + 100 * np.sin(x / 40) * np.cos(y / 30)
    grey = grey * light + np.random.default_rng(0).normal(0, grain or 1e-9, grey.shape)
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, 2)


@pytest.mark.parametrize("image", [scene(), np.zeros((40, 60, 3), np.uint8)], ids=["good", "black"])
def test_a_picture_without_need_is_only_looked_at_as_it_is(image):
    picture = Picture(image)
    assert list(renditions(picture)) == [picture]
    assert all(rendition(picture, number) is picture for number in range(1 + len(RENDITIONS)))


@pytest.mark.parametrize("light", [0.3, 0.1, 0.05])
def test_the_brightest_of_a_dark_picture_becomes_white(light):
    _, brightened = renditions(Picture(scene(light)))
    assert np.percentile(brightened.rgb, 99) > 235 > DARK
    assert brightened.rgb.min() < 60


@pytest.mark.parametrize("grain", [12, 25, 50])
def test_grain_is_removed_and_the_scene_stays(grain):
    _, *denoised = renditions(Picture(scene(grain=grain)))
    assert len(denoised) == 2
    for picture in denoised:
        assert picture.rgb.shape == (240, 320, 3)
        assert noise(picture.rgb) < grain / 4
        assert np.abs(picture.rgb.astype(float) - scene()).mean() < grain / 2


def test_a_dark_grainy_picture_is_brightened_too():
    _, first, _ = renditions(Picture(scene(light=0.3, grain=10)))
    assert np.abs(first.rgb.astype(float) - scene()).mean() < 30


def test_large_pictures_are_averaged_before_grain_is_removed():
    picture = Picture(scene(grain=60, height=1500, width=2000))
    _, first, _ = renditions(picture)
    assert (first.width, first.height) == (2000, 1500)
    assert noise(first.rgb) < 2


def test_frames_are_seen_one_rendition_each():
    picture = Picture(scene(light=0.1))
    seen = [rendition(picture, number) for number in range(1 + len(RENDITIONS))]
    assert [other is picture for other in seen] == [True, False, True, True]


@pytest.mark.parametrize("grain", [5, 10, 30])
def test_noise_is_estimated(grain):
    assert noise(scene(light=0.6, grain=grain)) == pytest.approx(grain, rel=0.15)


def test_tiny_pictures_have_no_noise():
    assert noise(np.zeros((2, 9, 3), np.uint8)) == 0
