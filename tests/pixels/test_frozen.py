"""Frozen features and the linear head: shared between folds, chosen among people, merged."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

import handpose as hp
from handpose.pixels import (
    EfficientNetClassifier,
    fit_frozen_head,
    frozen_features,
)
from handpose.pixels import frozen as frozen_module
from handpose.pixels.frozen import PENALTIES, linear_layer

SMALL = {"weights": None, "resolution": 32, "threads": 1}


def features_of_people(classes=3, people=8, each=2, width=12):
    rng = np.random.default_rng(0)
    labels = np.repeat(np.array(["five", "one", "two"])[:classes], people * each)
    groups = np.tile(np.repeat(np.arange(people), each), classes)
    middles = rng.normal(size=(classes, width))[np.repeat(np.arange(classes), people * each)]
    features = middles + rng.normal(0, 0.8, (len(labels), width))
    return features.astype(np.float32) * 3 + 5, labels, groups


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 255, (10, 40, 30, 3), dtype=np.uint8)


def chosen(head):
    return head[-1].C


@pytest.mark.torch
def test_features_are_as_wide_as_the_last_convolution(pictures):
    seen = []
    found = frozen_features(
        pictures, batch_size=4, progress=lambda *done: seen.append(done), **SMALL
    )
    assert found.shape == (10, 1280)
    assert found.dtype == np.float32
    assert seen == [(4, 10), (8, 10), (10, 10)]
    again = frozen_features(list(pictures), batch_size=10, **SMALL)
    np.testing.assert_allclose(again, found, atol=1e-5)
    with pytest.raises(hp.UnknownNameError, match="EfficientNet variant 'b9'"):
        frozen_features(pictures, "b9")
    with pytest.raises(ValueError, match="resolution must be a whole number from 32 to 2048"):
        frozen_features(pictures, resolution=8)


@pytest.mark.torch
@pytest.mark.parametrize("names", [["a", "b"], ["a", "b", "c"]])
def test_the_classifier_is_the_head_on_the_features(names, pictures, monkeypatch):
    inference = pytest.importorskip("handpose.pixels.inference")
    build = inference.feature_network
    monkeypatch.setattr(inference, "feature_network", lambda *given, **_: build(*given[:2], seed=0))
    labels = np.resize(names, len(pictures))
    model = EfficientNetClassifier(C=0.03, **SMALL).fit(pictures, labels)
    features = frozen_features(pictures, **SMALL)
    head = fit_frozen_head(features, labels, C=0.03)
    np.testing.assert_allclose(
        model.predict_proba(pictures), head.predict_proba(features), atol=1e-4
    )


@pytest.mark.parametrize("classes", [2, 3])
def test_the_linear_layer_says_what_the_head_says(classes):
    features, labels, groups = features_of_people(classes)
    head = fit_frozen_head(features, labels, groups)
    weights, biases = linear_layer(head)
    assert weights.shape == (classes, 12)
    np.testing.assert_allclose(
        softmax(features @ weights.T + biases, axis=1),
        head.predict_proba(features),
        atol=1e-5,
    )


def test_the_penalty_is_chosen_with_people_kept_apart(monkeypatch):
    features, labels, groups = features_of_people()
    seen = []

    class Watched(GridSearchCV):
        def fit(self, X, y, groups):
            for train, test in self.cv.split(X, y, groups):
                seen.append(set(groups[train]) & set(groups[test]))
            return super().fit(X, y, groups=groups)

    monkeypatch.setattr(frozen_module, "GridSearchCV", Watched)
    assert chosen(fit_frozen_head(features, labels, groups)) in PENALTIES
    assert seen == [set()] * 5
    assert chosen(fit_frozen_head(features, labels, groups, C=7)) == 7


def test_where_people_are_too_few_to_choose_the_penalty_is_fixed():
    features, labels, groups = features_of_people()
    alone = fit_frozen_head(features, labels, np.zeros(len(labels)))
    assert chosen(alone) == frozen_module._C_OF_FEW
    pair = groups < 2
    assert chosen(fit_frozen_head(features[pair], labels[pair], groups[pair])) in PENALTIES
    one_each = [0, 20, 40]
    assert fit_frozen_head(features[one_each], labels[one_each]).predict(features[:1]) == ["five"]


def test_bad_arrays_and_penalties_are_refused():
    features, labels, _ = features_of_people()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        fit_frozen_head(features, labels[:-1])
    with pytest.raises(ValueError, match="C must be a number above 0 or None, but got -1"):
        fit_frozen_head(features, labels, C=-1)
    assert isinstance(fit_frozen_head(features, labels)[-1], LogisticRegression)
