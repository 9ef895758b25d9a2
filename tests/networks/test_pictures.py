"""The levels of a picture: each the average of the one below, the picture itself for enlarging."""

import numpy as np
import pytest

from handpose.networks.pictures import Picture


@pytest.fixture
def picture():
    rng = np.random.default_rng(0)
    return Picture(rng.integers(0, 255, (120, 160, 3), dtype=np.uint8))


@pytest.mark.parametrize(("shrink", "width"), [(0.3, 160), (1.9, 160), (2, 80), (3.9, 80), (9, 20)])
def test_the_smallest_copy_is_taken_that_is_not_enlarged(picture, shrink, width):
    image, across, down = picture.level(shrink)
    assert image.shape[:2] == (width * 3 // 4, width)
    assert (across, down) == (width / 160, width / 160)


def test_copies_are_averages(picture):
    half, _, _ = picture.level(2)
    blocks = picture.rgb.reshape(60, 2, 80, 2, 3).mean((1, 3))
    assert np.abs(half[..., :3] - blocks).max() <= 0.51


def test_no_copy_is_empty():
    image, across, down = Picture(np.zeros((3, 400, 3), np.uint8)).level(64)
    assert image.shape[:2] == (1, 6)
    assert (across, down) == (6 / 400, 1 / 3)
