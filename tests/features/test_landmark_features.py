from dataclasses import replace
from time import process_time

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import handpose as hp
from handpose.features import PRESETS

UNKNOWN = ""
ROOM = 4000
"""Width of the imagined image in which hands are moved and scaled."""


@pytest.fixture(params=PRESETS)
def preset(request):
    return request.param


@pytest.fixture(scope="module")
def models(people):
    """A fitted model for each preset."""
    return {
        preset: hp.make_model("svm", features=preset, augmentation=None).fit(
            people.X, people.y, groups=people.groups
        )
        for preset in PRESETS
    }


def turned(hands, degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    rotation = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    return replace(hands, points=hands.points @ rotation.T)


def without_side(hands):
    return replace(hands, handedness=np.full(len(hands), UNKNOWN))


CHANGES = {
    "moved": lambda hands: replace(hands, points=hands.points + np.array([730, -260, 0])),
    "scaled": lambda hands: replace(hands, points=hands.points * 9.5),
    "mirrored": lambda hands: hands.mirrored(),
    "mirrored in a wide image": lambda hands: replace(
        hands, image_size=np.full((len(hands), 2), ROOM)
    ).mirrored(),
    "moved, scaled and mirrored": lambda hands: replace(
        hands, points=hands.points * 0.3 + np.array([50, 60, 0])
    ).mirrored(),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("depth", [False, True])
def test_moving_scaling_and_mirroring_a_hand_leave_its_features(people, preset, change, depth):
    features = hp.LandmarkFeatures(preset, depth=depth)
    before = features.fit_transform(people.X)
    after = features.transform(CHANGES[change](people.X))
    np.testing.assert_allclose(after, before, atol=0.02)
    assert np.median(np.abs(after - before)) < 1e-4


@pytest.mark.parametrize("change", CHANGES)
def test_moving_scaling_and_mirroring_a_hand_leave_its_label(models, strangers, preset, change):
    model = models[preset]
    before = model.predict(strangers.X)
    assert np.mean(before == strangers.y) > 0.9
    np.testing.assert_array_equal(model.predict(CHANGES[change](strangers.X)), before)


def test_a_hand_whose_side_nobody_said_can_be_mirrored_too(models, strangers, preset):
    hands = without_side(strangers.X)
    before = models[preset].predict(hands)
    np.testing.assert_array_equal(models[preset].predict(hands.mirrored()), before)
    palms_up = strangers.X.handedness == "Right"
    with_side = models[preset].predict(strangers.X)
    assert np.mean(before[palms_up] == with_side[palms_up]) > 0.95


@pytest.mark.parametrize("degrees", [-150, -35, 90])
def test_with_rotate_a_turned_hand_has_the_same_features(people, preset, degrees):
    features = hp.LandmarkFeatures(preset, rotate=True)
    before = features.fit_transform(people.X)
    np.testing.assert_allclose(features.transform(turned(people.X, degrees)), before, atol=0.02)


def test_without_rotate_a_turned_hand_has_other_coordinates_and_the_same_angles(people):
    hands = people.X[:20]
    for block, same in (("coordinates", False), ("angles", True), ("distances", True)):
        features = hp.LandmarkFeatures(block)
        before, after = features.fit_transform(hands), features.transform(turned(hands, 90))
        assert np.allclose(before, after, atol=0.02) == same


def test_depth_counts_only_when_asked(people):
    deeper = replace(people.X, points=people.X.points * [1, 1, 3])
    for depth in (False, True):
        features = hp.LandmarkFeatures("distances", depth=depth)
        before, after = features.fit_transform(people.X), features.transform(deeper)
        assert np.allclose(before, after, atol=1e-3) != depth


@pytest.mark.parametrize("depth", [False, True])
@pytest.mark.parametrize("blocks", [*PRESETS, ("angles", "coordinates"), "fingertips"])
def test_every_column_has_a_name_of_its_own(people, blocks, depth):
    features = hp.LandmarkFeatures(blocks, depth=depth)
    columns = features.fit_transform(people.X)
    names = features.get_feature_names_out()
    assert columns.dtype == np.float32
    assert columns.shape == (len(people), features.n_features_out_)
    assert len(names) == len(set(names)) == features.n_features_out_


@pytest.mark.parametrize("change", [{"depth": True}, {"rotate": True}], ids=str)
def test_what_has_one_name_is_the_same_number(people, change):
    plain, changed = hp.LandmarkFeatures("all"), hp.LandmarkFeatures("all", **change)
    vectors = [features.fit_transform(people.X) for features in (plain, changed)]
    names = [features.get_feature_names_out().tolist() for features in (plain, changed)]
    shared = sorted(set(names[0]) & set(names[1]))
    assert ("distance_wrist_thumb_tip" in shared) == ("rotate" in change)
    assert ("thumb_tip_x" in shared) == ("depth" in change)
    columns = [[found.index(name) for name in shared] for found in names]
    np.testing.assert_allclose(
        vectors[0][:, columns[0]], vectors[1][:, columns[1]], rtol=1e-3, atol=5e-3
    )


def test_blocks_are_joined_in_the_order_that_was_asked_for(people):
    parts = [hp.LandmarkFeatures(b).fit_transform(people.X) for b in ("angles", "coordinates")]
    both = hp.LandmarkFeatures(["angles", "coordinates"])
    np.testing.assert_array_equal(both.fit_transform(people.X), np.hstack(parts))
    assert both.get_feature_names_out()[0].startswith("flexion_")
    assert both.get_feature_names_out()[-1] == "pinky_tip_y"


def test_a_missed_hand_is_a_row_of_nan_and_changes_no_other(people, missed, preset):
    features = hp.LandmarkFeatures(preset).fit(people.X)
    columns = features.transform(hp.Landmarks.concat([people.X[:2], missed, people.X[2:4]]))
    assert np.isnan(columns[2]).all()
    np.testing.assert_allclose(
        np.delete(columns, 2, 0), features.transform(people.X[:4]), atol=1e-5
    )


def test_no_hands_are_no_rows(people, preset):
    features = hp.LandmarkFeatures(preset).fit(people.X)
    assert features.transform(hp.Landmarks.empty()).shape == (0, features.n_features_out_)


def test_an_array_is_taken_as_hands_of_unknown_side(people):
    features = hp.LandmarkFeatures().fit(people.X)
    expected = features.transform(without_side(people.X))
    np.testing.assert_array_equal(features.transform(people.X.points), expected)
    np.testing.assert_array_equal(features.transform(people.X.points[..., :2]), expected)


def test_a_hundred_thousand_hands_take_less_than_three_seconds(people):
    rows = np.tile(np.arange(len(people)), 200)
    hands = people.X[rows]
    features = hp.LandmarkFeatures("all").fit(hands[:1])
    start = process_time()
    columns = features.transform(hands)
    assert process_time() - start < 3
    np.testing.assert_allclose(columns[-len(people) :], columns[: len(people)], atol=1e-5)


@pytest.mark.parametrize("blocks", ["geometri", ("angles", "geometry"), ()])
def test_a_wrong_name_lists_the_known_ones(people, blocks):
    known = "all, angles, coordinates, distances, fingertips, geometry"
    with pytest.raises(hp.UnknownNameError, match=known):
        hp.LandmarkFeatures(blocks).fit(people.X)


@pytest.mark.parametrize("X", [np.ones((3, 63)), np.ones((3, 20, 3)), "hands"])
def test_what_holds_no_hands_is_refused(X):
    with pytest.raises(hp.LandmarksError):
        hp.LandmarkFeatures().fit(X)


def test_it_is_a_scikit_learn_transformer(people):
    features = hp.LandmarkFeatures("angles", rotate=True)
    assert features.get_params() == {"blocks": "angles", "rotate": True, "depth": False}
    copy = clone(features.set_params(blocks="all", depth=True))
    assert copy.get_params() == {"blocks": "all", "rotate": True, "depth": True}
    with pytest.raises(NotFittedError):
        copy.transform(people.X)
