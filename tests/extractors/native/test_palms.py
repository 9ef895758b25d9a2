import numpy as np
import pytest

from handpose.extractors.native.palms import ANCHORS, COARSE, FINE, decode_palms
from handpose.networks.regions import PALM_SCALE, PALM_SHIFT, Regions

NO_PALM = -100.0


def network_output(palms):
    """What the network says of palms given as (anchor, logit, centre offset, size)."""
    boxes, logits = np.zeros((2016, 18), np.float32), np.full(2016, NO_PALM, np.float32)
    for anchor, logit, (x, y), size in palms:
        logits[anchor] = logit
        boxes[anchor, :4] = x, y, size, size
        boxes[anchor, 4:] = np.tile([x, y], 7)
    return boxes, logits


def test_the_network_has_anchors_on_two_grids():
    assert ANCHORS[FINE].shape == (2016, 2)
    assert ANCHORS[COARSE].shape == (896, 2)
    np.testing.assert_allclose(ANCHORS[FINE][-1], 184 / 192)


def test_a_palm_is_read_relative_to_its_anchor():
    palms = decode_palms(*network_output([(0, 2.0, (20, 44), 40)]), FINE, 0.5, 5)
    assert palms.score == pytest.approx(1 / (1 + np.exp(-2)))
    np.testing.assert_allclose(palms.points[0, :3] * 192, [[4, 28], [44, 68], [24, 48]], atol=1e-4)


def test_a_palm_in_a_turned_view_lies_where_the_view_shows_it():
    boxes, logits = network_output([(0, 2.0, (92, 92), 48)])  # centre of the view
    boxes[0, 4 + 2 * 0 : 6] = 92, 116  # the wrist below
    boxes[0, 4 + 2 * 2 : 4 + 2 * 3] = 92, 68  # the middle finger above
    view = Regions(np.array([[100.0, 50.0]]), np.array([192.0]), np.array([np.pi / 2]))
    region = decode_palms(boxes, logits, FINE, 0.5, 1).regions(view)
    assert region.angle[0] == pytest.approx(np.pi / 2)  # up in the view is right in the image
    np.testing.assert_allclose(region.centre[0], [100 + PALM_SHIFT * 48, 50], atol=1e-4)
    np.testing.assert_allclose(region.side, 48 * PALM_SCALE, rtol=1e-6)
