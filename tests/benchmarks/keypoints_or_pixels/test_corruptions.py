"""Corruptions: identity at strength 0, the same for the same seed, harsher with strength."""

from __future__ import annotations

import numpy as np
import pytest

import handpose as hp
from benchmarks.keypoints_or_pixels import backgrounds
from benchmarks.keypoints_or_pixels.corruptions import CORRUPTIONS, corrupt
from handpose.errors import UnknownNameError

SKIN, WALL = (205, 150, 120), (190, 190, 195)
RANDOM = ("darkened", "noisy", "rotated", "background replaced")


@pytest.fixture(scope="module")
def hand():
    """A hand-like shape before a wall with a vignette: an arm from below, and a hole."""
    import cv2

    y, x = np.mgrid[-1:1:100j, -1:1:100j]
    picture = WALL * (1 - 0.15 * (x**2 + y**2))[..., None]
    mask = np.zeros((100, 100), np.uint8)
    cv2.circle(mask, (50, 50), 25, 1, -1)
    cv2.rectangle(mask, (42, 60), (58, 99), 1, -1)
    cv2.circle(mask, (50, 45), 8, 0, -1)
    picture[mask == 1] = SKIN
    grain = np.random.default_rng(0).normal(0, 1.5, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8), mask.astype(bool)


@pytest.fixture(scope="module")
def photo(hand):
    return hand[0]


def distance(a, b):
    return float(np.abs(a.astype(float) - b).mean())


@pytest.mark.parametrize("name", CORRUPTIONS)
class TestEvery:
    def test_strength_0_is_the_picture_itself(self, name, photo):
        out = corrupt(photo, name, 0, seed=3)
        assert np.array_equal(out, photo)
        assert out is not photo

    def test_gives_rgb_of_the_same_size_and_leaves_the_picture_alone(self, name, photo):
        wide = np.ascontiguousarray(photo[10:90])
        before = wide.copy()
        for strength in CORRUPTIONS[name].strengths:
            out = corrupt(wide, name, strength)
            assert out.shape == wide.shape
            assert out.dtype == np.uint8
        assert np.array_equal(wide, before)

    def test_the_same_seed_gives_the_same_picture(self, name, photo):
        strength = CORRUPTIONS[name].strengths[-1]
        assert np.array_equal(corrupt(photo, name, strength, 5), corrupt(photo, name, strength, 5))

    def test_another_seed_gives_another_picture_where_there_is_chance(self, name, photo):
        strength = CORRUPTIONS[name].strengths[-1]
        pictures = {corrupt(photo, name, strength, seed).tobytes() for seed in range(6)}
        assert (len(pictures) > 1) == (name in RANDOM)

    def test_each_strength_is_harsher_than_the_one_before(self, name, photo):
        strengths = CORRUPTIONS[name].strengths
        assert list(strengths) == sorted(strengths)
        far = [distance(corrupt(photo, name, s, 1), photo) for s in strengths]
        assert far[0] > 0
        assert far == sorted(far) or name == "rotated"  # a hand may come to lie on its other side


def test_four_strengths_each():
    assert {len(c.strengths) for c in CORRUPTIONS.values()} == {4}


def test_an_unknown_name_lists_the_known_ones(photo):
    with pytest.raises(UnknownNameError, match="blurred"):
        corrupt(photo, "blured", 1)


def test_a_negative_strength_is_refused(photo):
    with pytest.raises(ValueError, match="0 or more"):
        corrupt(photo, "noisy", -1)


def test_a_grey_picture_is_taken_as_colours(photo):
    grey = photo[..., 0]
    assert np.array_equal(
        corrupt(grey, "rotated", 20), corrupt(np.dstack([grey] * 3), "rotated", 20)
    )


def grey(value, side=64):
    return np.full((side, side, 3), value, np.uint8)


def test_a_stop_halves_the_light():
    # sRGB 188 is half of white's light, 137 a quarter (IEC 61966-2-1).
    assert corrupt(grey(255), "darkened", 1).mean() == pytest.approx(188, abs=1.0)
    assert corrupt(grey(255), "darkened", 2).mean() == pytest.approx(137, abs=1.0)


def test_noise_has_the_deviation_that_was_asked_for():
    noise = corrupt(grey(128, 200), "noisy", 20).astype(float) - 128
    assert noise.std() == pytest.approx(20, rel=0.02)
    assert abs(noise.mean()) < 0.5
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.03


def test_a_blurred_edge_is_as_wide_as_sigma():
    edge = grey(0, 100)
    edge[:, 50:] = 200
    row = corrupt(edge, "blurred", 4)[50, :, 0].astype(float)
    slope = np.diff(row).max()
    assert slope == pytest.approx(200 / (4 * np.sqrt(2 * np.pi)), rel=0.06)


def test_turning_by_90_degrees_to_either_side_is_exact(photo):
    found = {
        turns
        for seed in range(8)
        for turns in (1, 3)
        if distance(corrupt(photo, "rotated", 90, seed), np.rot90(photo, turns)) < 0.5
    }
    assert found == {1, 3}


def test_a_picture_half_as_large_lies_in_the_middle():
    picture = grey(0, 100)
    picture[20:80, 20:80] = 200
    small = corrupt(picture, "distant", 50)[..., 0]
    assert (small > 100).sum() == pytest.approx(30 * 30, rel=0.05)
    assert np.argwhere(small > 100).mean(0) == pytest.approx([49.5, 49.5], abs=0.6)


def test_what_is_finer_than_the_fewer_pixels_is_lost():
    stripes = grey(0, 64)
    stripes[:, ::2] = 200
    assert np.ptp(corrupt(stripes, "shrunk", 50)) < 5


def test_jpeg_knows_its_own_quality(photo):
    import cv2

    _, data = cv2.imencode(".jpg", photo[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 20])
    expected = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]
    assert np.array_equal(corrupt(photo, "JPEG-compressed", 80), expected)


def test_hand_and_wall_are_told_apart_with_the_hole_and_without_the_vignette(hand):
    picture, mask = hand
    alpha, wall = backgrounds.hand_and_wall(picture)
    assert ((alpha[..., 0] > 0.5) == mask).mean() > 0.99
    assert alpha[45, 50, 0] < 0.05
    assert np.abs(wall[~mask] - picture[~mask]).mean() < 3


def test_a_new_background_leaves_the_hand_and_nothing_of_the_wall(hand):
    import cv2

    picture, mask = hand
    inner = cv2.erode(mask.astype(np.uint8), np.ones((5, 5))) == 1
    outer = cv2.erode((~mask).astype(np.uint8), np.ones((5, 5))) == 1
    out = corrupt(picture, "background replaced", 1, seed=4)
    assert np.abs(out[inner].astype(int) - picture[inner]).max() <= 1
    expected = backgrounds.new_background(100, 100, 4)
    assert np.abs(out[outer] - expected[outer]).max() <= 1


def test_the_wall_is_taken_out_of_the_pixels_at_the_edge(monkeypatch):
    import cv2

    large = np.full((400, 400, 3), (80, 200, 80), np.uint8)
    cv2.circle(large, (200, 200), 110, SKIN, -1)
    picture = np.asarray(cv2.resize(large, (100, 100), interpolation=cv2.INTER_AREA))
    monkeypatch.setattr(
        backgrounds, "new_background", lambda h, w, seed: np.zeros((h, w, 3), np.float32)
    )
    out = corrupt(picture, "background replaced", 1).astype(float)
    alpha, _ = backgrounds.hand_and_wall(picture)

    def green(image):
        return np.clip(image[..., 1] - image[..., 0], 0, None).sum()

    assert green(out) < 0.6 * green(alpha * picture)


def test_backgrounds_are_photos_and_clutter():
    seen = [backgrounds.new_background(80, 120, seed) for seed in range(8)]
    assert {picture.shape for picture in seen} == {(80, 120, 3)}
    assert len({picture.tobytes() for picture in seen}) == 8
    assert min(picture.std() for picture in seen) > 5


def test_a_wall_alone_does_not_fail():
    assert corrupt(grey(180), "background replaced", 1).shape == (64, 64, 3)


def test_rendered_hands_take_every_corruption(rendered, rendered_folder):
    photo = hp.read_image(rendered_folder / str(rendered.paths[0]))
    for name, corruption in CORRUPTIONS.items():
        assert corrupt(photo, name, corruption.strengths[-1]).shape == photo.shape
