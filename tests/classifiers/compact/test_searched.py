"""The compact form of `Searched` computes what the estimator does, and reads the graph once."""

import numpy as np
import pytest

import handpose as hp
from handpose.classifiers.compact import compact_form
from handpose.classifiers.searched import Searched, graph

pytestmark = pytest.mark.torch
pytest.importorskip("torch")

EVERYTHING = (
    "hand -> a: graph",
    "hand -> b: attention",
    "a -> b: dense",
    "hand -> c: skip",
    "b -> c: gated",
)


@pytest.fixture(scope="module")
def vectors(people):
    return hp.LandmarkFeatures("angles").fit_transform(people.hands[:100])


@pytest.fixture(scope="module")
def fitted(vectors, people):
    return Searched(EVERYTHING, width=8, epochs=2).fit(vectors, people.labels[:100])


def test_every_operation_is_computed_as_by_the_estimator(fitted, vectors):
    form = compact_form(fitted)
    scores = np.stack([form.scores(vector) for vector in vectors])
    assert scores.dtype == np.float64
    np.testing.assert_allclose(scores, fitted.logits(vectors), atol=1e-12)
    np.testing.assert_allclose(
        form.predict_proba(vectors), fitted.predict_proba(vectors), atol=1e-12
    )


def test_the_graph_is_read_once(fitted, vectors, monkeypatch):
    form = compact_form(fitted)
    monkeypatch.setattr(graph, "OPERATIONS", {})
    with pytest.raises(hp.UnknownNameError):
        fitted.predict(vectors[:1])
    assert form.predict(vectors[:1])[0] in fitted.classes_
