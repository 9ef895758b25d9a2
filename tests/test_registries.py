"""Every entry of every registry can be had and does its work.

Data sets: tests/datasets/test_fetch.py. Classifiers: tests/classifiers/test_classifiers.py.
"""

from __future__ import annotations

from importlib import resources

import numpy as np
import pytest

import handpose as hp
from handpose.assets import ASSETS, asset_path, sha256
from handpose.extractors import EXTRACTORS
from handpose.features import PRESETS
from handpose.features.blocks import BLOCKS
from handpose.system.extras import is_installed

PRETRAINED = sorted(
    file.name.removesuffix(".handpose")
    for file in (resources.files("handpose") / "pretrained").iterdir()
    if file.name.endswith(".handpose")
)


@pytest.mark.parametrize("name", ASSETS)
def test_every_network_is_the_pinned_one(name):
    assert sha256(asset_path(name)) == ASSETS[name].sha256


@pytest.mark.parametrize("name", EXTRACTORS)
def test_every_extractor_finds_a_hand(name, rendered_folder):
    if name == "mediapipe" and not is_installed("mediapipe"):
        pytest.skip("mediapipe not here")
    with hp.make_extractor(name) as extractor:
        assert len(extractor.detect(hp.read_image(rendered_folder / "5" / "render0.jpg"))) == 1
        assert extractor.provenance["name"] == name


@pytest.mark.parametrize("name", [*PRESETS, *BLOCKS])
def test_every_feature_gives_named_numbers(name, people, missed):
    features = hp.LandmarkFeatures(name).fit(people.X)
    found = features.transform(hp.Landmarks.concat([people.X[:3], missed]))
    assert found.shape == (4, len(features.get_feature_names_out()))
    assert np.isfinite(found[:3]).all()


@pytest.mark.parametrize("name", PRETRAINED)
def test_every_pretrained_model_is_loaded_and_knows_its_gestures(name, people):
    model = hp.load_model(name)
    card = model.card
    assert card.classifier
    if model.takes_motions:
        assert "no_gesture" in model.classes_
        return
    assert len(model.classes_) > 9
    assert model.predict_proba(people.X[:3]).shape == (3, len(model.classes_))


def test_the_models_that_ship_are_known_by_name():
    assert {"digits", "hagrid"} <= set(PRETRAINED)
