import sys

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import handpose as hp
from handpose.classifiers import MLP

SMALL = {"hidden": (32,), "max_epochs": 40, "learning_rate": 0.02}


@pytest.fixture(scope="module")
def fitted(vectors):
    pytest.importorskip("torch")
    X, y, groups = vectors
    return MLP(max_epochs=30).fit(X, y, groups=groups)


@pytest.mark.torch
@parametrize_with_checks([MLP(**SMALL)])
def test_passes_scikit_learns_checks(estimator, check):
    pytest.importorskip("torch")
    check(estimator)


@pytest.mark.torch
def test_numpy_predicts_what_the_torch_network_does(fitted, held_out):
    torch = pytest.importorskip("torch")
    x = torch.from_numpy((held_out[0] - fitted.mean_) / fitted.scale_)
    for i, (weight, bias) in enumerate(zip(fitted.weights_, fitted.biases_, strict=True)):
        x = torch.nn.functional.linear(x, torch.from_numpy(weight.T.copy()), torch.from_numpy(bias))
        x = torch.relu(x) if i < len(fitted.weights_) - 1 else x
    np.testing.assert_allclose(
        fitted.predict_proba(held_out[0]), torch.softmax(x, 1).numpy(), atol=1e-5
    )


@pytest.mark.torch
def test_a_prediction_does_not_depend_on_the_rest_of_the_batch(fitted, held_out):
    together = fitted.predict_proba(held_out[0])
    alone = np.concatenate([fitted.predict_proba(row[None]) for row in held_out[0]])
    np.testing.assert_allclose(together, alone, atol=1e-9)


@pytest.mark.torch
def test_layers_have_the_widths_that_were_asked_for(vectors):
    pytest.importorskip("torch")
    X, y, _ = vectors
    mlp = MLP(hidden=(16, 8), max_epochs=1).fit(X, y)
    assert [w.shape for w in mlp.weights_] == [(X.shape[1], 16), (16, 8), (8, 10)]
    assert [b.shape for b in mlp.biases_] == [(16,), (8,), (10,)]


@pytest.mark.torch
def test_training_stops_early_when_held_out_people_get_no_better(vectors):
    pytest.importorskip("torch")
    X, _, groups = vectors
    noise = np.random.default_rng(0).integers(0, 10, len(X))
    assert MLP(max_epochs=60, patience=2).fit(X, noise, groups=groups).n_iter_ < 30
    all_epochs = MLP(max_epochs=9, patience=2, validation_fraction=0).fit(X, noise)
    assert all_epochs.n_iter_ == 9


@pytest.mark.torch
def test_whole_groups_are_held_out(vectors, monkeypatch):
    training = pytest.importorskip("handpose.classifiers.mlp_training")
    X, y, groups = vectors
    sides = []

    def train_network(X, y, *, train, held_out, **_):
        sides.append((train, held_out))
        return [], [], 0

    monkeypatch.setattr(training, "train_network", train_network)
    MLP(validation_fraction=0.2).fit(X, y, groups=groups)
    ((train, held_out),) = sides
    assert len(held_out) == pytest.approx(0.2 * len(y), abs=10)
    assert not set(groups[train]) & set(groups[held_out])
    assert len(train) + len(held_out) == len(y)


@pytest.mark.torch
def test_rare_classes_weigh_as_much_as_frequent_ones():
    pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(0, 1, (380, 2)), rng.normal(1.5, 1, (20, 2))])
    y = np.repeat([0, 1], [380, 20])
    recall = {
        weight: MLP(hidden=(8,), class_weight=weight).fit(X, y).predict(X[y == 1]).mean()
        for weight in ("balanced", None)
    }
    assert recall["balanced"] > 0.6
    assert recall[None] < recall["balanced"]


@pytest.mark.torch
def test_a_constant_feature_does_no_harm(vectors, held_out):
    pytest.importorskip("torch")
    X, y, _ = vectors
    constant = np.hstack([X, np.full((len(X), 1), 3, np.float32)])
    new = np.hstack([held_out[0], np.full((len(held_out[0]), 1), 3, np.float32)])
    assert MLP(max_epochs=20).fit(constant, y).score(new, held_out[1]) > 0.9


@pytest.mark.torch
def test_training_leaves_torchs_seed_and_threads_as_they_were(vectors):
    torch = pytest.importorskip("torch")
    X, y, _ = vectors
    torch.manual_seed(5)
    before = torch.random.get_rng_state(), torch.get_num_threads()
    MLP(max_epochs=1).fit(X, y)
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert before[1] == torch.get_num_threads()


WITHOUT_TORCH = """
import sys
from importlib.abc import MetaPathFinder
class NoTorch(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ImportError("no torch here")
sys.meta_path.insert(0, NoTorch())
import handpose as hp
model = hp.load_model(sys.argv[1])
card = model.card
hands, labels, _ = hp.load_dataset("sign_language_digits")
assert card.classifier == "mlp"
print(round(model.score(hands[::20], labels[::20]), 2))
try:
    hp.make_model("mlp").fit(hands[::20], labels[::20])
except hp.MissingExtraError as error:
    print(error)
"""


@pytest.mark.torch
def test_predicts_without_torch_and_says_how_to_get_it_for_training(people, tmp_path, run_python):
    pytest.importorskip("torch")
    model = hp.make_model("mlp", augmentation=None).fit(people.X, people.y)
    path = hp.save_model(model, tmp_path / "mlp.handpose")
    accuracy, hint = run_python(WITHOUT_TORCH, path)
    assert float(accuracy) > 0.95
    assert 'pip install "handpose[torch]"' in hint


def test_without_torch_training_names_the_pip_command(vectors, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "handpose.classifiers.mlp_training", raising=False)
    with pytest.raises(hp.MissingExtraError, match=r'pip install "handpose\[torch\]"'):
        MLP().fit(vectors[0], vectors[1])
