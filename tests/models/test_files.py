import json
import zipfile

import numpy as np
import pytest

import handpose as hp
from handpose import load_model, make_model, save_model
from handpose.classifiers import NEED_TORCH
from handpose.models import PRETRAINED, model_path
from tests.quick_fits import QUICK

NAMES = [
    pytest.param(name, marks=pytest.mark.torch) if name in NEED_TORCH else name
    for name in hp.CLASSIFIERS
]


@pytest.fixture(scope="module")
def small(people):
    """A quickly fitted model."""
    return make_model("knn", augmentation=None).fit(people.X[::5], people.y[::5])


@pytest.fixture
def path(small, tmp_path):
    return save_model(small, tmp_path / "model.handpose")


@pytest.mark.parametrize("name", NAMES)
def test_every_classifier_predicts_the_same_after_saving_and_loading(
    name, people, strangers, missed, tmp_path
):
    if name in NEED_TORCH:
        pytest.importorskip("torch")
    model = make_model(name, augmentation=None, **QUICK.get(name, {}))
    model.fit(people.X, people.y, groups=people.groups)
    loaded = load_model(save_model(model, tmp_path / "model.handpose"))
    card = loaded.card
    hands = hp.Landmarks.concat([strangers.X, missed])
    np.testing.assert_array_equal(loaded.predict(hands), model.predict(hands))
    np.testing.assert_array_equal(loaded.predict_proba(hands), model.predict_proba(hands))
    assert card.classifier == name


def test_a_loaded_model_keeps_its_settings_and_can_be_fitted_again(people, tmp_path):
    augmentation = hp.Augmentation(copies=1, tilt=5.0)
    features = hp.LandmarkFeatures(["angles", "fingertips"], rotate=True, depth=True)
    model = make_model("knn", features=features, augmentation=augmentation, random_state=7)
    model.fit(people.X, people.y)
    loaded = load_model(save_model(model, tmp_path / "m.handpose"))
    card = loaded.card
    assert loaded.augmentation == augmentation
    assert loaded.random_state == 7
    assert loaded.features_.get_params() == features.get_params()
    assert card.features == "angles+fingertips"
    loaded.fit(people.X, people.y)
    np.testing.assert_array_equal(loaded.predict_proba(people.X), model.predict_proba(people.X))


def test_the_card_says_what_the_model_is_and_keeps_what_was_noted(small, tmp_path):
    noted = hp.ModelCard(
        extractor={"name": "mediapipe", "networks": {"a": "b"}},
        training={"dataset": "digits", "samples": 95},
        metrics={"accuracy": 0.5},
    )
    card = load_model(save_model(small, tmp_path / "m.handpose", noted)).card
    assert card.labels == list("0123456789")
    assert (card.classifier, card.features) == ("knn", "geometry")
    assert card.versions["handpose"] == hp.__version__
    assert set(card.versions) == {"handpose", "scikit-learn"}
    assert (card.extractor, card.training, card.metrics) == (
        noted.extractor,
        noted.training,
        noted.metrics,
    )
    assert json.loads(json.dumps(card.to_dict())) == card.to_dict()


def test_the_file_is_a_zip_of_a_card_and_arrays(path, small):
    with zipfile.ZipFile(path) as archive:
        names = sorted(archive.namelist())
        assert [name for name in names if not name.startswith("known/")] == [
            "classifier/codes.npy",
            "classifier/rows.npy",
            "model.json",
        ]
        document = json.loads(archive.read("model.json"))
        rows = np.load(archive.open("classifier/rows.npy"), allow_pickle=False)
    assert document["format"] == 3
    assert document["model"]["features"]["names"] == small[0].get_feature_names_out().tolist()
    np.testing.assert_array_equal(rows, small[-1].rows_)


def test_what_was_loaded_is_saved_as_the_same_bytes(path, tmp_path):
    model = load_model(path)
    card = model.card
    assert save_model(model, tmp_path / "again", card).read_bytes() == path.read_bytes()


def test_a_path_without_suffix_gets_one(small, tmp_path):
    assert save_model(small, tmp_path / "model") == tmp_path / "model.handpose"


def test_an_error_while_saving_leaves_the_old_file_and_nothing_else(path, small, monkeypatch):
    before = path.read_bytes()
    monkeypatch.setattr("handpose.models.files.write_zip", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save_model(small, path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_model_that_is_too_large_is_not_written(small, tmp_path, monkeypatch):
    monkeypatch.setattr("handpose.models.files.MAX_BYTES", 50_000)
    with pytest.raises(hp.ModelFileError, match=r"large\.handpose: the model has .* fewer hands"):
        save_model(small, tmp_path / "large")
    assert not list(tmp_path.iterdir())


def test_what_is_trusted_must_be_classes(path):
    with pytest.raises(TypeError, match=r"trusted takes classes, .* got 'mine\.Classifier'"):
        load_model(path, trusted=["mine.Classifier"])


def test_a_missing_file_is_refused_with_the_pretrained_names(tmp_path):
    with pytest.raises(hp.ModelFileError, match=r"absent\.handpose: no such file.*digits"):
        load_model(tmp_path / "absent.handpose")


@pytest.mark.parametrize("name", PRETRAINED)
def test_a_pretrained_model_ships_and_says_how_good_it_is(name, rendered):
    model = load_model(name)
    card = model.card
    assert model_path(name).stat().st_size < 5_000_000
    assert card.labels == [str(label) for label in model.classes_]
    assert card.training["source"]
    assert card.metrics["accuracy"] > 0.95
    assert card.training["subjects"] > 100
