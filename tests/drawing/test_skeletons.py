import numpy as np
import pytest

from handpose.containers.skeletons import FACE4, Skeleton
from handpose.drawing import FINGER_COLOURS, draw_skeleton

FACE = np.array([[140.5, 40.5], [60.5, 40.5], [100.5, 90.5], [100.5, 140.5]])


@pytest.fixture
def picture():
    return np.full((200, 200, 3), 120, np.uint8)


def test_each_point_of_a_face_has_a_colour_and_edges_join_them(picture):
    draw_skeleton(picture, FACE, FACE4)
    colours = list(FINGER_COLOURS.values())
    for (x, y), colour in zip(FACE.astype(int), colours, strict=False):
        np.testing.assert_array_equal(picture[y, x], colour)
    assert (picture[115, 98:103] > 200).all(1).any()  # from the nose to the mouth
    assert (picture[115, 120:] == 120).all()


def test_one_point_without_edges_is_a_dot(picture):
    draw_skeleton(picture, np.array([[50.5, 60.5]]), Skeleton("blob", ("CENTRE",), ()))
    assert (picture[60, 50] != 120).any()
    assert (picture[:, 70:] == 120).all()


def test_more_points_than_colours_begin_with_the_first_colour_again(picture):
    names = tuple(f"P{i}" for i in range(7))
    points = np.array([[20.5 + 25 * i, 100.5] for i in range(7)])
    draw_skeleton(picture, points, Skeleton("row", names, ()))
    np.testing.assert_array_equal(picture[100, 20], picture[100, 145])


def test_points_far_outside_the_picture_harm_nothing(picture):
    draw_skeleton(picture, FACE + 1e9, FACE4)
    assert (picture == 120).all()
