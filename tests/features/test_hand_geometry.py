"""Sizes of bones: of one picture or several, whatever the hand shows and wherever it is."""

import numpy as np
import pytest
from sklearn.base import clone

import handpose as hp
from handpose.errors import LandmarksError, UnknownNameError

TURN = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))[0]


@pytest.fixture(scope="module")
def hands():
    rng = np.random.default_rng(0)
    world = rng.normal(0, 0.05, (6, 21, 3))
    return hp.Landmarks(world * 2000 + 300, world=world, point_scores=rng.uniform(0.2, 1, (6, 21)))


def measured(hands, blocks="all", **options):
    return hp.HandGeometry(blocks, **options).fit_transform(hands)


def with_world(hands, world, scores=None):
    return hp.Landmarks(hands.points, world=world, point_scores=scores)


def test_each_column_has_a_name(hands):
    for blocks, count in (("lengths", 21), ("ratios", 32), ("all", 53)):
        names = hp.HandGeometry(blocks).fit(hands).get_feature_names_out()
        assert measured(hands, blocks).shape == (6, count) == (6, len(set(names)))
    assert names[0] == "length_wrist_thumb_cmc"
    assert {"ratio_index_ring", "ratio_palm", "ratio_ring_finger_dip_ring_finger_tip"} < set(names)


def test_a_length_is_the_logarithm_of_metres(hands):
    names = hp.HandGeometry("lengths").fit(hands).get_feature_names_out().tolist()
    column = names.index("length_wrist_index_finger_mcp")
    true = np.linalg.norm(hands.world[:, 5] - hands.world[:, 0], axis=1)
    np.testing.assert_allclose(np.exp(measured(hands, "lengths")[:, column]), true, rtol=1e-5)


def test_turning_moving_and_mirroring_a_hand_change_nothing(hands):
    turned = with_world(hands, hands.world @ TURN.T + 0.1, hands.point_scores)
    np.testing.assert_allclose(measured(turned), measured(hands), atol=1e-4)
    np.testing.assert_allclose(measured(hands.mirrored()), measured(hands), atol=1e-5)


def test_a_larger_hand_has_longer_bones_and_the_same_ratios(hands):
    larger = with_world(hands, hands.world * 1.2, hands.point_scores)
    np.testing.assert_allclose(measured(larger, "ratios"), measured(hands, "ratios"), atol=1e-5)
    longer = measured(larger, "lengths") - measured(hands, "lengths")
    np.testing.assert_allclose(longer, np.log(1.2), atol=1e-5)


def test_several_pictures_give_the_weighted_mean_length_of_each_bone(hands):
    features = hp.HandGeometry("lengths")
    found = features.fit_transform([hands[:4], hands[4:]])
    column = features.get_feature_names_out().tolist().index("length_wrist_index_finger_mcp")
    assert found.shape == (2, 21)
    lengths = np.linalg.norm(hands.world[:4, 5] - hands.world[:4, 0], axis=1)
    weights = hands.point_scores[:4, 5] * hands.point_scores[:4, 0]
    expected = np.log(np.average(lengths, weights=weights))
    assert found[0, column] == pytest.approx(expected, abs=1e-4)


def test_a_point_that_is_surely_wrong_hardly_counts(hands):
    world, scores = hands.world.copy(), np.ones((6, 21))
    truth = measured([with_world(hands, world, scores)], "lengths")
    world[0, 8] += 1.0
    scores[0, 8] = 1e-4
    spoilt = measured([with_world(hands, world, scores)], "lengths")
    scores[0, 8] = 1
    believed = measured([with_world(hands, world, scores)], "lengths")
    assert np.abs(spoilt - truth).max() < np.abs(believed - truth).max() / 4


def test_without_point_scores_all_pictures_count_alike(hands):
    plain = with_world(hands, hands.world)
    ones = with_world(hands, hands.world, np.ones((6, 21)))
    np.testing.assert_array_equal(measured([plain]), measured([ones]))


def test_order_of_pictures_does_not_matter(hands):
    np.testing.assert_allclose(measured([hands]), measured([hands[::-1]]), atol=1e-6)


def test_missing_hands_are_left_out_or_nan(hands):
    missing = hp.Landmarks.missing([(100, 100)])
    both = hp.Landmarks.concat([hands[:2], missing])
    np.testing.assert_allclose(measured([both])[0], measured([hands[:2]])[0], atol=1e-6)
    assert np.isnan(measured([missing, hp.Landmarks.empty()])).all()
    assert np.isnan(measured(hp.Landmarks(hands.points))).all(), "no world landmarks"


def test_the_image_has_ratios_without_world_landmarks(hands):
    found = measured(hp.Landmarks(hands.points), "ratios", space="image")
    assert np.isfinite(found).all()
    farther = hp.Landmarks(hands.points * 0.5)
    np.testing.assert_allclose(measured(farther, "ratios", space="image"), found, atol=1e-4)


def test_a_bone_seen_from_its_end_is_a_number():
    points = np.zeros((1, 21, 2))
    points[0, :, 1] = np.arange(21) // 2
    assert np.isfinite(measured(hp.Landmarks(points), space="image")).all()


def test_it_is_a_transformer(hands):
    features = clone(hp.HandGeometry("all", space="image"))
    assert features.get_params() == {"blocks": "all", "space": "image"}


@pytest.mark.parametrize("wrong", [{"blocks": "bones"}, {"space": "moon"}])
def test_unknown_names(hands, wrong):
    with pytest.raises(UnknownNameError, match="known"):
        hp.HandGeometry(**wrong).fit(hands)


def test_a_sequence_of_other_things_is_refused(hands):
    with pytest.raises(LandmarksError, match="Landmarks"):
        hp.HandGeometry().fit([hands, 3])
