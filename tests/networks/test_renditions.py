"""Light is evened and grain removed where a picture needs it, and good ones stay as they are."""

import cv2
import numpy as np
import pytest

from handpose.networks.pictures import Picture
from handpose.networks.renditions import (
    DARK,
    LIGHT,
    RENDITIONS,
    SKIN_HUE,
    noise,
    recolored,
    rendition,
    renditions,
)


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
    assert all(rendition(picture, number) is picture for number in range(1 + len(LIGHT)))


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
    assert [other is picture for other in seen] == [True, False, True, True, False, False]


@pytest.mark.parametrize("grain", [5, 10, 30])
def test_noise_is_estimated(grain):
    assert noise(scene(light=0.6, grain=grain)) == pytest.approx(grain, rel=0.15)


def test_tiny_pictures_have_no_noise():
    assert noise(np.zeros((2, 9, 3), np.uint8)) == 0


@pytest.mark.parametrize("glove", [(30, 60, 160), (40, 130, 50), (120, 30, 140), (130, 130, 130)])
def test_a_glove_of_any_colour_gets_the_hue_of_skin_and_keeps_its_shade(glove):
    shades = np.linspace(0.5, 1, 64)[:, None, None] * np.array(glove) * np.ones((64, 64, 3))
    hued, toned = recolored(Picture(shades.astype(np.uint8)))
    hue = cv2.cvtColor(hued.rgb, cv2.COLOR_RGB2HSV)[..., 0].astype(int)
    assert np.abs(hue - SKIN_HUE).max() <= 2
    np.testing.assert_allclose(hued.rgb.max(2), shades.max(2), atol=2)
    for rgb in (hued.rgb.astype(int), toned.rgb.astype(int)):
        assert (np.diff(rgb, axis=2) < 0).all()  # red before green before blue
        assert (np.diff(rgb[:, 0, 0]) >= 0).all()


def test_black_gloves_become_as_bright_as_skin():
    _, toned = recolored(Picture(np.full((20, 20, 3), 38, np.uint8)))
    assert 90 < toned.rgb.max() < 180


def test_what_is_seen_in_other_colours_needs_more_evidence():
    picture = Picture(scene())
    assert picture.evidence == 0
    assert all(seen.evidence < -1 for seen in recolored(picture))
