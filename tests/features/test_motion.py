import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import handpose as hp
from handpose.containers.motion import Motion
from handpose.containers.skeletons import BODY, BodyLandmark
from handpose.features.motion import MotionFeatures
from handpose.features.normalize import palm_size
from tests.motions import carried, changed, circle, line, thinned, times, without


@pytest.fixture(scope="module")
def right(people):
    """A right hand, (21, 2) pixels."""
    hand = people.X[people.X.handedness == "Right"][0]
    return hand.points[0, :, :2]


@pytest.fixture(params=["track", "hand"])
def motion(request, right):
    return circle() if request.param == "track" else carried(right, opening=20)


def vector(motion, **options):
    return MotionFeatures(**options).fit_transform([motion])[0]


def named(motion, **options):
    features = MotionFeatures(**options).fit([motion])
    names = features.get_feature_names_out()
    return dict(zip(names, features.transform([motion])[0], strict=True))


class TestInvariances:
    def test_where_it_happens_does_not_matter(self, motion):
        shift = np.array([7, -3]) * (100 if motion.n_points > 1 else 1)
        moved = changed(motion, lambda points: points + shift)
        np.testing.assert_allclose(vector(moved), vector(motion), atol=2e-3)

    def test_how_large_the_hand_is_does_not_matter(self, right):
        motion = carried(right, opening=20)
        larger = changed(motion, lambda points: points * 7)
        for scale in ("hand", "extent"):
            one, other = vector(larger, scale=scale), vector(motion, scale=scale)
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)

    def test_how_large_a_motion_is_shows_in_one_feature(self):
        small, large = named(circle(radius=0.1)), named(circle(radius=0.3))
        assert large.pop("log_extent") - small.pop("log_extent") == pytest.approx(np.log(3))
        assert large == pytest.approx(small, abs=1e-4)

    def test_how_large_it_is_shows_in_its_speeds_if_that_is_asked_for(self):
        small, large = (named(circle(radius=r), scale="hand") for r in (0.1, 0.3))
        assert large["mean_speed_point"] == pytest.approx(3 * small["mean_speed_point"])
        for same in ("straightness_point", "turning_point", "roundness_point"):
            assert large[same] == pytest.approx(small[same], abs=1e-5)

    @pytest.mark.parametrize("rows", [slice(None, None, 2), [0, 1, 2, 5, 6, 9, 13, 14, 20, 22, 30]])
    def test_how_many_frames_there_are_hardly_matters(self, rows):
        fine = circle(31, step_ms=20)
        coarse = thinned(fine, rows)
        assert coarse.duration_ms == fine.duration_ms
        size = np.linalg.norm(vector(fine))
        assert np.linalg.norm(vector(coarse) - vector(fine)) < 0.1 * size

    def test_half_the_frame_rate_changes_a_hands_vector_little(self, right):
        fine = carried(right, n=31, by=(250, 100), opening=30, step_ms=1000 / 60)
        coarse = thinned(fine, slice(None, None, 2))
        np.testing.assert_allclose(vector(coarse), vector(fine), atol=2e-3)

    def test_a_slower_motion_differs_in_its_speeds_alone(self):
        fast, slow = named(circle()), named(circle(step_ms=100))
        differ = {name for name in fast if abs(fast[name] - slow[name]) > 1e-5}
        assert differ == {"mean_speed_point", "top_speed_point"}
        assert fast["mean_speed_point"] == pytest.approx(3 * slow["mean_speed_point"], rel=1e-3)

    def test_a_left_hand_counts_as_the_right_hand_it_is_the_mirror_of(self, right):
        motion = carried(right, by=(250, 100), opening=30)
        options = {"mirror_left": True}
        expected = vector(motion, **options)
        np.testing.assert_allclose(vector(motion.mirrored(), **options), expected, atol=1e-4)

    def test_by_default_the_side_to_which_a_hand_moves_counts_and_its_own_side_does_not(
        self, right
    ):
        motion = carried(right, by=(250, 100), opening=30)
        one, other = named(motion), named(motion.mirrored())
        assert one["displacement_x_palm"] == pytest.approx(-other["displacement_x_palm"])
        assert one["turning_index_finger_tip"] == pytest.approx(-other["turning_index_finger_tip"])
        shape = [name for name in one if name.startswith(("mean_fingertip", "change_fingertip"))]
        assert len(shape) == 20
        for name in shape:
            assert one[name] == pytest.approx(other[name], abs=1e-4)

    def test_a_hand_of_unknown_side_has_one_side_throughout(self, right):
        motion = carried(right)
        unknown = Motion(motion.points, motion.timestamps_ms)
        names = [n for n in named(motion) if n.startswith("change_fingertip")]
        assert max(abs(named(unknown)[name]) for name in names) < 1e-3


class TestFeatures:
    def test_each_column_has_a_name_of_its_own(self, motion):
        features = MotionFeatures().fit([motion])
        names = features.get_feature_names_out()
        assert features.transform([motion]).shape == (1, len(names))
        assert features.n_features_out_ == len(names) == len(set(names))
        assert features.transform([motion]).dtype == np.float32

    def test_motions_together_are_the_motions_one_by_one(self):
        motions = [circle(), line(9), circle(25, turns=-2), line(step_ms=20)]
        features = MotionFeatures().fit(motions)
        alone = np.concatenate([features.transform([motion]) for motion in motions])
        np.testing.assert_allclose(features.transform(motions), alone, atol=1e-5)

    def test_a_motion_that_was_seen_too_little_is_a_row_of_nan(self):
        motions = [circle(), without(circle(), range(16)), without(circle(), range(2, 16))]
        features = MotionFeatures().fit(motions)
        finite = np.isfinite(features.transform(motions))
        assert finite.all(axis=1).tolist() == [True, False, False]
        assert not finite[1:].any()
        assert features.usable(motions).tolist() == [True, False, False]

    def test_a_few_missed_frames_change_little(self):
        whole, holed = vector(circle(31)), vector(without(circle(31), [4, 11, 12, 20]))
        assert np.linalg.norm(holed - whole) < 0.05 * np.linalg.norm(whole)

    def test_no_motions_are_no_rows(self):
        features = MotionFeatures().fit([circle()])
        assert features.transform([]).shape == (0, features.n_features_out_)

    def test_blocks_are_put_side_by_side_in_the_order_asked_for(self):
        both = vector(circle(), blocks=("statistics", "path"))
        parts = [vector(circle(), blocks=(name,)) for name in ("statistics", "path")]
        np.testing.assert_array_equal(both, np.concatenate(parts))

    def test_blocks_may_be_the_preset_or_joined_by_plus(self):
        names = ("path", "statistics", "hand", "geometry", "place")
        np.testing.assert_array_equal(vector(circle()), vector(circle(), blocks=names))
        joined = vector(circle(), blocks="statistics+path")
        np.testing.assert_array_equal(joined, vector(circle(), blocks=("statistics", "path")))

    def test_depth_is_not_looked_at(self, people):
        hands = people.X.points[:5]
        flat = Motion(hands[..., :2], times(5), "Right")
        np.testing.assert_array_equal(vector(Motion(hands, times(5), "Right")), vector(flat))

    def test_it_can_be_cloned_and_wants_to_be_fitted(self):
        features = MotionFeatures(("path",), n_frames=9, max_gap_ms=100, mirror_left=True)
        assert clone(features).get_params() == features.get_params()
        with pytest.raises(NotFittedError):
            features.transform([circle()])
        with pytest.raises(NotFittedError):
            features.get_feature_names_out()


class TestBadInput:
    def test_different_numbers_of_points_are_refused(self, right):
        with pytest.raises(hp.LandmarksError, match=r"all have 21, but got \[1, 21\]"):
            MotionFeatures().fit([circle(), carried(right)])
        with pytest.raises(hp.LandmarksError, match=r"all have 21, but got \[1, 21\]"):
            MotionFeatures().fit([circle()]).transform([carried(right)])

    def test_a_number_of_points_that_is_no_hand_is_refused(self):
        with pytest.raises(hp.LandmarksError, match=r"but got \[4\]; Motion\.follow"):
            MotionFeatures().fit([Motion(np.zeros((5, 4, 2)), times(5))])

    def test_no_motions_are_refused(self):
        with pytest.raises(hp.LandmarksError, match="no motions"):
            MotionFeatures().fit([])

    def test_an_unknown_scale_is_refused_with_the_known_ones(self):
        with pytest.raises(hp.UnknownNameError, match=r"unknown scale .*known: extent, hand"):
            MotionFeatures(scale="palm").fit([circle()])

    @pytest.mark.parametrize("blocks", [("speed",), (), "", "path+speed"])
    def test_unknown_blocks_are_refused_with_the_known_ones(self, blocks):
        with pytest.raises(
            hp.UnknownNameError, match="known: geometry, hand, motion, path, place, s"
        ):
            MotionFeatures(blocks).fit([circle()])

    def test_a_track_has_no_hand_to_describe(self):
        with pytest.raises(hp.LandmarksError, match='nothing in "hand": that needs whole'):
            MotionFeatures(("hand",)).fit([circle()])

    def test_too_few_frames_are_refused(self):
        with pytest.raises(hp.LandmarksError, match="n_frames must be from 3 to 1000, but got 2"):
            MotionFeatures(n_frames=2).fit([circle()])

    def test_a_gap_must_be_a_time(self):
        with pytest.raises(hp.LandmarksError, match="max_gap_ms must be above 0, but got nan"):
            MotionFeatures(max_gap_ms=float("nan")).fit([circle()])

    def test_one_hand_and_two_do_not_mix(self, two_hands):
        with pytest.raises(hp.LandmarksError, match=r"all of two, but got \[1, 2\]"):
            MotionFeatures().fit([two_hands.follow(8), circle()])
        features = MotionFeatures().fit([two_hands])
        with pytest.raises(hp.LandmarksError, match=r"all of two, but got \[1, 2\]"):
            features.transform([Motion(two_hands.points[:, 0], two_hands.timestamps_ms)])


@pytest.fixture
def two_hands(right):
    """A left and a right hand that move apart."""
    moving = carried(right, by=(200.0, 0), opening=20)
    return together(moving.mirrored(), moving)


def together(left, right):
    return Motion(np.concatenate([left.points, right.points], axis=1), left.timestamps_ms)


class TestTwoHands:
    def test_each_hand_has_the_features_of_one_in_the_unit_of_both(self, two_hands, right):
        found = named(two_hands)
        alone = named(carried(right, by=(200.0, 0), opening=20))
        for name, value in alone.items():
            assert found[f"lead_{name}"] == pytest.approx(value, abs=1e-3), name
        assert found["other_displacement_x_palm"] == pytest.approx(-alone["displacement_x_palm"])
        for name in (name for name in alone if name.startswith("mean_fingertip")):
            assert found[f"other_{name}"] == pytest.approx(alone[name], abs=1e-3)
        assert [found[f"{s}_seen_{i}"] for s in ("lead", "other") for i in range(3)] == [1] * 6

    def test_the_place_of_one_relative_to_the_other_is_in_palm_sizes(self, right):
        still = carried(right, by=(0, 0))
        palm = palm_size(right[None])[0]
        apart = changed(still, lambda points: points + palm * np.array([6, 2]))
        moving = changed(apart, lambda p: p + np.linspace((0, 0), (3 * palm, 0), 16)[:, None, None])
        found = named(together(apart, still))
        assert [found[f"apart_x_{i}"] for i in range(5)] == pytest.approx([6] * 5, abs=1e-3)
        assert found["apart_y_2"] == pytest.approx(2, abs=1e-3)
        assert found["distance_apart"] == pytest.approx(np.hypot(6, 2), abs=1e-3)
        assert abs(found["change_apart_x"]) < 1e-3
        found = named(together(still, moving))  # the right hand leads and leaves the left one
        assert found["apart_x_0"] == pytest.approx(-6, abs=1e-3)
        assert found["change_apart_x"] == pytest.approx(-3 * 11 / 15, abs=1e-3)
        assert found["range_distance_apart"] == pytest.approx(np.hypot(9, 2) - np.hypot(6, 2), 1e-3)

    def test_an_absent_hand_is_zeros_and_says_so(self, two_hands, right):
        features = MotionFeatures().fit([two_hands])
        alone = hidden(two_hands, slot=0)
        found = dict(
            zip(features.get_feature_names_out(), features.transform([alone])[0], strict=True)
        )
        assert (found["other_seen_1"], found["lead_seen_1"]) == (0, 1)
        absent = [name for name in found if name.startswith("other_") or "apart" in name]
        assert not any(found[name] for name in absent)
        expected = named(carried(right, by=(200.0, 0), opening=20))
        assert found["lead_mean_speed_palm"] == pytest.approx(expected["mean_speed_palm"])
        nobody = hidden(alone, slot=1)
        assert features.usable([alone, nobody]).tolist() == [True, False]
        assert np.isnan(features.transform([nobody])).all()

    def test_a_hand_that_comes_late_is_seen_late(self, two_hands):
        late = hidden(two_hands, slot=0, frames=slice(0, 9))
        found = named(late)
        assert found["other_seen_0"] == 0
        assert found["other_seen_2"] == 1

    def test_left_handed_people_move_as_right_handed_people(self, two_hands, right):
        for motion in (hidden(two_hands, slot=0), led(two_hands)):
            features = MotionFeatures().fit([motion])
            one, other = features.transform([motion, motion.mirrored()])
            np.testing.assert_allclose(one, other, atol=1e-3)

    def test_where_left_and_right_differ_nothing_is_mirrored(self, two_hands):
        alone = hidden(two_hands, slot=0)
        one, other = (named(motion, mirror_left=False) for motion in (alone, alone.mirrored()))
        assert one["lead_displacement_x_palm"] > 0.9
        assert one["other_displacement_x_palm"] == other["lead_displacement_x_palm"] == 0
        assert other["other_displacement_x_palm"] < -0.9

    def test_each_column_has_a_name_of_its_own(self, two_hands):
        features = MotionFeatures().fit([two_hands])
        names = features.get_feature_names_out()
        assert features.transform([two_hands]).shape == (1, len(names))
        assert features.n_features_out_ == len(names) == len(set(names))

    def test_tracks_of_two_points_do_as_well(self):
        pair = together(circle(), changed(circle(), lambda points: points + np.array([0.5, 0])))
        found = named(pair)
        assert found["apart_x_0"] == pytest.approx(-0.5, abs=1e-5)
        assert found["lead_roundness_point"] == pytest.approx(1, abs=0.1)


def hidden(motion, slot, frames=slice(None)):
    """The same motion of two hands, of which one is not seen in some frames."""
    points = motion.points.copy()
    points[frames, slot] = np.nan
    return Motion(points, motion.timestamps_ms, body=motion.body)


def led(motion):
    """The same motion of two hands, of which the right one moves twice as far."""
    points = motion.points.copy()
    points[:, 1] += 1.5 * (points[:, 1, :1] - points[:1, 1, :1])
    return Motion(points, motion.timestamps_ms)


def bodied(motion, nose, shoulders):
    """The same motion before a body that stands still."""
    body = np.full((len(motion), len(BODY), 2), np.nan)
    body[:, BodyLandmark.NOSE] = nose
    body[:, BodyLandmark.LEFT_SHOULDER], body[:, BodyLandmark.RIGHT_SHOULDER] = shoulders
    return Motion(motion.points, motion.timestamps_ms, motion.handedness, body=body)


class TestBody:
    def test_the_place_of_a_hand_is_told_in_widths_of_the_shoulders(self, two_hands):
        alone = hidden(two_hands, slot=0)
        middle = alone.points[:, 1, [0, 5, 17], :2].mean(1)
        chest = middle[0] + (100, 0)
        shoulders = [chest + np.array(side) for side in ((200, 0), (-200, 0))]
        found = named(bodied(alone, chest - (0, 300), shoulders))
        assert found["lead_from_chest_x_0"] == pytest.approx(-0.25, abs=1e-3)
        assert found["lead_from_chest_x_4"] == pytest.approx(0.25, abs=1e-3)
        assert found["lead_from_nose_y"] == pytest.approx(0.75, abs=1e-2)
        assert found["lead_body_known"] == 1

    def test_without_a_body_it_is_zeros_and_says_so(self, two_hands):
        found = named(two_hands)
        places = [name for name in found if "chest" in name or "nose" in name or "body" in name]
        assert len(places) == 26
        assert not any(found[name] for name in places)

    def test_body_and_hands_are_mirrored_together(self, two_hands):
        alone = hidden(two_hands, slot=0)
        motion = bodied(alone, (10, 20), ((150, 100), (-100, 90)))
        mirrored = motion.mirrored(BODY.mirror)
        features = MotionFeatures().fit([motion])
        one, other = features.transform([motion, mirrored])
        np.testing.assert_allclose(one, other, atol=1e-3)


class TestDepth:
    def test_a_cameras_own_depth_is_looked_at(self):
        track = np.cumsum(np.random.default_rng(0).normal(0, 0.1, (20, 3)), axis=0)
        features = MotionFeatures().fit([Motion(track, times(20))])
        assert features.depth_
        assert "displacement_z_point" in features.get_feature_names_out()
        assert not MotionFeatures(depth=False).fit([Motion(track, times(20))]).depth_

    def test_flat_motions_have_no_depth_for_a_model_that_looks_at_it(self, right):
        flat = carried(right, by=(250, 100))
        features = MotionFeatures(depth=True).fit([flat])
        found = dict(
            zip(features.get_feature_names_out(), features.transform([flat])[0], strict=True)
        )
        assert found["displacement_z_palm"] == 0
        assert found["displacement_x_palm"] > 0.9


class TestUnits:
    def test_the_unit_of_hands_does_not_matter_however_small_they_are_in_it(self, right):
        motion = carried(right, by=(250, 100), opening=30)
        for unit in (1e-9, 1e9):
            other = changed(motion, lambda points, unit=unit: points * np.float32(unit))
            np.testing.assert_allclose(vector(other), vector(motion), rtol=1e-3, atol=1e-4)
