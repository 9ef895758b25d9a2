import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from handpose.classifiers import KNN, neighbors


@parametrize_with_checks([KNN(), KNN(3, weights="uniform")])
def test_passes_scikit_learns_checks(estimator, check):
    check(estimator)


def assert_same(theirs, X):
    ours = KNN.from_sklearn(theirs)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-5)


@pytest.fixture
def clusters():
    """Samples of six classes in 100 dimensions, far from the origin, and new ones between them."""
    rng = np.random.default_rng(0)
    centres = rng.normal(50, 3, (6, 100))
    y = rng.integers(0, 6, 3000)
    X = centres[y] + rng.normal(0, 2, (3000, 100))
    new = centres[rng.integers(0, 6, 100)] * 0.5 + centres[rng.integers(0, 6, 100)] * 0.5
    return X.astype(np.float32), np.array(list("fedcba"))[y], new.astype(np.float32)


@pytest.mark.parametrize("k", [1, 5, 40])
@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("algorithm", ["brute", "kd_tree"])
def test_the_neighbors_are_the_nearest(clusters, k, weights, algorithm):
    X, y, new = clusters
    knn = KNeighborsClassifier(k, weights=weights, algorithm=algorithm).fit(X, y)
    assert_same(knn, new)


def test_the_search_finds_what_a_full_one_does(clusters, monkeypatch):
    """However few components are kept, and however wild the question."""
    X, _, new = clusters
    questions = np.concatenate([X[:20], new, new * 1e3, -new, np.zeros((1, 100), np.float32)])
    distances = cdist(questions, X)
    nearest = distances.argsort(1)[:, :7]
    for components in (1, 16, 64):
        monkeypatch.setattr(neighbors, "_COMPONENTS", components)
        search = neighbors.Search(X, 7)
        for question, rows, row_distances in zip(questions, nearest, distances, strict=True):
            found, found_distances = search(question)
            np.testing.assert_allclose(found_distances, row_distances[rows], rtol=1e-12)
            np.testing.assert_array_equal(found, rows)


def test_few_rows_are_looked_at_in_full(clusters, monkeypatch):
    X, _, new = clusters
    search = neighbors.Search(X, 5)
    seen = []
    distances = search._distances
    monkeypatch.setattr(
        search, "_distances", lambda r, v: (seen.append(len(r)), distances(r, v))[1]
    )
    for question in X[:50] + 0.1 * (new[:50] - X[:50]):
        search(question)
    assert np.mean(seen) < len(X) / 10


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_ties_are_broken_as_in_scikit_learn(weights):
    """Samples on a grid: many at the same distance, and some at none."""
    grid = np.stack(np.meshgrid(*[np.arange(5.0)] * 2), -1).reshape(-1, 2).astype(np.float32)
    y = np.array(list("ab"))[(grid.sum(1) % 2).astype(int)]
    assert_same(KNeighborsClassifier(4, weights=weights).fit(grid, y), grid[[6, 7, 12]])
    between = grid[[0, 1, 6, 7]] + 0.5
    assert_same(KNeighborsClassifier(4, weights=weights).fit(grid, y), between)


def test_a_sample_itself_decides_alone(clusters):
    X, y, _ = clusters
    knn = KNN().fit(X, y)
    assert (knn.predict_proba(X[:9]).max(1) == 1).all()


def test_with_fewer_samples_than_neighbors_all_vote(clusters):
    X, y, new = clusters
    all_thirty = KNeighborsClassifier(30, weights="distance").fit(X[:30], y[:30])
    assert_same(all_thirty, new[:9])
    np.testing.assert_allclose(
        KNN(50).fit(X[:30], y[:30]).predict_proba(new), all_thirty.predict_proba(new), atol=1e-5
    )


def test_questions_from_very_far_away_are_answered(clusters):
    X, y, new = clusters
    far = new[:5] * np.float32(1e30)
    assert np.isfinite(KNN().fit(X, y).predict_proba(far)).all()


@pytest.mark.parametrize(
    "params",
    [{"p": 1}, {"metric": "cosine"}, {"weights": lambda d: 1 / (1 + d)}],
    ids=["p", "metric", "weights"],
)
def test_other_distances_and_weights_of_scikit_learn_are_not_kept(clusters, params):
    X, y, _ = clusters
    with pytest.raises(ValueError, match=r"Euclidean|weights must be"):
        KNN.from_sklearn(KNeighborsClassifier(**params).fit(X, y))


@pytest.mark.parametrize("params", [{"n_neighbors": 0}, {"weights": "cubic"}], ids=str)
def test_a_parameter_that_is_not_allowed(clusters, params):
    with pytest.raises(ValueError, match="must be"):
        KNN(**params).fit(*clusters[:2])
