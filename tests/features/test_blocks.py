import numpy as np
import pytest
from scipy.spatial.distance import pdist

from handpose.containers.skeletons import FINGERS, HAND
from handpose.features import normalize
from handpose.features.blocks import BLOCKS, angles, coordinates, distances, fingertips


@pytest.fixture(params=["xy", "xyz"])
def axes(request):
    return request.param


@pytest.fixture
def hands(digits, axes):
    found = digits.X[digits.X.detected][:50]
    return normalize(found.points[..., : len(axes)], found.handedness)


def flat_hand():
    """Five straight fingers that point up, side by side; wrist below the middle finger."""
    hand = np.zeros((1, 21, 2), np.float32)
    for x, joints in enumerate(FINGERS.values()):
        hand[0, list(joints)] = [[x - 2, -y] for y in (1, 2, 3, 4)]
    return hand


@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_gives_one_finite_column_a_name(name, hands, axes):
    columns = BLOCKS[name].compute(hands)
    names = BLOCKS[name].names(axes)
    assert columns.shape == (len(hands), len(names))
    assert np.isfinite(columns).all()
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_hand_does_not_depend_on_its_neighbours(name, hands):
    together = BLOCKS[name].compute(hands)
    alone = np.concatenate([BLOCKS[name].compute(hands[i : i + 1]) for i in range(len(hands))])
    np.testing.assert_allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("name", BLOCKS)
def test_a_missing_hand_is_a_row_of_nan(name, hands):
    hands = hands.copy()
    hands[1] = np.nan
    columns = BLOCKS[name].compute(hands)
    assert np.isnan(columns[1]).all()
    assert np.isfinite(np.delete(columns, 1, axis=0)).all()


def test_coordinates_are_named_after_their_landmark_and_axis(hands, axes):
    columns = coordinates(hands)
    names = BLOCKS["coordinates"].names(axes)
    assert len(names) == 20 * len(axes)
    np.testing.assert_array_equal(
        columns[:, names.index("index_finger_tip_y")],
        hands[:, HAND.landmarks.index("INDEX_FINGER_TIP"), 1],
    )


def test_distances_are_those_of_scipy(hands):
    expected = np.array([pdist(hand) for hand in hands])
    assert expected.shape[1] == 210
    np.testing.assert_allclose(distances(hands), expected, atol=1e-4)


def test_distances_are_named_after_both_landmarks(hands, axes):
    depth = "_xyz" if axes == "xyz" else ""
    name = f"distance{depth}_thumb_tip_index_finger_tip"
    column = BLOCKS["distances"].names(axes).index(name)
    expected = np.linalg.norm(hands[:, 4] - hands[:, 8], axis=1)
    np.testing.assert_allclose(distances(hands)[:, column], expected, atol=1e-5)


def angle(hand, name):
    return float(angles(hand)[0, BLOCKS["angles"].names("xy").index(name)])


def test_a_straight_finger_is_bent_by_nothing_and_parallel_fingers_are_not_spread():
    hand = flat_hand()
    for joint in ("pip", "dip"):
        assert angle(hand, f"flexion_middle_finger_{joint}") == pytest.approx(0, abs=1e-6)
    assert angle(hand, "flexion_middle_finger_mcp") == pytest.approx(0, abs=1e-6)
    assert angle(hand, "spread_index_middle") == pytest.approx(0, abs=1e-6)
    assert angle(hand, "flexion_index_finger_mcp") == pytest.approx(
        np.pi / 4
    )  # (-1, -1) to (0, -1)


def test_a_finger_bent_by_a_right_angle_measures_half_a_pi():
    hand = flat_hand()
    hand[0, [7, 8]] = [[0, -2], [1, -2]]  # from the index finger's PIP at (-1, -2) to the right
    assert angle(hand, "flexion_index_finger_pip") == pytest.approx(np.pi / 2)
    assert angle(hand, "flexion_index_finger_dip") == pytest.approx(0, abs=1e-6)
    hand[0, [7, 8]] = [[-1, -1], [-1, 0]]  # folded back on itself
    assert angle(hand, "flexion_index_finger_pip") == pytest.approx(np.pi, abs=1e-3)


def test_a_finger_turned_sideways_is_spread_from_its_neighbours():
    hand = flat_hand()
    hand[0, list(FINGERS["pinky"])] = [[2 + y, -1] for y in range(4)]
    assert angle(hand, "spread_ring_pinky") == pytest.approx(np.pi / 2)
    assert angle(hand, "spread_thumb_pinky") == pytest.approx(np.pi / 2)
    assert angle(hand, "spread_middle_ring") == pytest.approx(0, abs=1e-6)


def test_angles_of_straight_joints_have_all_their_digits(hands):
    """The root of a difference of squares would lose half of them."""
    exact = angles(hands.astype(np.float64))
    assert (exact < 0.02).any()
    assert np.abs(angles(hands) - exact).max() < 1e-5


def test_angles_do_not_depend_on_size(hands):
    np.testing.assert_allclose(angles(hands), angles(hands * np.float32(7)), atol=2e-5)


def fingertip(hand, name):
    return float(fingertips(hand)[0, BLOCKS["fingertips"].names("xy").index(name)])


def test_a_straight_finger_is_stretched_by_one_and_a_folded_one_by_less():
    hand = flat_hand()
    assert fingertip(hand, "stretch_ring") == pytest.approx(1)
    hand[0, [15, 16]] = [[1, -1], [1, -2]]  # base (1, -1), up to (1, -2), back, up again
    assert fingertip(hand, "stretch_ring") == pytest.approx(1 / 3)


def test_fingertips_are_seen_from_the_middle_of_the_palms_triangle():
    hand = flat_hand()
    centre = hand[0, [0, 5, 17]].mean(0)
    assert fingertip(hand, "fingertip_pinky_x") == pytest.approx(2 - centre[0])
    assert fingertip(hand, "fingertip_pinky_y") == pytest.approx(-4 - centre[1])
