import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from handpose.classifiers import MLP

SMALL = {"hidden": (32,), "max_epochs": 40, "learning_rate": 0.02, "weight_decay": 0.01}


@pytest.fixture(scope="module")
def fitted(vectors):
    X, y, groups = vectors
    return MLP(max_epochs=30).fit(X, y, groups=groups)


@parametrize_with_checks([MLP(**SMALL)])
def test_passes_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("n_classes", [2, 10])
def test_numpy_predicts_what_scikit_learns_network_does(n_classes, vectors, held_out, monkeypatch):
    X, y, _ = vectors
    rows = np.isin(y, np.unique(y)[:n_classes])
    networks, fit = [], MLPClassifier.partial_fit

    def watched(network, *args, **kw):
        networks.append(network)
        return fit(network, *args, **kw)

    monkeypatch.setattr(MLPClassifier, "partial_fit", watched)
    mlp = MLP(max_epochs=3, validation_fraction=0).fit(X[rows], y[rows])
    expected = networks[-1].predict_proba((held_out[0] - mlp.mean_) / mlp.scale_)
    np.testing.assert_allclose(mlp.predict_proba(held_out[0]), expected, atol=1e-5)


def test_a_prediction_does_not_depend_on_the_rest_of_the_batch(fitted, held_out):
    together = fitted.predict_proba(held_out[0])
    alone = np.concatenate([fitted.predict_proba(row[None]) for row in held_out[0]])
    np.testing.assert_allclose(together, alone, atol=1e-9)


def test_layers_have_the_widths_that_were_asked_for(vectors):
    X, y, _ = vectors
    mlp = MLP(hidden=(16, 8), max_epochs=1).fit(X, y)
    assert [w.shape for w in mlp.weights_] == [(X.shape[1], 16), (16, 8), (8, 10)]
    assert [b.shape for b in mlp.biases_] == [(16,), (8,), (10,)]


def test_training_stops_early_when_held_out_people_get_no_better(vectors):
    X, _, groups = vectors
    noise = np.random.default_rng(0).integers(0, 10, len(X))
    assert MLP(max_epochs=60, patience=2).fit(X, noise, groups=groups).n_iter_ < 30
    all_epochs = MLP(max_epochs=9, patience=2, validation_fraction=0).fit(X, noise)
    assert all_epochs.n_iter_ == 9


def test_held_out_people_are_not_trained_on_and_their_loss_chooses_the_epoch(vectors, monkeypatch):
    X, y, groups = vectors
    trained, judged, chances = [], [], []
    fit, predict = MLPClassifier.partial_fit, MLPClassifier.predict_proba

    def partial_fit(network, X, *args, **kw):
        trained.append(len(X))
        return fit(network, X, *args, **kw)

    def predict_proba(network, X):
        judged.append(X)
        chances.append(predict(network, X))
        return chances[-1]

    monkeypatch.setattr(MLPClassifier, "partial_fit", partial_fit)
    monkeypatch.setattr(MLPClassifier, "predict_proba", predict_proba)
    mlp = MLP(validation_fraction=0.2, class_weight=None, max_epochs=12)
    mlp.fit(X, y, groups=groups)
    assert set(trained) == {len(X) - len(judged[0])}
    assert len(judged[0]) == pytest.approx(0.2 * len(y), abs=10)
    standard = (X - mlp.mean_) / mlp.scale_
    rows = [int(np.flatnonzero((standard == row).all(1))[0]) for row in judged[0]]
    assert not set(groups[rows]) & set(np.delete(groups, rows))
    codes = np.searchsorted(mlp.classes_, y[rows])
    losses = [-np.log(found[np.arange(len(rows)), codes]).mean() for found in chances]
    kept = mlp.predict_proba(X[rows])[np.arange(len(rows)), codes]
    assert -np.log(kept).mean() == pytest.approx(min(losses), rel=1e-4)


def test_rare_classes_weigh_as_much_as_frequent_ones():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(0, 1, (380, 2)), rng.normal(1.5, 1, (20, 2))])
    y = np.repeat([0, 1], [380, 20])
    recall = {
        weight: MLP(hidden=(8,), class_weight=weight).fit(X, y).predict(X[y == 1]).mean()
        for weight in ("balanced", None)
    }
    assert recall["balanced"] > 0.6
    assert recall[None] < recall["balanced"]


def test_a_constant_feature_does_no_harm(vectors, held_out):
    X, y, _ = vectors
    constant = np.hstack([X, np.full((len(X), 1), 3, np.float32)])
    new = np.hstack([held_out[0], np.full((len(held_out[0]), 1), 3, np.float32)])
    assert MLP(max_epochs=20).fit(constant, y).score(new, held_out[1]) > 0.9


def test_dropout_of_earlier_versions_warns_and_has_no_effect(vectors):
    X, y, _ = vectors
    with pytest.warns(DeprecationWarning, match=r"MLP.dropout=.* has no effect"):
        mlp = MLP(max_epochs=2, dropout=0.3).fit(X, y)
    np.testing.assert_array_equal(mlp.weights_[0], MLP(max_epochs=2).fit(X, y).weights_[0])
    params = mlp.get_params() | {"dropout": 0.3}
    known = {"classes": mlp.classes_, "n_features": mlp.n_features_in_}
    assert MLP.from_arrays(params, mlp.to_arrays(), **known).dropout is None


WITHOUT_TORCH = """
import sys
import handpose as hp
hands, labels, people = hp.load_dataset("sign_language_digits")
model = hp.make_model("mlp", augmentation=None).fit(hands[::4], labels[::4], groups=people[::4])
print(model.score(hands[1::4], labels[1::4]), "torch" in sys.modules)
"""


def test_neither_training_nor_predicting_needs_torch(run_python):
    (line,) = run_python(WITHOUT_TORCH)
    accuracy, imported = line.split()
    assert float(accuracy) > 0.95
    assert imported == "False"
