from dataclasses import replace

import numpy as np
import pytest

import handpose as hp
from handpose.containers.skeletons import FINGERS
from handpose.drawing import FINGER_COLOURS, annotate

GREY = 128


@pytest.fixture
def canvas():
    return np.full((600, 800, 3), GREY, np.uint8)


@pytest.fixture
def hand(rendered):
    """A rendered hand, 200 pixels tall, with its box's centre at (250, 300) of `canvas`."""
    points = rendered.X[5].points
    x0, y0, x1, y1 = rendered.X[5].boxes()[0]
    points = (points - [(x0 + x1) / 2, (y0 + y1) / 2, 0]) * 200 / (y1 - y0) + [250, 300, 0]
    return hp.Landmarks(points, image_size=[(800, 600)])


def changed(before, after):
    return (before != after).any(2)


def test_draws_on_every_landmark_and_nowhere_far_from_the_hand(canvas, hand):
    marks = changed(canvas, annotate(canvas, hand))
    for x, y in hand.points[0, :, :2].astype(int):
        assert marks[y, x]
    ys, xs = np.nonzero(marks)
    x0, y0, x1, y1 = hand.boxes()[0]
    assert xs.min() > x0 - 20
    assert xs.max() < x1 + 20
    assert ys.min() > y0 - 20
    assert ys.max() < y1 + 20


def test_each_finger_has_its_colour(canvas, hand):
    picture = annotate(canvas, hand).astype(int)
    for finger, joints in FINGERS.items():
        x, y = hand.points[0, joints[-1], :2].astype(int)
        near = picture[y - 3 : y + 4, x - 3 : x + 4].reshape(-1, 3)
        assert np.abs(near - FINGER_COLOURS[finger]).sum(1).min() < 30


def test_a_caption_appears_and_stays_inside(canvas, hand):
    plain = annotate(canvas, hand)
    with_caption = annotate(canvas, hand, ["thumbs up  0.98"])
    assert changed(plain, with_caption).sum() > 500
    corner = hp.Landmarks(hand.points - [250, 390, 0])
    marks = changed(annotate(canvas, corner), annotate(canvas, corner, ["thumbs up  0.98"]))
    ys, xs = np.nonzero(marks)
    assert ys.min() >= 0
    assert xs.max() - xs.min() > 60  # not cut off at the edge


def test_the_input_is_not_changed(canvas, hand):
    before = canvas.copy()
    result = annotate(canvas, hand, ["x"])
    np.testing.assert_array_equal(canvas, before)
    assert not np.shares_memory(result, canvas)


def test_a_small_picture_is_enlarged_and_a_large_one_kept(digits):
    small = np.full((100, 100, 3), GREY, np.uint8)
    picture = annotate(small, digits.X[:1])
    assert picture.shape == (480, 480, 3)
    assert picture.dtype == np.uint8
    for x, y in (digits.X.points[0, :, :2] * 4.8).astype(int).clip(0, 479):
        assert (picture[y, x] != GREY).any()
    assert annotate(small[:, :50], hp.Landmarks.empty()).shape == (480, 240, 3)
    assert annotate(np.zeros((500, 900, 3), np.uint8), hp.Landmarks.empty()).shape == (500, 900, 3)


def test_missing_hands_are_not_drawn_and_do_not_shift_the_captions(canvas, hand, missed):
    both = hp.Landmarks.concat([missed, hand])
    np.testing.assert_array_equal(annotate(canvas, missed, ["x"]), canvas)
    np.testing.assert_array_equal(
        annotate(canvas, both, ["nothing", "fist"]), annotate(canvas, hand, ["fist"])
    )


def test_what_is_unsure_is_drawn_faintly(canvas, hand):
    scores = np.ones((1, 21), np.float32)
    scores[0, list(FINGERS["pinky"])[1:]] = 0.2
    sure, unsure = (
        annotate(canvas, replace(hand, point_scores=given)).astype(int)
        for given in (np.ones((1, 21)), scores)
    )
    np.testing.assert_array_equal(sure, annotate(canvas, hand))
    strength = [np.abs(picture - GREY).sum(2) for picture in (sure, unsure)]
    x, y = hand.points[0, FINGERS["pinky"][-1], :2].astype(int)
    assert 0 < strength[1][y, x] < strength[0][y, x] / 2
    x, y = hand.points[0, FINGERS["thumb"][-1], :2].astype(int)
    assert strength[1][y, x] == strength[0][y, x]


def test_points_of_unknown_score_are_drawn_as_ever(canvas, hand):
    unknown = replace(hand, point_scores=np.full((1, 21), np.nan))
    np.testing.assert_array_equal(annotate(canvas, unknown), annotate(canvas, hand))
