import cv2
import numpy as np
import pytest

from handpose.networks.pictures import Picture
from handpose.networks.regions import (
    ENLARGED,
    PALM_SCALE,
    PALM_SHIFT,
    Regions,
    crops,
    hand_regions,
    palm_regions,
)


def one(x, y, side, degrees=0.0):
    return Regions(np.array([[x, y]]), np.array([side]), np.array([np.deg2rad(degrees)]))


def upright_hand():
    """Fingers up: wrist below, knuckles above, one straight finger each."""
    points = np.zeros((1, 21, 3))
    points[0, 0, :2] = 100, 200
    for finger in range(5):
        for joint in range(4):
            points[0, 1 + 4 * finger + joint, :2] = 60 + 20 * finger, 140 - 20 * joint
    return points


def turn(points, degrees, centre=(100, 150)):
    a = np.deg2rad(degrees)
    clockwise = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    turned = points.copy()
    turned[..., :2] = (points[..., :2] - centre) @ clockwise.T + centre
    return turned


def test_corners_of_a_square_are_its_corners_in_the_image():
    corners = np.array([[[0.0, 0.0], [1.0, 0.0], [0.5, 0.5]]])
    np.testing.assert_allclose(
        one(10, 20, 8).to_image(corners), [[[6, 16], [14, 16], [10, 20]]], atol=1e-12
    )
    np.testing.assert_allclose(
        one(10, 20, 8, 90).to_image(corners), [[[14, 16], [14, 24], [10, 20]]], atol=1e-12
    )


def test_a_crop_shows_what_to_image_says():
    image = np.zeros((120, 100, 3), np.uint8)
    cv2.circle(image, (70, 40), 4, (255, 255, 255), -1)
    region = one(60, 50, 50, 30)
    bright = crops(Picture(image), region, 200)[0, ..., 0].astype(float)
    y, x = np.mgrid[:200, :200] + 0.5
    mean = np.array([[[(x * bright).sum(), (y * bright).sum()]]]) / bright.sum() / 200
    # The networks were trained on crops that take a pixel's corner for its centre.
    corner = region.to_image(mean - 0.5 / 200)[0, 0]
    np.testing.assert_allclose(corner, [70, 40], atol=0.1)


def test_a_crop_repeats_the_edge_or_shows_black():
    image = Picture(np.full((20, 20, 3), 200, np.uint8))
    assert crops(image, one(0, 0, 40), 40).min() == 200
    assert crops(image, one(0, 0, 40), 40, cv2.BORDER_CONSTANT)[0, :10].max() == 0


@pytest.mark.parametrize("degrees", [0, 30, 90, 179, -120])
def test_a_turned_hand_gets_a_turned_region(degrees):
    upright, turned = hand_regions(upright_hand()), hand_regions(turn(upright_hand(), degrees))
    assert upright.angle[0] == pytest.approx(0, abs=1e-9)
    assert np.rad2deg(turned.angle[0]) == pytest.approx(degrees)
    assert turned.side[0] == pytest.approx(upright.side[0])
    expected = turn(np.append(upright.centre, [[0]], 1)[None], degrees)[0, :, :2]
    np.testing.assert_allclose(turned.centre, expected)


def test_a_region_leans_towards_the_fingers():
    region = hand_regions(upright_hand())
    assert region.centre[0, 1] < (200 + 120) / 2  # the middle of the knuckles is at 160
    palm = palm_regions(*(np.array([xy], float) for xy in [(50, 50), (20, 20), (50, 60), (50, 40)]))
    np.testing.assert_allclose(palm.centre, [[50, 50 - PALM_SHIFT * 20]], atol=1e-9)
    np.testing.assert_allclose(palm.side, [PALM_SCALE * 20])
    np.testing.assert_allclose(palm.angle, [0], atol=1e-9)


def test_regions_are_indexed_like_arrays():
    regions = Regions(np.arange(6.0).reshape(3, 2), np.arange(3.0), np.zeros(3))
    assert len(regions[np.array([True, False, True])]) == 2
    assert len(regions[:0]) == 0
    np.testing.assert_array_equal(regions[np.array([2])].centre, [[4, 5]])


def test_a_region_moves_along_its_own_axes_and_keeps_its_angle():
    moved = one(10, 20, 8, 90).moved(0.0, 0.5, 2.0)
    np.testing.assert_allclose(moved.centre, [[6, 20]], atol=1e-9)
    assert (moved.side[0], moved.angle[0]) == (16, np.deg2rad(90))


def test_shift_is_how_far_the_corners_moved_at_most():
    square = Regions(np.array([[50.0, 50.0]]), np.array([20.0]), np.array([0.3]))
    moved = Regions(np.array([[53.0, 54.0]]), np.array([20.0]), np.array([0.3]))
    larger = Regions(np.array([[50.0, 50.0]]), np.array([30.0]), np.array([0.3]))
    turned = Regions(np.array([[50.0, 50.0]]), np.array([20.0]), np.array([0.3 + np.pi]))
    assert square.shift(square)[0] == 0
    assert moved.shift(square)[0] == pytest.approx(5 / 20)
    assert larger.shift(square)[0] == pytest.approx(5 * np.sqrt(2) / 20)
    assert turned.shift(square)[0] == pytest.approx(np.sqrt(2))


@pytest.mark.parametrize("border", [cv2.BORDER_REPLICATE, cv2.BORDER_CONSTANT])
@pytest.mark.parametrize("degrees", [0, 30, 90, -171])
@pytest.mark.parametrize(
    ("x", "y", "side"),
    [(60, 40, 30), (60, 40, 300), (3, 88, 40), (-30, 40, 50), (300, -200, 80), (60.4, 40.6, 4)],
)
def test_a_crop_is_what_the_whole_image_shows_there(x, y, side, degrees, border):
    """Also where it lies across the edge, beside the image, or shows a few pixels."""
    image = np.random.default_rng(0).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    region, size = one(x, y, side, degrees), 160
    matrix = np.empty((2, 3))
    matrix[:, :2] = region.axes[0] * (side / size)
    matrix[:, 2] = region.centre[0] - matrix[:, :2].sum(1) * (size / 2)
    sampling = cv2.INTER_CUBIC if side / size < ENLARGED else cv2.INTER_LINEAR
    flags = sampling | cv2.WARP_INVERSE_MAP
    expected = cv2.warpAffine(image, matrix, (size, size), flags=flags, borderMode=border)
    found = crops(Picture(image), region, size, border)[0]
    assert np.abs(found.astype(int) - expected).max() <= 12  # positions are rounded to 1/32


@pytest.mark.parametrize("side", [100, 333, 640])
def test_a_small_crop_of_a_large_picture_is_its_mean_and_not_every_tenth_pixel(side):
    image = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    crop = crops(Picture(image), one(320, 240, side), side // 10)[0].astype(float)
    assert crop.std() < 25  # of the pixels 74
    np.testing.assert_allclose(crop.mean(), 127, atol=3)


def test_a_small_crop_of_a_large_picture_lies_where_it_should():
    image = np.zeros((801, 1003, 3), np.uint8)
    cv2.circle(image, (700, 400), 30, (255, 255, 255), -1)
    region = one(600, 420, 900, 20)
    bright = crops(Picture(image), region, 64)[0, ..., 0].astype(float)
    y, x = np.mgrid[:64, :64]
    mean = np.array([[[(x * bright).sum(), (y * bright).sum()]]]) / bright.sum() / 64
    np.testing.assert_allclose(region.to_image(mean)[0, 0], [700, 400], atol=1.5)
