import numpy as np
import pytest

import handpose as hp
from handpose.extractors.padding import padded, unpadded

SIZES = [(100, 100), (60, 90), (120, 40), (256, 200), (640, 480)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_larger_image_is_the_smaller_one_inside_a_border_of_half_its_longer_side(width, height):
    image = np.full((height, width, 3), 200, np.uint8)
    image[0], image[-1], image[:, 0], image[:, -1] = 10, 20, 30, 40
    larger, scale, border = padded(image)
    assert scale == max(1.0, 256 / max(width, height))
    inner = (round(width * scale), round(height * scale))
    assert border == round(0.5 * max(inner))
    assert larger.shape == (inner[1] + 2 * border, inner[0] + 2 * border, 3)
    assert (larger[:border, 0] == larger[border, 0]).all()  # the edge is repeated
    assert (larger[border:-border, border:-border][3:-3, 3:-3] >= 150).mean() > 0.9


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_point_comes_back_to_where_it_was(width, height):
    image = np.zeros((height, width, 3), np.uint8)
    x, y = width // 3, height // 2
    image[y - 2 : y + 2, x - 2 : x + 2] = 255  # centre of the white square: (x, y)
    larger, scale, border = padded(image)
    ys, xs = np.nonzero(larger[..., 0] > 127)
    centre = [xs.mean() + 0.5, ys.mean() + 0.5, 12.0]
    found = hp.Landmarks(np.tile(centre, (1, 21, 1)), image_size=[larger.shape[1::-1]])
    back = unpadded(found, scale, border, (width, height))
    np.testing.assert_allclose(back.points[0, 0, :2], [x, y], atol=0.3)
    assert back.points[0, 0, 2] == pytest.approx(12.0 / scale)
    assert back.image_size.tolist() == [[width, height]]


def test_world_coordinates_and_sides_are_kept_and_no_hands_stay_none(digits):
    hands = digits.X[:3]
    back = unpadded(hands, 2.0, 128, (100, 100))
    np.testing.assert_array_equal(back.world, hands.world)
    np.testing.assert_array_equal(back.handedness, hands.handedness)
    none = unpadded(hp.Landmarks.empty(), 2.0, 128, (100, 100))
    assert none.shape == (0, 21, 3)
    assert none.image_size.shape == (0, 2)
