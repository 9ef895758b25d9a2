"""Every classifier by name, on real hands of people that it was not trained on."""

import numpy as np
import pytest
from sklearn.base import is_classifier

import handpose as hp
from tests.quick_fits import QUICK

pytestmark = pytest.mark.filterwarnings("ignore::handpose.errors.EmbeddingWarning")


@pytest.fixture(scope="module")
def fitted(name, vectors):
    X, y, _ = vectors
    return hp.make_classifier(name).fit(X, y)


def test_every_classifier_names_the_gestures_of_new_people(fitted, held_out):
    assert fitted.score(*held_out) >= 0.95


def test_every_classifier_gives_probabilities_whose_largest_is_its_prediction(fitted, held_out):
    probabilities = fitted.predict_proba(held_out[0])
    assert probabilities.shape == (len(held_out[0]), 10)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-6)
    largest = fitted.classes_[probabilities.argmax(1)]
    np.testing.assert_array_equal(largest, fitted.predict(held_out[0]))


def test_every_classifier_gives_the_same_when_fitted_twice(name, vectors, held_out, all_threads):
    X, y, _ = vectors
    with all_threads():  # whichever comes first
        once, again = (hp.make_classifier(name, **QUICK.get(name, {})).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(again.predict_proba(held_out[0]), once.predict_proba(held_out[0]))


def test_every_name_makes_a_scikit_learn_classifier_that_is_not_fitted(name):
    assert is_classifier(hp.make_classifier(name))
    assert not hasattr(hp.make_classifier(name), "classes_")


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("svm", {"C": 7.0}),
        ("gbdt", {"max_iter": 5}),
        ("mlp", {"hidden": (8,)}),
        ("knn", {"n_neighbors": 3}),
        ("logistic", {"C": 0.5}),
        pytest.param("searched", {"width": 8}, marks=pytest.mark.torch),
        ("random_forest", {"n_estimators": 9}),
        ("extra_trees", {"n_estimators": 9}),
    ],
)
def test_keywords_reach_the_estimator(name, params):
    assert params.items() <= hp.make_classifier(name, **params).get_params().items()


@pytest.mark.parametrize(
    "name",
    [
        *("svm", "gbdt", "mlp", "logistic", "random_forest", "extra_trees"),
        pytest.param("searched", marks=pytest.mark.torch),
    ],
)
def test_the_seed_reaches_the_estimator(name):
    assert hp.make_classifier(name, random_state=42).get_params()["random_state"] == 42


def test_an_unknown_classifier_lists_the_known_ones():
    known = "extra_trees, few_shot, gbdt, knn, logistic, mlp, motion_net, random_forest, searched"
    with pytest.raises(hp.UnknownNameError, match=f"unknown classifier 'forest'.*{known}"):
        hp.make_classifier("forest")
