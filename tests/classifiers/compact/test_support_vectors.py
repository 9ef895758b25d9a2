import numpy as np
import pytest

from handpose.classifiers import SVM
from handpose.classifiers.compact import compact_form


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
    "params", [{}, {"C": 0.1}, {"gamma": 2.0}, {"class_weight": "balanced"}], ids=str
)
def test_it_gives_the_machines_probabilities(sample, params):
    X, y, new = sample
    svm = SVM(random_state=0, **params).fit(X, y)
    form = compact_form(svm)
    np.testing.assert_array_equal(form.predict(new), svm.predict(new))
    np.testing.assert_allclose(form.predict_proba(new), svm.predict_proba(new), atol=1e-10)
