import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from handpose.classifiers import Logistic


@parametrize_with_checks([Logistic()])
def test_passes_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.fixture(params=[2, 5])
def sample(request):
    rng = np.random.default_rng(0)
    y = rng.integers(0, request.param, 400)
    X = rng.normal(3, 2, (request.param, 8))[y] + rng.normal(0, 2, (400, 8))
    return X.astype(np.float32), np.array(list("ecadb"))[y]


def assert_same(estimator, theirs, X):
    np.testing.assert_array_equal(estimator.predict(X), theirs.predict(X))
    np.testing.assert_allclose(estimator.predict_proba(X), theirs.predict_proba(X), atol=1e-5)


@pytest.mark.parametrize("params", [{}, {"C": 0.1}, {"class_weight": "balanced"}], ids=str)
def test_it_says_what_scikit_learn_does(sample, params):
    X, y = sample
    theirs = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, **params))
    assert_same(Logistic(**params).fit(X, y), theirs.fit(X, y), X)


def test_samples_have_their_weight(sample):
    X, y = sample
    weights = np.random.default_rng(1).uniform(0.1, 5, len(y))
    theirs = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    theirs.fit(
        X, y, standardscaler__sample_weight=weights, logisticregression__sample_weight=weights
    )
    assert_same(Logistic().fit(X, y, weights), theirs, X)


@pytest.mark.parametrize("with_mean", [False, True])
@pytest.mark.parametrize("with_std", [False, True])
def test_a_pipeline_of_scikit_learn_becomes_arrays(sample, with_mean, with_std):
    X, y = sample
    scaler = StandardScaler(with_mean=with_mean, with_std=with_std)
    theirs = make_pipeline(scaler, LogisticRegression(C=0.3, max_iter=500)).fit(X, y)
    ours = Logistic.from_sklearn(theirs)
    assert ours.C == 0.3
    assert_same(ours, theirs, X)


@pytest.mark.parametrize(
    "steps",
    [(MinMaxScaler(), LogisticRegression(C=0.01)), (LogisticRegression(C=0.01, max_iter=1000),)],
    ids=["another scaler", "no scaler"],
)
def test_other_pipelines_do_not(sample, steps):
    with pytest.raises(ValueError, match="StandardScaler and a LogisticRegression"):
        Logistic.from_sklearn(make_pipeline(*steps).fit(*sample))


@pytest.mark.parametrize(("mean", "spread"), [(1, 1e-12), (1, 1e-8), (0, 1e-8), (1000, 1e-5)])
def test_rounding_errors_say_nothing(mean, spread):
    """In units of their spread they were as large as any feature, and other for other hands."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    X = rng.normal(0, 1, (60, 4)) + y[:, None]
    plain = Logistic().fit(X, y)
    errors = mean + rng.normal(0, spread, (60, 1))
    noisy = Logistic().fit(np.hstack([X, errors]), y)
    others = np.hstack([X, mean + rng.normal(0, 10 * spread, (60, 1))])
    assert np.allclose(noisy.predict_proba(others), plain.predict_proba(X), atol=1e-6)
    again = Logistic.from_arrays(
        noisy.get_params(), noisy.to_arrays(), classes=noisy.classes_, n_features=5
    )
    assert np.array_equal(again.predict(others), noisy.predict(others))
