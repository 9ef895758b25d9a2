"""Plates: pasted with transparency, cut off at edges."""

import numpy as np
import pytest

from handpose.drawing.plates import ground_plate, text_plate


def test_an_opaque_plate_covers_and_a_translucent_one_dims():
    for opacity, expected in ((1.0, (15, 23, 42)), (0.5, (108, 112, 121))):
        picture = np.full((60, 80, 3), 200, np.uint8)
        ground_plate(40, 30, 5, opacity).paste(picture, 10, 10)
        np.testing.assert_allclose(picture[25, 30], expected, atol=2)
        assert (picture[0] == 200).all()


def test_corners_are_round():
    picture = np.full((60, 80, 3), 200, np.uint8)
    ground_plate(40, 30, 8, 1.0).paste(picture, 10, 10)
    assert (picture[10, 10] == 200).all()
    assert (picture[10, 30] < 60).all()


@pytest.mark.parametrize("place", [(-10, -10), (70, 50), (-500, 0), (0, 900), (3.4, 2.6)])
def test_what_sticks_out_is_cut_off(place):
    picture = np.full((60, 80, 3), 200, np.uint8)
    ground_plate(40, 30, 5, 1.0).paste(picture, *place)
    assert picture.shape == (60, 80, 3)
    assert ((picture < 100).all(2).sum() > 0) == (max(map(abs, place)) < 100)


def test_text_is_wider_when_longer_and_made_once():
    assert text_plate("thumbs up", 14).width > text_plate("fist", 14).width
    assert text_plate("fist", 14) is text_plate("fist", 14)


def test_an_empty_text_is_a_plate_too():
    picture = np.full((60, 80, 3), 200, np.uint8)
    text_plate("", 14, opacity=0).paste(picture, 5, 5)
    np.testing.assert_array_equal(picture, 200)
