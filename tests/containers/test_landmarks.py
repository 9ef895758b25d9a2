import numpy as np
import pytest

import handpose as hp
from handpose import Landmarks


@pytest.fixture
def hands(digits, missed):
    """Three found hands, then a missed one."""
    return Landmarks.concat([digits.X[:3], missed])


def fields(hands):
    return [
        hands.points,
        hands.world,
        hands.handedness_score,
        hands.score,
        hands.image_size,
        hands.handedness,
        hands.point_scores,
    ]


def assert_same(a, b):
    for left, right in zip(fields(a), fields(b), strict=True):
        np.testing.assert_array_equal(left, right)


def test_unknown_is_nan_empty_or_zero():
    hands = Landmarks(np.ones((2, 21, 3)))
    assert hands.points.dtype == np.float32
    assert hands.shape == (2, 21, 3)
    assert len(hands) == 2
    assert np.isnan(hands.world).all()
    assert np.isnan(hands.score).all()
    assert np.isnan(hands.handedness_score).all()
    assert hands.handedness.tolist() == ["", ""]
    assert hands.image_size.tolist() == [[0, 0], [0, 0]]


def test_two_columns_mean_that_depth_is_zero_and_a_missing_hand_stays_missing():
    flat = np.full((2, 21, 2), np.nan)
    flat[0] = 7
    hands = Landmarks(flat)
    assert (hands.points[0] == [7, 7, 0]).all()
    assert np.isnan(hands.points[1]).all()
    assert hands.detected.tolist() == [True, False]


@pytest.mark.parametrize(
    ("index", "rows"),
    [
        (1, [1]),
        (-1, [3]),
        (np.int64(2), [2]),
        (slice(1, 3), [1, 2]),
        (slice(None, None, -1), [3, 2, 1, 0]),
        ([2, 0], [2, 0]),
        (np.array([3, 3]), [3, 3]),
        (np.array([True, False, False, True]), [0, 3]),
        (([1, 2], ...), [1, 2]),
        ([], []),
    ],
    ids=repr,
)
def test_indexing_takes_the_same_rows_of_every_array(hands, index, rows):
    taken = hands[index]
    assert isinstance(taken, Landmarks)
    for whole, part in zip(fields(hands), fields(taken), strict=True):
        np.testing.assert_array_equal(part, whole[rows])


def test_indexing_beyond_the_end_is_an_index_error(hands):
    with pytest.raises(IndexError):
        hands[4]


def test_iterating_gives_one_hand_at_a_time_and_concat_joins_them_again(hands):
    singles = list(hands)
    assert [len(hand) for hand in singles] == [1, 1, 1, 1]
    assert_same(Landmarks.concat(singles), hands)


def test_concat_of_nothing_and_empty_have_no_rows():
    assert len(Landmarks.concat([])) == 0
    assert Landmarks.empty().shape == (0, 21, 3)
    assert len(Landmarks.concat([Landmarks.empty(), Landmarks.missing([(4, 5)])])) == 1


def test_missing_hands_know_the_size_of_their_image():
    hands = Landmarks.missing([(640, 480), (10, 20)])
    assert hands.image_size.tolist() == [[640, 480], [10, 20]]
    assert not hands.detected.any()
    assert repr(hands) == "Landmarks(2 hands, 0 detected)"


def test_mirroring_swaps_sides_and_reflects_x_at_the_middle_of_the_image(hands):
    mirrored = hands.mirrored()
    x, y, z = np.moveaxis(hands.points, 2, 0)
    np.testing.assert_allclose(mirrored.points[..., 0], hands.image_size[:, :1] - x, rtol=1e-6)
    np.testing.assert_array_equal(mirrored.points[..., 1], y)
    np.testing.assert_array_equal(mirrored.points[..., 2], z)
    np.testing.assert_array_equal(mirrored.world, hands.world * [-1, 1, 1])
    assert set(hands.handedness) == {"Right", ""}
    assert mirrored.handedness.tolist() == [
        "Left" if side else "" for side in hands.handedness.tolist()
    ]


def test_mirroring_twice_changes_nothing(hands):
    twice = hands.mirrored().mirrored()
    np.testing.assert_allclose(twice.points, hands.points, atol=1e-4)
    np.testing.assert_array_equal(twice.handedness, hands.handedness)
    np.testing.assert_array_equal(twice.world, hands.world)


def test_mirroring_without_an_image_size_reflects_at_zero():
    assert (Landmarks(np.full((1, 21, 3), 5.0)).mirrored().points[..., 0] == -5).all()


def test_normalized_divides_by_width_height_and_width():
    hands = Landmarks(np.full((1, 21, 3), 60.0), image_size=[(120, 240)])
    np.testing.assert_allclose(hands.normalized(), np.tile([0.5, 0.25, 0.5], (1, 21, 1)))


def test_normalized_needs_the_image_size():
    with pytest.raises(hp.LandmarksError, match="image_size"):
        Landmarks(np.ones((1, 21, 3))).normalized()
    assert Landmarks.empty().normalized().shape == (0, 21, 3)


def test_boxes_are_the_smallest_upright_ones(hands):
    boxes = hands.boxes()
    for box, points in zip(boxes[:3], hands.points[:3], strict=True):
        x, y = points[:, 0], points[:, 1]
        assert box.tolist() == [x.min(), y.min(), x.max(), y.max()]
    assert np.isnan(boxes[3]).all()


GOOD = np.ones((2, 21, 3))
HALF = np.where(np.arange(21)[:, None] == 4, np.nan, GOOD)
INFINITE = np.where(np.arange(21)[:, None] == 4, np.inf, GOOD)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"points": np.ones((21, 3))}, r"\(n, 21, 3\).*but got \(21, 3\)"),
        ({"points": np.ones((1, 20, 3))}, r"but got \(1, 20, 3\)"),
        ({"points": np.ones((1, 21, 4))}, r"but got \(1, 21, 4\)"),
        ({"points": [["a"]]}, "points must hold numbers"),
        ({"points": HALF}, r"2 of 2 hands .*first: row 0.*whole or missing"),
        ({"points": INFINITE}, "not finite"),
        ({"points": GOOD, "world": np.ones((1, 21, 3))}, r"world must have shape \(2, 21, 3\)"),
        ({"points": GOOD, "score": [1.0]}, r"score must have shape \(2,\), but got \(1,\)"),
        ({"points": GOOD, "score": ["high", "low"]}, "score must hold numbers"),
        ({"points": GOOD, "handedness_score": [[1, 2]]}, "handedness_score must have shape"),
        ({"points": GOOD, "image_size": [1, 2, 3]}, r"image_size must have shape \(2, 2\)"),
        ({"points": GOOD, "handedness": ["Left"]}, r"handedness must have shape \(2,\)"),
        ({"points": GOOD, "handedness": ["Left", "right"]}, 'must be "Left", "Right".*\'right\''),
    ],
)
def test_wrong_arrays_are_refused_with_what_came_and_what_is_allowed(arguments, message):
    with pytest.raises(hp.LandmarksError, match=message):
        Landmarks(**arguments)


def test_a_hand_cannot_be_changed_into_another(hands):
    with pytest.raises(AttributeError):
        hands.points = hands.points + 1


class TestFromArray:
    def test_normalised_points_become_pixels_and_back(self, people):
        hands = people.X[:5]
        made = hp.Landmarks.from_array(hands.normalized(), "normalized", hands.image_size)
        np.testing.assert_allclose(made.points, hands.points, rtol=1e-5, atol=1e-3)
        np.testing.assert_array_equal(made.image_size, hands.image_size)

    def test_one_size_is_that_of_all_images_and_one_hand_needs_no_axis(self):
        points = np.full((21, 3), 0.5)
        made = hp.Landmarks.from_array(points, "normalized", (640, 480), handedness=["Left"])
        np.testing.assert_array_equal(made.points[0, 0], [320, 240, 320])
        assert made.image_size.tolist() == [[640, 480]]
        assert made.handedness.tolist() == ["Left"]

    def test_without_depth_and_without_a_hand(self):
        points = np.full((2, 21, 2), 0.25)
        points[1] = np.nan
        made = hp.Landmarks.from_array(points, "normalized", (100, 200))
        np.testing.assert_array_equal(made.points[0, 3], [25, 50, 0])
        assert made.detected.tolist() == [True, False]

    def test_pixels_stay_as_they_are(self, people):
        made = hp.Landmarks.from_array(people.X.points[:3])
        np.testing.assert_array_equal(made.points, people.X.points[:3])
        assert not made.image_size.any()

    @pytest.mark.parametrize("size", [None, (0, 5), (5,), [(3, 4)] * 2])
    def test_normalised_points_need_the_size_of_their_images(self, size):
        with pytest.raises(hp.LandmarksError, match="need image_size"):
            hp.Landmarks.from_array(np.zeros((3, 21, 3)), "normalized", size)

    @pytest.mark.parametrize(
        ("points", "message"),
        [
            (np.zeros((2, 20, 3)), "must have shape"),
            (np.zeros(3), "must have shape"),
            (5, "must have shape"),
            ("hand", "must hold numbers"),
        ],
    )
    def test_what_are_no_hands_is_refused(self, points, message):
        with pytest.raises(hp.LandmarksError, match=message):
            hp.Landmarks.from_array(points, "normalized", (9, 9))

    def test_unknown_units_are_refused(self):
        with pytest.raises(hp.UnknownNameError, match="unknown units 'metres'"):
            hp.Landmarks.from_array(np.zeros((1, 21, 3)), "metres")


def test_point_scores_follow_their_points_into_the_mirror():
    scores = np.linspace(0, 1, 21, dtype=np.float32)[None]
    hands = Landmarks(np.ones((1, 21, 3)), point_scores=scores)
    np.testing.assert_array_equal(hands.mirrored().point_scores, scores)
    assert np.isnan(Landmarks(np.ones((1, 21, 3))).point_scores).all()
    with pytest.raises(hp.LandmarksError, match=r"point_scores must have shape \(1, 21\)"):
        Landmarks(np.ones((1, 21, 3)), point_scores=scores[0])
