import numpy as np
import pytest
from sklearn.svm import SVC

from handpose.classifiers import SVM
from handpose.classifiers.machines import Machines, kernel_gamma, machine_arrays
from handpose.errors import UnknownNameError


@pytest.fixture(params=[2, 3, 6])
def sample(request):
    """Overlapping classes of unequal size, and points near and far."""
    rng = np.random.default_rng(0)
    y = np.minimum(rng.integers(0, request.param + 3, 300), request.param - 1)
    X = rng.normal(0, 2, (request.param, 5))[y] + rng.normal(0, 1, (300, 5))
    new = rng.normal(0, 4, (100, 5))
    new[-10:] *= 100
    return X.astype(np.float32), np.array(list("fbdaec"))[y], new.astype(np.float32)


@pytest.mark.parametrize(
    "params",
    [{}, {"C": 0.1}, {"gamma": 2.0}, {"gamma": "auto"}, {"class_weight": "balanced"}],
    ids=str,
)
def test_margins_are_those_of_scikit_learn(sample, params):
    X, y, new = sample
    theirs = SVC(decision_function_shape="ovo", **params).fit(X, y)
    gamma = kernel_gamma(params.get("gamma", "scale"), X)
    ours = SVC(decision_function_shape="ovo", **params | {"gamma": gamma}).fit(X, y)
    machines, expected = Machines(machine_arrays(ours)), theirs.decision_function(new)
    if expected.ndim == 1:
        expected = -expected[:, None]
    np.testing.assert_allclose(machines.margins(new), expected, atol=1e-9)
    alone = np.concatenate([machines.margins(row[None]) for row in new])
    np.testing.assert_allclose(alone, expected, atol=1e-9)


def test_pairs_are_in_the_order_of_the_margins(sample):
    X, y, _ = sample
    first, second = Machines(machine_arrays(SVC(gamma=0.1).fit(X, y))).pairs
    k = len(np.unique(y))
    assert list(zip(first, second, strict=True)) == [
        (i, j) for i in range(k) for j in range(i + 1, k)
    ]


def test_many_vectors_are_computed_in_parts(sample, monkeypatch):
    X, y, new = sample
    whole = SVM(random_state=0).fit(X, y)
    expected = whole.predict_proba(new)
    monkeypatch.setattr("handpose.classifiers.machines._AT_ONCE", 7 * len(whole.vectors_))
    whole.C = whole.C + 0.5  # makes it ready anew
    assert whole._ready().rows == 7
    np.testing.assert_allclose(whole.predict_proba(new), expected, atol=1e-12)


@pytest.mark.parametrize(("n_features", "share"), [(62, 1.0), (420, 0.3)])
def test_a_wide_kernel_is_wider_for_vectors_of_many_features(n_features, share):
    X = np.random.default_rng(0).normal(0, 3, (50, n_features))
    assert kernel_gamma("wide", X) == pytest.approx(share * kernel_gamma("scale", X))


def test_another_word_for_gamma_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'wide'"):
        kernel_gamma("wid", np.eye(2))
