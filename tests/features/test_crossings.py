import numpy as np
import pytest

import handpose as hp
from handpose.features import normalize
from handpose.features.crossings import (
    OPERATIONS,
    SMALLEST_DIVISOR,
    base_names,
    base_values,
    cross,
    crossed,
    crossing_name,
    parse_crossing,
)

PINCH = "distance(THUMB_TIP, INDEX_FINGER_TIP) / distance(WRIST, MIDDLE_FINGER_MCP)"


@pytest.fixture(scope="module")
def normal(people):
    return normalize(people.X.points[:50, :, :2], people.X.handedness[:50])


def test_what_can_be_crossed_is_named_once_each(normal):
    assert len(set(base_names())) == len(base_names()) == base_values(normal).shape[1] == 230
    assert "flexion(INDEX_FINGER_PIP)" in base_names()
    assert "spread(THUMB, INDEX)" in base_names()


def test_a_name_says_what_is_computed(normal):
    thumb, index = normal[:, hp.HandLandmark.THUMB_TIP], normal[:, hp.HandLandmark.INDEX_FINGER_TIP]
    wrist, knuckle = normal[:, 0], normal[:, hp.HandLandmark.MIDDLE_FINGER_MCP]
    expected = np.linalg.norm(thumb - index, axis=1) / np.linalg.norm(wrist - knuckle, axis=1)
    values = crossed(base_values(normal), [parse_crossing(PINCH)])
    assert values.shape == (50, 1)
    np.testing.assert_allclose(values[:, 0], expected, rtol=1e-5)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_name_is_read_as_it_was_written(operation):
    name = crossing_name(3, operation, 219)
    assert parse_crossing(name) == (3, operation, 219)


def test_operations_by_hand():
    three, two = np.float32([3]), np.float32([2])
    results = [float(cross(three, operation, two)[0]) for operation in OPERATIONS]
    assert results == [1.5, 1.0, 6.0]


def test_two_landmarks_that_touch_divide_by_the_smallest_divisor():
    assert cross(np.float32([1]), "/", np.float32([0])) == 1 / SMALLEST_DIVISOR


def test_no_crossings_are_no_columns(normal):
    assert crossed(base_values(normal), []).shape == (50, 0)


@pytest.mark.parametrize(
    "name", ["", "angle", "distance(WRIST, NOSE) / distance(WRIST, THUMB_TIP)", "a ^ b", "a / b"]
)
def test_what_is_no_crossing_is_refused(name):
    with pytest.raises(hp.UnknownNameError, match=r"unknown (crossing|measurement)"):
        parse_crossing(name)
