import numpy as np
import pytest

from handpose.containers.motion import Motion
from handpose.features.motion import MotionFeatures
from handpose.features.motion_blocks import MOTION_BLOCKS, SCALES, Form
from handpose.features.normalize import palm_size
from tests.motions import carried, changed, circle, line, times


def named(motion, block, **options):
    features = MotionFeatures((block,), **({"scale": "hand"} | options)).fit([motion])
    names = features.get_feature_names_out()
    return dict(zip(names, features.transform([motion])[0], strict=True))


@pytest.fixture(scope="module")
def right(people):
    hand = people.X[people.X.handedness == "Right"][0]
    return hand.points[0, :, :2]


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("block", MOTION_BLOCKS)
def test_what_a_block_gives_is_as_long_as_its_names(block, scale, right):
    found = named(carried(right), block, scale=scale)
    assert list(found) == MOTION_BLOCKS[block].names(Form(21, 16, 2, scale))


class TestPath:
    def test_positions_are_seen_from_the_middle_of_the_path(self):
        found = named(line(16, to=(3, 6)), "path", n_frames=4)
        assert [found[f"path_point_x_{i}"] for i in range(4)] == pytest.approx(
            [-1.5, -0.5, 0.5, 1.5]
        )
        assert [found[f"path_point_y_{i}"] for i in range(4)] == pytest.approx([-3, -1, 1, 3])

    def test_of_a_hand_the_palm_and_the_tip_of_the_index_finger_are_followed(self, right):
        found = named(carried(right, opening=50), "path")
        assert len(found) == 2 * 2 * 16
        assert found["path_palm_y_15"] == pytest.approx(found["path_palm_y_0"], abs=1e-4)
        assert found["path_index_finger_tip_y_15"] < found["path_index_finger_tip_y_0"]


class TestStatistics:
    def test_a_straight_line_at_even_speed(self):
        found = named(line(16, to=(0.3, -0.4), step_ms=100), "statistics")
        expected = {
            "mean_speed": 0.5 / 1.5,
            "top_speed": 0.5 / 1.5,
            "speed_deviation": 0,
            "displacement_x": 0.3,
            "displacement_y": -0.4,
            "extent_x": 0.3,
            "extent_y": 0.4,
            "straightness": 1,
            "turning": 0,
            "absolute_turning": 0,
            "roundness": 0,
        }
        assert found == pytest.approx({f"{k}_point": v for k, v in expected.items()}, abs=1e-3)

    @pytest.mark.parametrize("turns", [1, -1])
    def test_a_circle_turns_once_and_is_positive_clockwise(self, turns):
        found = named(circle(101, turns=turns), "statistics", n_frames=101)
        assert found["turning_point"] == pytest.approx(turns, abs=0.02)
        assert found["absolute_turning_point"] == pytest.approx(1, abs=0.02)
        assert found["roundness_point"] == pytest.approx(turns, abs=0.01)
        assert found["straightness_point"] == pytest.approx(0, abs=1e-5)
        assert found["extent_x_point"] == pytest.approx(0.2, abs=1e-3)

    def test_two_rounds_turn_twice(self):
        found = named(circle(101, turns=2), "statistics", n_frames=101)
        assert found["turning_point"] == pytest.approx(2, abs=0.05)

    def test_there_and_back_ends_where_it_began(self):
        x = 1 - np.abs(np.linspace(-1, 1, 17))
        there_and_back = Motion(np.stack([x, 0 * x], axis=1), times(17))
        found = named(there_and_back, "statistics", n_frames=17)
        assert found["displacement_x_point"] == 0
        assert found["straightness_point"] == 0
        assert found["extent_x_point"] == pytest.approx(1)
        assert found["absolute_turning_point"] == pytest.approx(0.5)

    def test_a_point_at_rest_is_all_zeros(self):
        assert set(named(line(to=(0, 0)), "statistics").values()) == {0}

    def test_a_point_at_rest_is_as_small_as_anything_counts(self):
        found = named(line(to=(0, 0)), "statistics", scale="extent")
        assert found.pop("log_extent") == pytest.approx(np.log(0.03))
        assert set(found.values()) == {0}

    def test_in_units_of_its_own_size_a_circle_is_one_wide(self):
        found = named(circle(101, radius=0.3), "statistics", scale="extent", n_frames=101)
        assert found["extent_x_point"] == pytest.approx(1, abs=1e-3)
        assert found["mean_speed_point"] == pytest.approx(np.pi / (100 / 30), rel=1e-2)
        assert found["log_extent"] == pytest.approx(np.log(0.6), abs=1e-3)

    def test_palm_and_fingertip_have_one_size_together(self, right):
        found = named(carried(right, by=(300, 0)), "statistics", scale="extent")
        palms = 300 / palm_size(right[None])[0]
        assert found["log_extent"] == pytest.approx(np.log(palms), abs=1e-3)
        assert found["extent_x_palm"] == pytest.approx(1, abs=1e-4)

    def test_speeds_of_a_hand_are_in_palm_sizes(self, right):
        found = named(carried(right, by=(300, 0), n=16, step_ms=100), "statistics")
        expected = 300 / palm_size(right[None])[0] / 1.5
        assert found["mean_speed_palm"] == pytest.approx(expected, rel=1e-3)


class TestHand:
    def test_a_hand_that_keeps_its_shape_has_no_change_and_no_range(self, right):
        found = named(carried(right), "hand")
        still = {k: v for k, v in found.items() if k.startswith(("change_", "range_"))}
        assert max(map(abs, still.values())) < 1e-3
        assert found["mean_stretch_index"] > 0

    def test_opening_thumb_and_index_finger_shows_as_change_and_range(self, right):
        found = named(carried(right, opening=60), "hand")
        closing = named(carried(right, opening=-3), "hand")
        assert found["change_gap_thumb_index"] > 0.2
        assert found["range_gap_thumb_index"] >= found["change_gap_thumb_index"]
        assert closing["change_gap_thumb_index"] < 0

    def test_a_hand_that_comes_nearer_grows(self, right):
        motion = carried(right, by=(0, 0))
        growth = np.linspace(1, 2, 16)[:, None, None, None]
        found = named(changed(motion, lambda points: points * growth), "hand")
        assert found["range_palm"] == pytest.approx(np.log(2), abs=1e-3)
        assert 0 < found["change_palm"] < np.log(2)
        assert abs(found["change_gap_thumb_index"]) < 1e-3

    def test_the_track_of_a_point_has_none(self):
        assert MOTION_BLOCKS["hand"].names(Form(1, 16, 2, "hand")) == []
