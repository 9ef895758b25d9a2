import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)

from handpose.classifiers.compact import compact_form


@pytest.fixture(params=[2, 4])
def sample(request):
    """Noisy samples of some classes, and new ones."""
    rng = np.random.default_rng(0)
    X = rng.normal(0, 1, (300, 6)).astype(np.float32)
    y = np.digitize(X[:, 0] * X[:, 1] + rng.normal(0, 0.5, 300), np.arange(1, request.param) - 1.5)
    new = rng.normal(0, 1.5, (100, 6)).astype(np.float32)
    return X, np.array(["d", "b", "a", "c"])[y], new


def assert_same(estimator, X, atol=1e-12):
    form = compact_form(estimator)
    assert form.accepts(X)
    np.testing.assert_array_equal(form.predict(X), estimator.predict(X))
    np.testing.assert_allclose(form.predict_proba(X), estimator.predict_proba(X), atol=atol)


@pytest.mark.parametrize("forest", [RandomForestClassifier, ExtraTreesClassifier])
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"max_depth": 3},
        {"class_weight": "balanced"},
        {"max_leaf_nodes": 7},
        {"min_samples_leaf": 9},
    ],
    ids=str,
)
def test_a_forest_votes_to_the_last_bit(forest, params, sample):
    X, y, new = sample
    estimator = forest(30, random_state=0, **params).fit(X, y)
    assert_same(estimator, new, atol=0)


def test_a_forest_with_weighted_samples(sample):
    X, y, new = sample
    weights = np.random.default_rng(1).uniform(0.1, 5, len(y))
    assert_same(RandomForestClassifier(20, random_state=0).fit(X, y, weights), new, atol=0)


def test_votes_that_are_equal_go_to_the_first_class():
    X = np.arange(40, dtype=np.float32)[:, None]
    estimator = RandomForestClassifier(2, random_state=0).fit(X, np.arange(40) % 2)
    probabilities = estimator.predict_proba(X)
    assert (probabilities[:, 0] == probabilities[:, 1]).any()
    assert_same(estimator, X, atol=0)


def test_values_on_a_threshold_go_left(sample):
    X, y, _ = sample
    rounded = np.round(X * 2)
    estimator = ExtraTreesClassifier(20, random_state=0).fit(rounded, y)
    for tree in estimator.estimators_:
        tree.tree_.threshold[:] = np.round(tree.tree_.threshold)
    assert_same(estimator, rounded, atol=0)


def test_trees_without_a_split(sample):
    X, y, new = sample
    assert_same(RandomForestClassifier(3, min_samples_leaf=200).fit(X, y), new)
    assert_same(HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=200).fit(X, y), new)


@pytest.mark.parametrize("params", [{}, {"max_depth": 2}, {"class_weight": "balanced"}], ids=str)
def test_boosting_adds_up_the_rounds(params, sample):
    X, y, new = sample
    assert_same(HistGradientBoostingClassifier(max_iter=20, **params).fit(X, y), new)


def test_boosting_with_weighted_samples(sample):
    X, y, new = sample
    weights = np.random.default_rng(1).uniform(0.1, 5, len(y))
    assert_same(HistGradientBoostingClassifier(max_iter=20).fit(X, y, weights), new)


def test_boosting_that_learned_from_missing_values(sample):
    X, y, new = sample
    holes = np.random.default_rng(1).random(X.shape) < 0.3
    estimator = HistGradientBoostingClassifier(max_iter=20).fit(np.where(holes, np.nan, X), y)
    assert_same(estimator, new)
    new[3, 2] = np.nan
    assert not compact_form(estimator).accepts(new)


def test_boosting_by_category_and_forests_with_two_targets_have_none(sample):
    X, y, _ = sample
    kinds = np.random.default_rng(0).integers(0, 5, (len(y), 1)) * 1.0
    by_kind = HistGradientBoostingClassifier(categorical_features=[0], max_iter=5)
    assert compact_form(by_kind.fit(np.hstack([kinds, X]), (kinds[:, 0] % 2).astype(int))) is None
    assert compact_form(RandomForestClassifier(3).fit(X, np.stack([y, y], 1))) is None
