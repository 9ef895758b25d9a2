"""Probabilities of classes from those of their pairs, also where these are extreme."""

import numpy as np
import pytest

from handpose.classifiers.coupling import coupled as in_python
from handpose.export import onnx_file as module
from handpose.export.coupling import are_balanced, coupled
from handpose.export.graph import Graph, evaluate
from handpose.export.onnx_file import onnx_file
from handpose.export.tflite_file import tflite_file
from tests.export.test_onnx_file import opened
from tests.export.test_tflite_file import runner


def pairs_of(k):
    return np.array(np.triu_indices(k, 1))


def odds_of(k, kind, n=40):
    """Log odds of pairs: those of random classes, agreeing or not, up to the surest."""
    rng = np.random.default_rng(k)
    first, second = pairs_of(k)
    if kind == "random":
        return rng.normal(0, 4, (n, len(first)))
    scores = rng.normal(0, {"agreeing": 1.5, "sure": 12}[kind], (n, k))
    return scores[:, first] - scores[:, second]


def graph_of(k):
    """Machines whose margins are the kernel itself: one vector of each class, pair by pair."""
    pairs = k * (k - 1) // 2
    counts = np.full(k, pairs)
    coefficients = np.zeros((k - 1, k * pairs))
    first, second = pairs_of(k)
    for pair, (a, b) in enumerate(zip(first, second, strict=True)):
        coefficients[b - 1, a * pairs + pair] = 1
    arrays = {
        "n_support": counts,
        "vectors": np.zeros((k * pairs, 1)),
        "coefficients": coefficients,
        "intercept": np.zeros(pairs),
        "pair_slopes": np.ones(pairs),
        "pair_offsets": np.zeros(pairs),
    }
    graph = Graph()
    odds = graph.input("odds", np.zeros((1, pairs), np.float32) + 0.5)
    near = odds.take(np.tile(np.arange(pairs), k))
    graph.outputs = {"probabilities": coupled(near, arrays)}
    return graph


@pytest.mark.parametrize("kind", ["random", "agreeing", "sure"])
@pytest.mark.parametrize("k", [2, 3, 10, 18])
class TestCoupled:
    def expected(self, k, kind):
        odds = odds_of(k, kind).astype(np.float32)
        return odds, np.exp(in_python(odds.astype(np.float64), pairs_of(k)))

    def test_in_numpy(self, k, kind):
        odds, want = self.expected(k, kind)
        found = evaluate(graph_of(k), {"odds": odds})["probabilities"]
        assert np.abs(found - want).max() < 1e-5

    @pytest.mark.export
    @pytest.mark.parametrize("most", [0, 24])
    def test_in_onnx(self, k, kind, most, monkeypatch):
        monkeypatch.setattr(module, "MOST_DETERMINED", most)
        odds, want = self.expected(k, kind)
        found = opened(onnx_file(graph_of(k), {})).run(None, {"odds": odds})[0]
        assert np.abs(found - want).max() < (5e-5 if most == 0 else 1e-5)

    @pytest.mark.litert
    def test_in_tflite(self, k, kind):
        odds, want = self.expected(k, kind)
        run = runner(tflite_file(graph_of(k)))
        found = np.concatenate([run(odds=row[None])["probabilities"] for row in odds])
        assert np.abs(found - want).max() < 5e-5


def test_many_vectors_are_multiplied_class_by_class(monkeypatch):
    odds = odds_of(10, "random").astype(np.float32)
    at_once = evaluate(graph_of(10), {"odds": odds})["probabilities"]
    monkeypatch.setattr("handpose.export.coupling._MOST_NUMBERS", 0)
    by_class = evaluate(graph_of(10), {"odds": odds})["probabilities"]
    assert np.abs(by_class - at_once).max() < 1e-5


def test_coefficients_of_fitted_machines_add_up_to_nothing(fitted):
    """So that the mean of the kernel can be taken off, which they do not see."""
    arrays = fitted("svm").classifier_.to_arrays()
    assert are_balanced(arrays)
    changed = arrays["coefficients"].copy()
    changed[3, -1] += 1e-3
    assert not are_balanced({**arrays, "coefficients": changed})
