"""Every corner of the spaces must be a model that can be made."""

import pytest

import handpose as hp
from handpose.automl.candidates import Candidate
from handpose.automl.spaces import (
    DEFAULTS,
    SPACES,
    suggest_augmentation,
    suggest_blocks,
    suggest_preset,
)
from handpose.features import BLOCKS, PRESETS
from tests.classifiers.conftest import NAMES

optuna = pytest.importorskip("optuna")


class Corner:
    """Chooses the lowest or the highest of everything."""

    def __init__(self, low):
        self.low = low

    def suggest_float(self, name, low, high, *, log=False):
        return low if self.low else high

    suggest_int = suggest_float

    def suggest_categorical(self, name, choices):
        return choices[0 if self.low else -1]


@pytest.fixture(params=[True, False], ids=["lowest", "highest"])
def corner(request):
    return Corner(request.param)


@pytest.mark.parametrize("name", NAMES)
def test_every_corner_of_a_classifier_is_made(name, corner):
    params = SPACES[name](corner) if name in SPACES else {}
    model = Candidate(name, params).make(0)
    assert model.classifier_name == name


def test_a_trial_accepts_what_is_suggested_of_every_classifier():
    study = optuna.create_study()
    for name in SPACES:
        trial = study.ask()
        SPACES[name](trial)
        assert all(key.startswith(name) for key in trial.params)


@pytest.mark.parametrize("name", DEFAULTS)
def test_defaults_are_within_their_space(name):
    fixed = optuna.trial.FixedTrial({**DEFAULTS[name], f"{name}_min_samples_leaf": 1})
    suggested = SPACES[name](fixed)
    usual = hp.make_classifier(name)
    for key, value in suggested.items():
        assert usual.get_params()[key] == value


def test_every_preset_can_be_chosen(corner):
    assert suggest_preset(corner)["blocks"] in PRESETS


def test_blocks_that_are_a_preset_bear_its_name():
    def chosen(**blocks):
        params = {f"block_{name}": name in blocks for name in BLOCKS}
        params |= {"rotate": False, "depth": True, "crossings": True}
        return suggest_blocks(optuna.trial.FixedTrial(params), ("a / b",))

    geometry = chosen(distances=1, angles=1, fingertips=1)
    assert geometry["blocks"] == "geometry"
    assert geometry["depth"]
    assert geometry["crossings"] == ("a / b",)
    assert chosen(coordinates=1, angles=1)["blocks"] == "coordinates+angles"
    assert chosen()["blocks"] == "angles"


def test_augmentation_is_none_or_some_strength_of_the_usual(corner):
    found = suggest_augmentation(corner)
    assert found is None if corner.low else found == hp.Augmentation(4, 22.5, 30.0, 0.1 * 1.5)
