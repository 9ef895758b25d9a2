from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone

import handpose as hp
from handpose.automl import GeneratedFeatures
from handpose.models.gestures import GestureModel

CROSSINGS = (
    "distance(THUMB_TIP, INDEX_FINGER_TIP) / distance(WRIST, MIDDLE_FINGER_MCP)",
    "flexion(INDEX_FINGER_PIP) - flexion(MIDDLE_FINGER_PIP)",
    "distance(WRIST, PINKY_TIP) * flexion(PINKY_PIP)",
)


@pytest.mark.parametrize("rotate", [False, True])
@pytest.mark.parametrize("depth", [False, True])
def test_crossings_stand_behind_the_blocks(people, rotate, depth):
    options = {"rotate": rotate, "depth": depth}
    plain = hp.LandmarkFeatures("angles", **options).fit_transform(people.X)
    features = GeneratedFeatures("angles", CROSSINGS, **options)
    vectors = features.fit_transform(people.X)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(people), 23) == (len(people), features.n_features_out_)
    np.testing.assert_array_equal(vectors[:, :20], plain)
    assert features.get_feature_names_out().tolist()[20:] == list(CROSSINGS)


def test_a_crossing_does_not_depend_on_place_size_and_side(people):
    features = GeneratedFeatures("angles", CROSSINGS).fit(people.X)
    moved = replace(people.X, points=people.X.points * 3 + np.array([50, 70, 0]))
    before = features.transform(people.X)
    np.testing.assert_allclose(features.transform(moved.mirrored()), before, atol=0.02)


def test_a_missed_hand_is_nan(missed):
    assert np.isnan(GeneratedFeatures("angles", CROSSINGS).fit_transform(missed)).all()


def test_a_clone_has_the_same_parameters():
    features = GeneratedFeatures("angles", CROSSINGS, depth=True)
    assert clone(features).get_params() == features.get_params()


def test_an_unknown_crossing_is_refused_when_it_is_fitted(people):
    with pytest.raises(hp.UnknownNameError, match="unknown crossing"):
        GeneratedFeatures("angles", ["nonsense"]).fit(people.X)


def test_a_saved_model_has_its_crossings_again(people, strangers, tmp_path):
    model = GestureModel(
        [("features", GeneratedFeatures("angles", CROSSINGS)), ("knn", hp.make_classifier("knn"))]
    )
    model.fit(people.X, people.y)
    path = hp.save_model(model, tmp_path / "m.handpose")
    loaded = hp.load_model(path)
    assert list(loaded.features_.crossings) == list(CROSSINGS)
    np.testing.assert_array_equal(
        loaded.predict_proba(strangers.X), model.predict_proba(strangers.X)
    )
