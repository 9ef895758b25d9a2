import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from handpose.classifiers import MLP
from handpose.classifiers.compact import compact_form


@pytest.fixture(params=[2, 5])
def sample(request):
    rng = np.random.default_rng(0)
    y = rng.integers(0, request.param, 400)
    X = rng.normal(3, 2, (request.param, 8))[y] + rng.normal(0, 2, (400, 8))
    return X.astype(np.float32), np.array(list("ecadb"))[y]


def assert_same(estimator, X, atol=1e-6):
    form = compact_form(estimator)
    np.testing.assert_array_equal(form.predict(X), estimator.predict(X))
    np.testing.assert_allclose(form.predict_proba(X), estimator.predict_proba(X), atol=atol)


@pytest.mark.parametrize("with_mean", [False, True])
@pytest.mark.parametrize("with_std", [False, True])
def test_logistic_regression(sample, with_mean, with_std):
    X, y = sample
    scaler = StandardScaler(with_mean=with_mean, with_std=with_std)
    assert_same(make_pipeline(scaler, LogisticRegression(max_iter=500)).fit(X, y), X)


def test_weighted_classes(sample):
    X, y = sample
    logistic = LogisticRegression(class_weight={"e": 9, "c": 1}, max_iter=500)
    assert_same(make_pipeline(StandardScaler(), logistic).fit(X, y), X)


@pytest.mark.parametrize(
    "steps",
    [(MinMaxScaler(), LogisticRegression(C=0.01)), (LogisticRegression(C=0.01, max_iter=1000),)],
    ids=["another scaler", "no scaler"],
)
def test_other_pipelines_have_none(sample, steps):
    assert compact_form(make_pipeline(*steps).fit(*sample)) is None


@pytest.mark.torch
@pytest.mark.parametrize("hidden", [(), (6,), (9, 8, 7)])
def test_a_network_of_any_depth(sample, hidden):
    pytest.importorskip("torch")
    X, y = sample
    assert_same(MLP(hidden, max_epochs=3).fit(X, y), X, atol=1e-12)
