"""One thread for small sums: taken, given back, whoever else is computing."""

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from threadpoolctl import threadpool_info, threadpool_limits

import handpose as hp
from handpose.models import gestures as models
from handpose.system.threads import one_blas_thread, one_thread


def numbers(*kinds):
    """Threads of each library of these kinds, as the calling thread sees them; torch's aside."""
    return {
        library["num_threads"]
        for library in threadpool_info()
        if library["user_api"] in kinds and "torch" not in library["filepath"]
    }


@pytest.fixture(autouse=True)
def _two_threads():
    import_module("sklearn.ensemble")
    with threadpool_limits(2):
        yield


def test_inside_there_is_one_thread_and_afterwards_as_many_as_before():
    with one_thread():
        assert numbers("blas", "openmp") == {1}
    assert numbers("blas", "openmp") == {2}


def test_predicting_leaves_openmp_alone():
    with one_blas_thread():
        assert numbers("blas") == {1}
        assert numbers("openmp") == {2}
    assert numbers("blas") == {2}


@pytest.mark.parametrize("limit", [one_thread, one_blas_thread])
def test_an_error_gives_the_threads_back(limit):
    with pytest.raises(KeyError), limit():
        raise KeyError
    assert numbers("blas", "openmp") == {2}


def test_the_inner_of_two_limits_does_not_end_the_outer():
    with one_thread():
        with one_blas_thread(), one_thread():
            pass
        assert numbers("blas", "openmp") == {1}
    assert numbers("blas", "openmp") == {2}


@pytest.mark.parametrize("first_out", [0, 1])
def test_whoever_leaves_last_gives_the_threads_back(first_out):
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        threads, limits = [one, other], [one_thread(), one_thread()]
        for thread, limit in zip(threads, limits, strict=True):
            thread.submit(limit.__enter__).result()
        threads[first_out].submit(limits[first_out].__exit__, None, None, None).result()
        assert numbers("blas") == {1}
        last = 1 - first_out
        threads[last].submit(limits[last].__exit__, None, None, None).result()
        assert numbers("blas", "openmp") == {2}


def test_many_threads_at_once_leave_the_number_as_it_was():
    def enter_and_leave(_):
        for _ in range(200):
            with one_blas_thread():
                pass

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter_and_leave, range(8)))
    assert numbers("blas") == {2}


class Watching(ClassifierMixin, BaseEstimator):
    """Notes how many threads it may use."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.fitted_in_ = numbers("blas", "openmp")
        return self

    def predict(self, X):
        self.asked_in_ = numbers("blas")
        return np.repeat(self.classes_[:1], len(X))

    def predict_proba(self, X):
        self.asked_in_ = numbers("blas")
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))


@pytest.mark.filterwarnings("ignore:a model with Watching cannot be saved")
@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_a_model_fits_few_hands_and_asks_for_few_in_one_thread(people, method):
    model = hp.make_model(Watching(), augmentation=None)
    model.fit(people.X[::25], people.y[::25])
    getattr(model, method)(people.X[:3])
    assert model[-1].fitted_in_ == model[-1].asked_in_ == {1}
    assert numbers("blas", "openmp") == {2}


@pytest.mark.filterwarnings("ignore:a model with Watching cannot be saved")
def test_large_tables_and_batches_take_all_threads(people, monkeypatch):
    monkeypatch.setattr(models, "SMALL_TABLE", 10)
    monkeypatch.setattr(models, "SMALL_BATCH", 10)
    model = hp.make_model(Watching(), augmentation=None)
    model.fit(people.X[::25], people.y[::25]).predict(people.X[:20])
    assert model[-1].fitted_in_ == model[-1].asked_in_ == {2}


@pytest.mark.parametrize("name", ["svm", "gbdt", "logistic", "few_shot"])
def test_the_number_of_threads_changes_no_number(name, people, strangers, monkeypatch):
    params = {"max_iter": 5} if name == "gbdt" else {}
    few = people[::4]
    model = hp.make_model(name, augmentation=None, **params).fit(few.X, few.y)
    monkeypatch.setattr(models, "SMALL_TABLE", 0)
    monkeypatch.setattr(models, "SMALL_BATCH", 0)
    threaded = hp.make_model(name, augmentation=None, **params).fit(few.X, few.y)
    np.testing.assert_allclose(
        model.predict_proba(strangers.X), threaded.predict_proba(strangers.X), atol=1e-4
    )


@pytest.mark.torch
def test_torch_keeps_its_threads(people):
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    few = people[::25]
    graph = ("hand -> a: skip", "hand -> b: skip", "hand -> c: skip")
    hp.make_model("searched", augmentation=None, graph=graph, epochs=1).fit(few.X, few.y)
    with ThreadPoolExecutor(1) as other:
        assert torch.get_num_threads() == other.submit(torch.get_num_threads).result() == before
