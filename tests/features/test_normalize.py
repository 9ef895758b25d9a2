import numpy as np
import pytest

from handpose.features import normalize, palm_size
from handpose.features.normalize import is_mirror_image

PALM = [0, 5, 9, 13, 17]


@pytest.fixture
def hands(people):
    """Hands that turn their palm to the camera (a 0 shows the thumb's side)."""
    return people.X[people.y != "0"]


def test_the_wrist_is_the_origin_and_the_palm_has_size_one(hands):
    normal = normalize(hands.points, hands.handedness)
    assert normal.dtype == np.float32
    assert (normal[:, 0] == 0).all()
    np.testing.assert_allclose(palm_size(normal[..., :2]), 1, rtol=1e-5)


def test_palm_size_is_the_root_mean_square_distance_from_the_palms_centre():
    points = np.zeros((1, 21, 2), np.float32)
    points[0, PALM] = [[2, 0], [-2, 0], [0, 1], [0, -1], [0, 0]]
    assert palm_size(points)[0] == pytest.approx(np.sqrt((4 + 4 + 1 + 1) / 5))


def test_palm_size_does_not_depend_on_the_fingers(hands):
    points = hands.points.copy()
    before = palm_size(points)
    points[:, [i for i in range(21) if i not in PALM]] += 50
    np.testing.assert_array_equal(palm_size(points), before)


def test_a_left_hand_is_mirrored_and_a_right_hand_is_not(hands):
    right = np.full(len(hands), "Right")
    left = np.full(len(hands), "Left")
    a, b = normalize(hands.points, right), normalize(hands.points, left)
    np.testing.assert_array_equal(a[..., 0], -b[..., 0])
    np.testing.assert_array_equal(a[..., 1:], b[..., 1:])
    scale = palm_size(hands.points[..., :2])
    raw = (hands.points[:, 9, 0] - hands.points[:, 0, 0]) / scale
    np.testing.assert_allclose(a[:, 9, 0], raw, rtol=1e-5)


def test_a_hand_of_unknown_side_is_taken_for_what_its_palm_says(hands):
    unknown = np.full(len(hands), "")
    right = hands.handedness == "Right"
    assert is_mirror_image(hands.points, unknown)[right].mean() < 0.05
    assert is_mirror_image(hands.mirrored().points, unknown)[right].mean() > 0.95


def test_a_hand_of_unknown_side_and_its_mirror_image_are_the_same(hands):
    unknown = np.full(len(hands), "")
    mirrored = hands.points * np.array([-1, 1, 1], np.float32)
    np.testing.assert_allclose(
        normalize(hands.points, unknown), normalize(mirrored, unknown), atol=1e-4
    )


def test_rotating_puts_the_middle_knuckle_straight_above_the_wrist(hands):
    upright = normalize(hands.points, hands.handedness, rotate=True)
    assert (upright[:, 9, 0] == 0).all()
    assert (upright[:, 9, 1] < 0).all()  # y grows downwards


def test_rotating_keeps_shape_and_depth(hands):
    plain = normalize(hands.points, hands.handedness)
    upright = normalize(hands.points, hands.handedness, rotate=True)
    np.testing.assert_array_equal(upright[..., 2], plain[..., 2])
    np.testing.assert_allclose(
        np.linalg.norm(upright[..., :2], axis=2), np.linalg.norm(plain[..., :2], axis=2), atol=1e-4
    )
    np.testing.assert_array_equal(
        is_mirror_image(upright, np.full(len(hands), "")),
        is_mirror_image(plain, np.full(len(hands), "")),
    )


def test_a_missing_hand_stays_missing_and_a_hand_in_one_point_does_not_divide_by_zero(missed):
    assert np.isnan(normalize(missed.points, missed.handedness, rotate=True)).all()
    point = np.full((1, 21, 3), 7, np.float32)
    assert (normalize(point, np.array([""]), rotate=True) == 0).all()


@pytest.mark.parametrize("unit", [1e-12, 2.0**-30, 1e6])
def test_the_unit_does_not_matter_however_small_a_hand_is_in_it(hands, unit):
    found = normalize(hands.points * np.float32(unit), hands.handedness, rotate=True)
    expected = normalize(hands.points, hands.handedness, rotate=True)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_a_palm_that_is_seen_as_a_point_makes_nothing_infinite():
    points = np.zeros((1, 21, 2), np.float32)
    points[0, 8] = 100, 0
    assert np.abs(normalize(points, np.array(["Right"]))).max() == pytest.approx(1e6)
