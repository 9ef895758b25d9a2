"""The picture of a live view."""

import numpy as np
import pytest

from handpose.drawing import Shown, draw_live_view
from handpose.drawing.live_view import SHOWN_BAR

SCORES = {"fist": 0.7, "palm": 0.2, "peace": 0.08, "other": 0.02}


@pytest.fixture
def image():
    return np.random.default_rng(0).integers(90, 110, (480, 640, 3)).astype(np.uint8)


@pytest.fixture
def points(rendered):
    points = rendered.X.points[5, :, :2]
    return (points - points.mean(0)) * 150 / np.ptp(points[:, 1]) + [450, 220]


def test_nothing_to_show_is_the_image_itself(image):
    np.testing.assert_array_equal(draw_live_view(image, []), image)


def test_the_input_is_not_changed(image, points):
    before = image.copy()
    draw_live_view(image, [Shown(points, "fist", "right hand", SCORES)], status="30 fps", hint="Q")
    np.testing.assert_array_equal(image, before)


def test_a_mirrored_view_turns_the_hand_round_and_not_the_letters(image, points):
    plain = draw_live_view(image, [Shown(points, None)])
    mirrored = draw_live_view(image, [Shown(points, None)], mirror=True)
    hand = (np.abs(plain.astype(int) - image) > 25).any(2)
    other = (np.abs(mirrored.astype(int) - image[:, ::-1]) > 25).any(2)
    assert np.mean(hand[:, ::-1] != other) < 0.005
    np.testing.assert_array_equal(
        draw_live_view(image, [], status="30 fps"),
        draw_live_view(image[:, ::-1], [], status="30 fps", mirror=True),
    )


def test_the_bar_of_the_gesture_that_is_shown_stands_out(image, points):
    def greens(gesture):
        picture = draw_live_view(image, [Shown(points, gesture, "right hand", SCORES)]).astype(int)
        card = picture[380:, :200]
        return ((card[..., 1] - card[..., 0] > 60) & (card[..., 1] - card[..., 2] > 30)).sum()

    assert SHOWN_BAR[1] > SHOWN_BAR[0]
    assert greens("fist") > 1000
    assert greens(None) < 20


@pytest.mark.parametrize("ground", [0, 255])
def test_letters_are_legible_on_black_and_on_white(points, ground):
    image = np.full((480, 640, 3), ground, np.uint8)
    shown = draw_live_view(image, [], status="30 fps", banner="3").astype(int)
    for part in (shown[:40, :120], shown[380:, 250:390]):
        assert part.max() - part.min() > 150


@pytest.mark.parametrize("size", [(480, 640), (100, 120), (1080, 1920), (640, 360)])
def test_every_size_has_room(points, size):
    height, width = size
    image = np.full((height, width, 3), 100, np.uint8)
    scaled = points * [width / 640, height / 480]
    hands = [Shown(scaled, "fist", "right hand", SCORES), Shown(scaled, None, "left hand", SCORES)]
    picture = draw_live_view(image, hands, status="30 fps", hint="Q quit", banner="3")
    assert max(picture.shape[:2]) >= 480
    assert picture.shape[0] / picture.shape[1] == pytest.approx(height / width, abs=0.01)


def test_a_hand_far_outside_the_picture_does_no_harm(image, points):
    for shift in (1e4, -1e4, 1e8):
        picture = draw_live_view(image, [Shown(points + shift, "fist", "", SCORES)])
        assert picture.shape == image.shape
