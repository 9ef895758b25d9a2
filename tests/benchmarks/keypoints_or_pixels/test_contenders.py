import sys
from functools import partial

import numpy as np
import pytest

from benchmarks.keypoints_or_pixels import contenders
from benchmarks.keypoints_or_pixels.contenders import (
    BATCH,
    FEWEST_STEPS,
    FineTunedPixels,
    FrozenPixels,
    Keypoints,
    epochs_for,
    installed,
    pixel_contenders,
)
from benchmarks.keypoints_or_pixels.trainings import fitted_on
from handpose.datasets import Dataset
from handpose.pixels import EfficientNetClassifier


@pytest.fixture
def pictures(photos, picture):
    """Twelve photos of two labels by six people; the labels differ in brightness."""
    from PIL import Image

    rng = np.random.default_rng(0)
    paths = []
    for row in range(12):
        path = picture(f"{row}.png")
        light = 40 + 170 * (row % 2) + rng.integers(0, 20, (24, 24, 3))
        Image.fromarray(light.astype(np.uint8)).save(path)
        paths.append(str(path))
    labels = np.array(["dark", "light"] * 6)
    subjects = np.repeat([f"s{i}" for i in range(6)], 2)
    return Dataset(photos.X[:12], labels, subjects, paths)


def mean_colours(paths, *_, **__):
    from handpose.images import read_image

    return np.array([read_image(path).mean((0, 1)) for path in paths], np.float32)


def test_keypoints_name_what_they_have_learnt(photos):
    fitted = Keypoints("knn").fit(photos, seed=0)
    assert np.mean(fitted.predict(photos) == photos.y) > 0.98


def test_a_missed_hand_is_named_with_nothing(photos, missed):
    fitted = Keypoints("knn").fit(photos, seed=0)
    row = Dataset(missed, ["1"], ["s"], ["p"])
    assert fitted.predict(row).tolist() == [""]


def test_names_are_those_of_the_parts():
    assert Keypoints("mlp", "all").name == "mlp, all"
    assert Keypoints().name == "svm, geometry"


def test_settings_tell_models_apart():
    assert Keypoints("knn").settings != Keypoints("svm").settings
    assert Keypoints("knn").settings != Keypoints("knn", "all").settings
    assert Keypoints("knn").settings == Keypoints("knn").settings
    assert FineTunedPixels(epochs=2).settings != FineTunedPixels().settings


def test_frozen_pixels_look_at_each_photo_once(pictures, monkeypatch):
    seen = []

    def look(paths, *arguments, **keywords):
        seen.append(list(paths))
        return mean_colours(paths)

    monkeypatch.setattr(contenders, "frozen_features", look)
    fitted = FrozenPixels().fit(pictures[:8], seed=0)
    assert fitted.predict(pictures[4:]).tolist() == pictures.y[4:].tolist()
    assert [len(paths) for paths in seen] == [BATCH, BATCH], "batches are always full"
    assert set(seen[0]) == set(pictures.paths[:8])
    assert set(seen[1]) == set(pictures.paths[8:])


@pytest.mark.torch
def test_fine_tuned_pixels_are_trained_once_and_are_the_same_again(pictures, monkeypatch, tmp_path):
    small = partial(EfficientNetClassifier, weights=None, resolution=32)
    monkeypatch.setattr(contenders, "EfficientNetClassifier", small)
    first = fitted_on(FineTunedPixels(epochs=1), pictures, 0, tmp_path)
    again = FineTunedPixels(epochs=1).fit(pictures, seed=0)
    np.testing.assert_array_equal(first.predict(pictures), again.predict(pictures))
    monkeypatch.setattr(FineTunedPixels, "fit", None)
    kept = fitted_on(FineTunedPixels(epochs=1), pictures, 0, tmp_path)
    np.testing.assert_array_equal(first.predict(pictures), kept.predict(pictures))
    assert kept.seconds_ == first.seconds_ > 0


def test_few_photos_are_shown_for_more_epochs():
    defaults = EfficientNetClassifier()
    assert epochs_for(10) == max(defaults.epochs, FEWEST_STEPS)
    assert epochs_for(100_000) == defaults.epochs
    assert epochs_for(defaults.batch_size + 1) == max(defaults.epochs, FEWEST_STEPS // 2)


def test_what_needs_torch_is_left_out_with_one_line(setup, monkeypatch):
    for name in list(sys.modules):
        if name.startswith(("handpose.classifiers.", "handpose.pixels.")) and "torch" in vars(
            sys.modules[name]
        ):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "torch", None)
    able, lines = installed([Keypoints(), Keypoints("mlp"), *pixel_contenders(setup)])
    assert [contender.name for contender in able] == ["svm, geometry", "mlp, geometry"]
    (line,) = lines
    assert 'pip install "handpose[torch]"' in line
    assert "frozen" in line
    assert "fine-tuned" in line
