"""Anchors, boxes and their blending, by hand."""

import numpy as np
import pytest

from handpose.networks.single_shot import anchors, decode, overlap

SIZE = 32
CENTRES = anchors(SIZE, ((16, 2),))
"""Eight: two at each place of a grid of two by two."""


def read(found, min_score=0.5, limit=5):
    """What `decode` says of (anchor, logit, centre offset, size), with one key point there."""
    boxes, logits = np.zeros((8, 6), np.float32), np.full(8, -100, np.float32)
    for anchor, logit, (x, y), size in found:
        logits[anchor] = logit
        boxes[anchor] = x, y, size, size, x, y
    return decode(boxes, logits, CENTRES, SIZE, min_score, limit)


def probability(logit):
    return 1 / (1 + np.exp(-np.asarray(logit, float)))


def test_anchors_are_the_centres_of_grids_one_layer_after_the_other():
    centres = anchors(192, ((8, 2), (16, 6)))
    assert centres.shape == (2016, 2)
    np.testing.assert_allclose(centres[:2], 4 / 192)  # stride 8, two at each place
    np.testing.assert_allclose(centres[2], [12 / 192, 4 / 192])  # then to the right
    np.testing.assert_allclose(centres[24 * 24 * 2 :][:6], 8 / 192)  # stride 16, six
    np.testing.assert_allclose(centres[-1], 184 / 192)


def test_a_box_is_read_relative_to_its_anchor():
    found = read([(0, 2.0, (12, 4), 8)])
    assert found.score == pytest.approx(probability(2))
    corners_and_key_point = [[16, 8], [24, 16], [20, 12]]
    np.testing.assert_allclose(found.points[0] * SIZE, corners_and_key_point, atol=1e-5)


def test_the_surest_comes_first_and_what_is_weak_does_not_come():
    output = [(0, 1.0, (0, 0), 4), (7, 3.0, (0, 0), 4), (4, -2.0, (0, 0), 4)]
    assert read(output).score == pytest.approx(probability([3, 1]))
    assert len(read(output, min_score=0.1)) == 3
    assert len(read(output, min_score=0.1, limit=1)) == 1


def test_where_nothing_is_found_there_are_no_points():
    found = read([])
    assert len(found) == 0
    assert found.points.shape == (0, 3, 2)


def test_boxes_that_overlap_become_their_mean_weighted_by_score():
    found = read([(0, 2.0, (0, 0), 16), (1, 0.0, (2, 0), 16)])  # anchors 0 and 1 share a centre
    assert found.score == pytest.approx([probability(2)])
    sure = probability(2)
    assert found.points[0, 2, 0] * SIZE == pytest.approx(8 + 2 * 0.5 / (sure + 0.5), abs=1e-5)


def test_overlap_is_intersection_over_union():
    boxes = np.array([[[0, 0], [2, 2]], [[1, 0], [3, 2]], [[5, 5], [5, 5]]], float)
    np.testing.assert_allclose(overlap(boxes[0], boxes), [1, 1 / 3, 0])
