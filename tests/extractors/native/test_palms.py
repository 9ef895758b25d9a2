import numpy as np
import pytest

from handpose.extractors.native.palms import anchors, decode_palms, overlap
from handpose.extractors.native.regions import PALM_SCALE, PALM_SHIFT, Regions

NO_PALM = -100.0


def network_output(palms):
    """What the network says of palms given as (anchor, logit, centre offset, size)."""
    boxes, logits = np.zeros((2016, 18), np.float32), np.full(2016, NO_PALM, np.float32)
    for anchor, logit, (x, y), size in palms:
        logits[anchor] = logit
        boxes[anchor, :4] = x, y, size, size
        boxes[anchor, 4:] = np.tile([x, y], 7)
    return boxes, logits


def test_anchors_are_the_centres_of_two_grids():
    centres = anchors()
    assert centres.shape == (2016, 2)
    np.testing.assert_allclose(centres[:2], 4 / 192)  # stride 8, two at each place
    np.testing.assert_allclose(centres[2], [12 / 192, 4 / 192])  # then to the right
    np.testing.assert_allclose(centres[24 * 24 * 2 :][:6], 8 / 192)  # stride 16, six
    np.testing.assert_allclose(centres[-1], 184 / 192)


def test_a_palm_is_read_relative_to_its_anchor():
    palms = decode_palms(*network_output([(0, 2.0, (20, 44), 40)]), 0.5, 5)
    assert palms.score == pytest.approx(1 / (1 + np.exp(-2)))
    np.testing.assert_allclose(palms.points[0, :3] * 192, [[4, 28], [44, 68], [24, 48]], atol=1e-4)


def test_the_surest_palm_comes_first_and_weak_ones_do_not_come():
    output = network_output(
        [(0, 1.0, (20, 20), 20), (900, 3.0, (0, 0), 20), (500, -2.0, (0, 0), 9)]
    )
    assert decode_palms(*output, 0.5, 5).score == pytest.approx(1 / (1 + np.exp([-3.0, -1.0])))
    assert len(decode_palms(*output, 0.1, 5)) == 3
    assert len(decode_palms(*output, 0.1, 1)) == 1
    assert len(decode_palms(*output, 0.99, 5)) == 0


def test_palms_that_overlap_become_their_mean_weighted_by_score():
    # The first two anchors share their centre.
    palms = decode_palms(*network_output([(0, 2.0, (0, 0), 40), (1, 0.0, (6, 0), 40)]), 0.5, 5)
    assert len(palms) == 1
    sure, half = 1 / (1 + np.exp(-2.0)), 0.5
    assert palms.score == pytest.approx(sure)
    assert palms.points[0, 2, 0] * 192 == pytest.approx(4 + 6 * half / (sure + half), abs=1e-4)


def test_overlap_is_intersection_over_union():
    boxes = np.array([[[0, 0], [2, 2]], [[1, 0], [3, 2]], [[5, 5], [5, 5]]], float)
    np.testing.assert_allclose(overlap(boxes[0], boxes), [1, 1 / 3, 0])


def test_a_palm_in_a_turned_view_lies_where_the_view_shows_it():
    boxes, logits = network_output([(0, 2.0, (92, 92), 48)])  # centre of the view
    boxes[0, 4 + 2 * 0 : 6] = 92, 116  # the wrist below
    boxes[0, 4 + 2 * 2 : 4 + 2 * 3] = 92, 68  # the middle finger above
    view = Regions(np.array([[100.0, 50.0]]), np.array([192.0]), np.array([np.pi / 2]))
    region = decode_palms(boxes, logits, 0.5, 1).regions(view)
    assert region.angle[0] == pytest.approx(np.pi / 2)  # up in the view is right in the image
    np.testing.assert_allclose(region.centre[0], [100 + PALM_SHIFT * 48, 50], atol=1e-4)
    np.testing.assert_allclose(region.side, 48 * PALM_SCALE, rtol=1e-6)
