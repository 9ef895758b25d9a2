"""The estimator: searched and trained with torch, run without it."""

import sys

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import handpose as hp
from handpose.classifiers.searched import Searched
from handpose.classifiers.searched.graph import parse_graph

GRAPH = ("hand -> a: graph", "hand -> b: attention", "a -> b: dense", "b -> c: gated")

pytestmark = pytest.mark.torch
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def points(people):
    return hp.LandmarkFeatures("coordinates").fit_transform(people.X)


@pytest.fixture(scope="module")
def fitted(points, people):
    return Searched(GRAPH, width=8, epochs=15).fit(points, people.y)


def test_a_given_graph_learns_the_gestures_of_new_people(fitted, strangers):
    vectors = hp.LandmarkFeatures("coordinates").fit_transform(strangers.X)
    assert fitted.score(vectors, strangers.y) > 0.9
    assert fitted.graph_ == GRAPH


def test_probabilities_agree_with_predictions(fitted, points):
    probabilities = fitted.predict_proba(points)
    assert probabilities.shape == (len(points), 10)
    np.testing.assert_allclose(probabilities.sum(1), 1)
    best = fitted.classes_[probabilities.argmax(1)]
    np.testing.assert_array_equal(best, fitted.predict(points))


def test_a_graph_is_found_and_is_the_same_again(points, people):
    searched = Searched(width=4, search_epochs=2)
    found = searched.find(points, people.y, people.groups)
    assert len(parse_graph(found)) == 5
    assert clone(searched).find(points, people.y, people.groups) == found


def test_searching_leaves_the_classifier_as_it_was(fitted, points, people):
    before = dict(vars(fitted))
    fitted.set_params(search_epochs=1).find(points[:100] + 9, people.y[:100])
    fitted.set_params(search_epochs=before["search_epochs"])
    assert all(vars(fitted)[name] is value for name, value in before.items())
    unfitted = clone(fitted)
    unfitted.find(points, people.y, go_on=lambda: False)
    with pytest.raises(NotFittedError):
        unfitted.predict(points)


def test_without_a_graph_fitting_finds_one(points, people):
    fitted = Searched(width=4, search_epochs=1, epochs=2)
    fitted.fit(points[:100], people.y[:100], groups=people.groups[:100])
    assert parse_graph(fitted.graph_)


def test_a_search_that_is_stopped_gives_what_it_has(points, people):
    found = Searched(width=4).find(points, people.y, go_on=lambda: False)
    assert parse_graph(found)


@pytest.mark.parametrize("features", ["angles", "geometry"])
def test_any_features_are_spread_over_the_skeleton(people, features):
    vectors = hp.LandmarkFeatures(features).fit_transform(people.X)
    model = Searched(GRAPH, width=4, epochs=2).fit(vectors, people.y)
    assert model.parameters_["stem.weight"].shape == (vectors.shape[1], 21 * 4)


def test_the_hands_of_one_person_are_halved(points, people):
    searched = Searched(width=4, search_epochs=1)
    alone = searched.find(points[:100], people.y[:100], groups=["ada"] * 100)
    assert alone == searched.find(points[:100], people.y[:100])


def test_a_saved_model_answers_the_same_without_torch(people, strangers, tmp_path, monkeypatch):
    model = hp.make_model(
        Searched(GRAPH, width=4, epochs=3), features="coordinates", augmentation=None
    )
    model.fit(people.X, people.y, groups=people.groups)
    assert model.classifier_name == "searched"
    path = hp.save_model(model, tmp_path / "m.handpose")
    monkeypatch.setitem(sys.modules, "torch", None)
    loaded = hp.load_model(path)
    np.testing.assert_array_equal(
        loaded.predict_proba(strangers.X), model.predict_proba(strangers.X)
    )


@pytest.mark.parametrize(
    "params",
    [
        {"width": 0},
        {"width": 2.5},
        {"epochs": 0},
        {"search_epochs": -1},
        {"learning_rate": float("nan")},
        {"learning_rate": "fast"},
    ],
)
def test_a_parameter_that_cannot_be_is_refused(params, points, people):
    (name,) = params
    with pytest.raises(ValueError, match=f"{name} must be a .*number .*but got"):
        Searched(**params).fit(points, people.y)


def test_groups_of_another_length_are_refused(points, people):
    for groups in (people.groups[:-1], np.arange(len(points) + 40)):
        with pytest.raises(ValueError, match="groups must have one entry a row"):
            Searched(width=2).fit(points, people.y, groups=groups)


def test_a_rate_that_is_far_too_high_is_reported(points, people):
    message = r"training diverged in epoch \d+; lower learning_rate \(1e\+30\)"
    with pytest.raises(hp.HandposeError, match=message):
        Searched(GRAPH, width=4, learning_rate=1e30).fit(points, people.y)


def test_without_torch_fitting_names_the_extra(points, people, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "handpose.classifiers.searched.training", raising=False)
    with pytest.raises(hp.MissingExtraError, match=r"handpose\[torch\]"):
        Searched(GRAPH).fit(points, people.y)
