import numpy as np
import pytest

from handpose.models.nearness import LINEAR_SLOPE, NETWORKS_SLOPE, sigmoid_of_known


def found(own, other, classes=5, slope=NETWORKS_SLOPE):
    """Slope and offset where each class has one hand: so near to its own, so near to another."""
    nearness = np.full((classes, classes), -9.0)
    nearness[np.arange(classes), (np.arange(classes) + 1) % classes] = other
    nothing = np.zeros(classes, bool)
    return sigmoid_of_known(np.full(classes, own), nearness, np.arange(classes), nothing, slope)


@pytest.mark.parametrize("slope", [NETWORKS_SLOPE, LINEAR_SLOPE])
@pytest.mark.parametrize("other", [-0.5, -1.0, -2.0, -4.0])
def test_a_hand_at_the_usual_distance_is_known_and_one_beside_another_gesture_less(slope, other):
    """A step of Newton's method that overshoots made everything known (an offset of 50)."""
    steep, offset = found(0.0, other, slope=slope)
    assert steep == pytest.approx(slope[0], abs=slope[1])
    assert 0 < offset < 12
    assert steep * other + offset < offset - 0.9


def test_the_nearer_the_others_the_nearer_a_known_hand_must_be():
    offsets = [found(0.0, other)[1] for other in (-4.0, -3.0, -2.0, -1.0)]
    assert offsets == sorted(offsets, reverse=True)
    assert offsets[0] > offsets[-1] + 1


def test_more_gestures_share_the_foreign_hands():
    """Foreign hands are expected as often as those of one gesture."""
    more = found(0.0, -3.0, classes=10)[1] - found(0.0, -3.0, classes=5)[1]
    assert more == pytest.approx(np.log(2), abs=0.3)


def test_a_label_of_no_gesture_is_not_known():
    nearness = np.full((2, 2), -3.0)
    nothing = np.array([False, True])
    own = np.array([0.0, 50.0])
    one = sigmoid_of_known(own, nearness, np.arange(2), nothing, NETWORKS_SLOPE)
    other = sigmoid_of_known(np.array([0.0, 0.0]), nearness, np.arange(2), nothing, NETWORKS_SLOPE)
    np.testing.assert_array_equal(one, other)
