"""Bodies: what the networks say becomes squares around people, and points in them."""

import json
from pathlib import Path

import numpy as np
import pytest

import handpose as hp
from handpose.networks import bodies as module
from handpose.networks.bodies import (
    ANCHORS,
    BODY_SCALE,
    BodyFinder,
    body_regions,
    decode_bodies,
    decode_people,
    distinct,
    sharpened,
)
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions
from handpose.networks.views import whole
from tests.unaveraged import Unaveraged

REFERENCE = json.loads(Path(__file__).with_name("blazepose_reference.json").read_text())
"""What MediaPipe 0.10.21 (``solutions.pose``, full) places in photos of drone_hand: pixels and
visibility of 33 points."""

COLD = np.full((1, 64, 64, 39), -50, np.float32)


@pytest.fixture(scope="module")
def finder(networks):
    return BodyFinder("openvino", 1, "f32")


def test_the_network_has_anchors_on_three_grids():
    assert ANCHORS.shape == (2254, 2)
    np.testing.assert_allclose(ANCHORS[[0, -1]], [[4 / 224] * 2, [208 / 224] * 2])


def test_a_person_in_a_view_lies_where_the_view_shows_them():
    boxes, logits = np.zeros((2254, 12), np.float32), np.full(2254, -100, np.float32)
    logits[0] = 2.0
    boxes[0, :8] = 20, 20, 10, 10, 108, 108, 108, 52  # the hips in the middle, the rim above them
    view = Regions(np.array([[100.0, 50.0]]), np.array([448.0]), np.zeros(1))
    people = decode_people(boxes, logits, 0.5, 1)
    region = people.regions(view)
    np.testing.assert_allclose(region.centre, [[100, 50]], atol=1e-5)
    assert region.side == pytest.approx(2 * BODY_SCALE * 2 * 56)
    assert region.angle == pytest.approx(0)
    assert people.score == pytest.approx(1 / (1 + np.exp(-2)))


@pytest.mark.parametrize("degrees", [0, 30, 90, -135])
def test_the_head_is_up_in_a_region_of_any_angle(degrees):
    turn = np.deg2rad(degrees)
    hips = np.array([[200.0, 100.0]])
    rim = hips + 40 * np.array([[np.sin(turn), -np.cos(turn)]])
    region = body_regions(hips, rim)
    top = np.array([[[0.5, 0.5 - 0.5 / BODY_SCALE]]])
    np.testing.assert_allclose(region.to_image(top)[:, 0], rim, atol=1e-9)


def test_points_are_read_in_pixels_of_the_image():
    values = np.zeros((1, 39, 5), np.float32)
    values[0, :, :3] = 128, 64, -32
    values[0, 15, 3:] = 2.0, -9.0
    region = Regions(np.array([[300.0, 200.0]]), np.array([512.0]), np.array([np.pi / 2]))
    bodies = decode_bodies(values.reshape(1, -1), np.array([[0.7]]), COLD, region)
    np.testing.assert_allclose(bodies.points[0], np.tile([300 + 128, 200, -64], (33, 1)), atol=1e-4)
    assert bodies.visibility[0, 15] == pytest.approx(1 / (1 + np.exp(-2)))  # not of presence
    assert bodies.visibility[0, 14] == pytest.approx(0.5)
    assert bodies.score == pytest.approx(0.7)


def test_a_point_moves_to_the_heat_nearby_and_only_there():
    xy = np.full((1, 3, 2), 32 / 64)
    heat = np.full((1, 64, 64, 3), -50, np.float32)
    heat[0, 30, 34, 0] = 3.0  # nearby
    heat[0, 30, 40, 1] = 3.0  # too far away
    heat[0, 30, 34, 2] = -3.0  # too cool
    moved = sharpened(xy, heat)
    np.testing.assert_allclose(moved[0], [[34 / 64, 30 / 64], [0.5, 0.5], [0.5, 0.5]], atol=1e-6)


@pytest.mark.parametrize("place", [-0.5, -0.001, 0.001, 0.999, 1.0, 1.5])
def test_a_point_at_the_edge_stays_finite_and_outside_stays_where_it_is(place):
    xy = np.full((1, 1, 2), place)
    moved = sharpened(xy, np.full((1, 64, 64, 1), 5, np.float32))
    assert np.abs(moved - xy).max() < 4 / 64
    if not 0 <= place < 1:
        np.testing.assert_array_equal(moved, xy)


def test_a_person_seen_in_two_views_is_one():
    centre = np.array([[100.0, 100], [104, 100], [300, 100]])
    assert list(distinct(Regions(centre, np.array([90.0, 80, 90]), np.zeros(3)))) == [0, 2]
    assert list(distinct(Regions(centre[:0], np.empty(0), np.empty(0)))) == []


def test_a_picture_without_people_has_none(finder):
    picture = Picture(np.full((240, 320, 3), 120, np.uint8))
    bodies = finder(picture, [whole(320, 240)], 4)
    assert len(bodies) == 0
    assert bodies.points.shape == (0, 33, 3)


def test_without_views_there_is_nobody(finder):
    assert len(finder(Picture(np.zeros((64, 64, 3), np.uint8)), [], 4)) == 0


def test_where_the_body_network_sees_nobody_there_is_none(finder):
    picture = Picture(np.full((240, 320, 3), 120, np.uint8))
    region = Regions(np.array([[160.0, 120]]), np.array([200.0]), np.zeros(1))
    bodies, kept = finder.place(picture, region)
    assert len(bodies) == len(kept) == 0


@pytest.mark.photos
def test_points_are_those_of_mediapipe(finder, data_root):
    for name, expected in REFERENCE.items():
        picture, theirs = Unaveraged(hp.read_image(data_root / name)), np.array(expected)
        (points,), (visibility,) = _surest(finder, picture)
        inside = (theirs[:, 0] < picture.width) & (theirs[:, 1] < picture.height)
        inside &= theirs[:, 3] > 0.5
        apart = np.linalg.norm(points[inside, :2] - theirs[inside, :2], axis=1)
        assert apart.mean() < 0.02 * np.ptp(theirs[inside, :2], axis=0).max()
        assert np.abs(visibility[:25] - theirs[:25, 3]).mean() < 0.1


def _surest(finder, picture):
    bodies = finder(picture, [whole(picture.width, picture.height)], 1)
    assert len(bodies) == 1
    return bodies.points, bodies.visibility


@pytest.mark.photos
def test_two_people_are_two(finder, data_root):
    files = [data_root / name for name in list(REFERENCE)[:2]]
    image = np.hstack([hp.read_image(file) for file in files])
    bodies = finder(Picture(image), [whole(image.shape[1], image.shape[0])], 4)
    assert len(bodies) == 2
    assert (np.sort(bodies.points[:, 0, 0] // 640) == [0, 1]).all()
    assert len(finder(Picture(image), [whole(image.shape[1], image.shape[0])], 1)) == 1


@pytest.mark.photos
@pytest.mark.litert
def test_every_runtime_places_the_same_points(finder, data_root):
    image = hp.read_image(data_root / next(iter(REFERENCE)))
    ours, _ = _surest(finder, Picture(image))
    theirs, _ = _surest(module.BodyFinder("litert", 1, "f32"), Picture(image))
    np.testing.assert_allclose(theirs[0, :, :2], ours[0, :, :2], atol=0.5)
