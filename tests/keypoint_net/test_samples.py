import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import FACE4
from handpose.keypoint_net.samples import as_network_takes, check_images, check_points

IMAGES = np.zeros((3, 40, 60), np.uint8)
POINTS = np.tile([30.0, 20.0], (3, 4, 1))


@pytest.mark.parametrize(
    "shape", [(40, 60), (3, 40, 60, 1), (3, 40, 60, 4), (2, 0, 5), (2, 3, 4, 5, 3)]
)
def test_images_of_another_shape_are_refused(shape):
    with pytest.raises(hp.ImageError, match=r"images must be uint8 of shape \(n, height, width\)"):
        check_images(np.zeros(shape, np.uint8))


def test_images_of_another_type_or_of_many_sizes_are_refused():
    with pytest.raises(hp.ImageError, match=r"but got float64 of shape \(3, 40, 60\)"):
        check_images(IMAGES / 255)
    with pytest.raises(hp.ImageError, match="different sizes"):
        check_images([np.zeros((4, 5), np.uint8), np.zeros((6, 5), np.uint8)])


def test_points_become_relative_to_their_picture():
    np.testing.assert_allclose(check_points(POINTS, IMAGES, FACE4), 0.5)
    outside = np.add(POINTS, [60, 0])  # by half a picture
    np.testing.assert_allclose(check_points(outside, IMAGES, FACE4)[..., 0], 1.5)


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (POINTS[:, :3], r"points must have shape \(3, 4, 2\).*'face4'.*but got \(3, 3, 2\)"),
        (POINTS[:2], r"but got \(2, 4, 2\)"),
        ([["a"]], "must be numeric"),
        ([[1], [1, 2]], "must be numeric"),
        (POINTS[0], r"but got \(4, 2\)"),
        (np.where(np.arange(3)[:, None, None] == 1, np.nan, POINTS), "points of 1 of 3 images"),
        (POINTS * np.inf, "points of 3 of 3 images contain NaN or infinity"),
        (np.add(POINTS, [91, 0]), "more than a whole image outside of 60 x 40"),
        (POINTS / (60, 40), r"all points are between 0 and 1; use pixels"),
    ],
)
def test_points_that_cannot_be_are_refused_in_one_line(points, message):
    with pytest.raises(hp.LandmarksError, match=message) as error:
        check_points(points, IMAGES, FACE4)
    assert "\n" not in str(error.value)


def test_a_square_picture_of_the_right_size_stays_as_it_is():
    image = np.random.default_rng(0).integers(0, 255, (1, 32, 32), dtype=np.uint8)
    np.testing.assert_array_equal(as_network_takes(image, 32, 1)[:, 0], image)
    np.testing.assert_array_equal(as_network_takes(image, 32, 3)[0], np.repeat(image, 3, 0))


def test_colours_become_grey_and_stay_apart():
    red = np.zeros((1, 50, 40, 3), np.uint8)
    red[..., 0] = 200
    assert (as_network_takes(red, 32, 1) == round(200 * 0.299)).all()
    assert as_network_takes(red, 32, 3).mean((0, 2, 3)).tolist() == [200, 0, 0]


@pytest.mark.parametrize("shape", [(20, 30), (100, 80)])
def test_a_point_keeps_its_relative_place_when_the_picture_is_stretched(shape):
    height, width = shape
    image = np.zeros((1, height, width), np.uint8)
    image[0, : height // 2, : width // 4] = 255
    square = as_network_takes(image, 40, 1)[0, 0] > 127
    assert square[:, 0].sum() == 20
    assert abs(square[0].sum() - 10) <= 1
