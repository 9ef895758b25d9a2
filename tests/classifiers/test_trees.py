import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.utils.estimator_checks import parametrize_with_checks

from handpose.classifiers import GBDT, ExtraTrees, RandomForest
from handpose.classifiers.trees import Nodes, stored_by_level

FORESTS = [(RandomForest, RandomForestClassifier), (ExtraTrees, ExtraTreesClassifier)]


def known_failures(estimator):
    """What scikit-learn's own trees fail too."""
    why = {
        RandomForest: "a weight draws otherwise than a copy",
        GBDT: "copies move the borders of the bins and fill leaves, weights do not",
    }
    check = "check_sample_weight_equivalence_on_dense_data"
    return {check: why[type(estimator)]} if type(estimator) in why else {}


@parametrize_with_checks(
    [RandomForest(10, random_state=0), ExtraTrees(20, random_state=0), GBDT(5)],
    expected_failed_checks=known_failures,
)
def test_passes_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.fixture(params=[2, 4])
def sample(request):
    """Noisy samples of some classes, and new ones."""
    rng = np.random.default_rng(0)
    X = rng.normal(0, 1, (300, 6)).astype(np.float32)
    y = np.digitize(X[:, 0] * X[:, 1] + rng.normal(0, 0.5, 300), np.arange(1, request.param) - 1.5)
    new = rng.normal(0, 1.5, (100, 6)).astype(np.float32)
    return X, np.array(["d", "b", "a", "c"])[y], new


def assert_same(ours, theirs, X, atol=1e-12):
    alone = np.concatenate([ours.predict_proba(row[None]) for row in X])
    np.testing.assert_allclose(alone, theirs.predict_proba(X), rtol=0, atol=atol)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=0, atol=atol)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize(("ours", "theirs"), FORESTS)
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
def test_a_forest_votes_to_the_last_bit(ours, theirs, params, sample):
    X, y, new = sample
    forests = (forest(30, random_state=0, **params).fit(X, y) for forest in (ours, theirs))
    assert_same(*forests, new, atol=0)


def test_a_forest_with_weighted_samples(sample):
    X, y, new = sample
    weights = np.random.default_rng(1).uniform(0.1, 5, len(y))
    forests = (forest(20, random_state=0).fit(X, y, weights) for forest in FORESTS[0])
    assert_same(*forests, new, atol=0)


def test_a_forest_of_scikit_learn_becomes_arrays(sample):
    X, y, new = sample
    theirs = ExtraTreesClassifier(20, max_depth=4, random_state=3).fit(X, y)
    ours = ExtraTrees.from_sklearn(theirs)
    assert (ours.n_estimators, ours.max_depth, ours.random_state) == (20, 4, 3)
    assert_same(ours, theirs, new, atol=0)
    with pytest.raises(ValueError, match="more than one target"):
        ExtraTrees.from_sklearn(ExtraTreesClassifier(3).fit(X, np.stack([y, y], 1)))


def test_votes_that_are_equal_go_to_the_first_class():
    X = np.arange(40, dtype=np.float32)[:, None]
    ours, theirs = (f(2, random_state=0).fit(X, np.arange(40) % 2) for f in FORESTS[0])
    probabilities = ours.predict_proba(X)
    assert (probabilities[:, 0] == probabilities[:, 1]).any()
    assert_same(ours, theirs, X, atol=0)


def test_values_on_a_threshold_go_left(sample):
    X, y, _ = sample
    rounded = np.round(X * 2)
    theirs = ExtraTreesClassifier(20, random_state=0).fit(rounded, y)
    for tree in theirs.estimators_:
        tree.tree_.threshold[:] = np.round(tree.tree_.threshold)
    assert_same(ExtraTrees.from_sklearn(theirs), theirs, rounded, atol=0)


def test_trees_without_a_split(sample):
    X, y, new = sample
    params = {"min_samples_leaf": 200, "random_state": 0}
    assert_same(*(f(3, **params).fit(X, y) for f in FORESTS[0]), new)
    theirs = HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=200).fit(X, y)
    assert_same(GBDT.from_sklearn(theirs), theirs, new)


@pytest.mark.parametrize("params", [{}, {"max_depth": 2}, {"class_weight": "balanced"}], ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_boosting_adds_up_the_rounds(params, weighted, sample):
    X, y, new = sample
    weights = np.random.default_rng(1).uniform(0.1, 5, len(y)) if weighted else None
    ours = GBDT(20, random_state=0, **params)
    total = len(y) if weights is None else weights.sum()
    sized = {"max_iter": 20, "l2_regularization": 0.05 * total / len(set(y))}
    known = ours.get_params() | sized
    theirs = HistGradientBoostingClassifier(early_stopping=False, **known)
    assert_same(ours.fit(X, y, weights), theirs.fit(X, y, weights), new)
    assert ours.n_iter_ == 20


def test_boosting_of_few_samples_has_small_leaves_and_steps():
    X, y = np.array([[0.0], [1], [2], [8], [9], [10]]), np.repeat(["a", "b"], 3)
    model = GBDT(1, learning_rate=1.0, max_features=1.0, random_state=0).fit(X, y)
    step = 3 * 0.5 / (3 * 0.25 + 1)  # gradients of a leaf over its curvature and the least damping
    expected = 1 / (1 + np.exp(-step))
    np.testing.assert_allclose(model.predict_proba([[-5.0], [20]])[:, 1], [1 - expected, expected])


def test_boosting_of_scikit_learn_becomes_arrays(sample):
    X, y, new = sample
    holes = np.random.default_rng(1).random(X.shape) < 0.3
    theirs = HistGradientBoostingClassifier(max_iter=20).fit(np.where(holes, np.nan, X), y)
    ours = GBDT.from_sklearn(theirs)
    assert ours.max_leaf_nodes == 31
    assert_same(ours, theirs, new)
    kinds = np.random.default_rng(0).integers(0, 5, (len(y), 1)) * 1.0
    by_kind = HistGradientBoostingClassifier(categorical_features=[0], max_iter=5)
    by_kind.fit(np.hstack([kinds, X]), (kinds[:, 0] % 2).astype(int))
    with pytest.raises(ValueError, match="by category"):
        GBDT.from_sklearn(by_kind)


def test_many_vectors_are_walked_in_parts(sample):
    X, y, _ = sample
    forest = RandomForest(40, random_state=0).fit(X, y)
    many = np.tile(X, (20, 1))
    assert len(many) > forest._ready().rows
    np.testing.assert_array_equal(
        forest.predict_proba(many), np.tile(forest.predict_proba(X), (20, 1))
    )


def chain(**changes):
    """A tree: the root splits, its right child splits again."""
    columns = {
        "is_leaf": [False, True, False, True, True],
        "left": [1, 0, 3, 0, 0],
        "right": [2, 0, 4, 0, 0],
        "feature": [0, 0, 1, 0, 0],
        "threshold": [0.5, 0, 1.5, 0, 0],
        "value": [[0], [10], [0], [20], [30]],
    }
    return Nodes(*(np.array(column) for column in (columns | changes).values()))


def test_nodes_are_stored_level_by_level():
    arrays = stored_by_level([chain(), chain()])
    assert arrays["feature"].tolist() == [0, 0, -1, 1, -1, 1, -1, -1, -1, -1]
    assert arrays["threshold"].tolist() == [0.5, 0.5, 1.5, 1.5]
    assert arrays["value"].ravel().tolist() == [10, 10, 20, 30, 20, 30]
    assert arrays["n_trees"] == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"left": [9, 0, 3, 0, 0]}, "leads nowhere"),
        ({"left": [1, 0, 0, 0, 0]}, "leads nowhere"),
        ({"left": [-1, 0, 3, 0, 0]}, "leads nowhere"),
        ({"left": [2, 0, 3, 0, 0]}, "two nodes share"),
        (
            {name: np.zeros((0, 1) if name == "value" else 0, int) for name in Nodes._fields},
            "no nodes",
        ),
    ],
)
def test_branches_that_lead_astray_are_refused(changes, message):
    changes = {"is_leaf": np.array(chain().is_leaf)} | changes
    if not len(changes["left"]):
        changes["is_leaf"] = np.zeros(0, bool)
    with pytest.raises(ValueError, match=message):
        stored_by_level([chain(**changes)])
