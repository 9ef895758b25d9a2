"""Hands of every side, some of them missing, and a quickly fitted model for each classifier."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import handpose as hp
from handpose.classifiers import NEED_TORCH
from handpose.export.hands import LEFT, RIGHT, UNKNOWN
from tests.quick_fits import QUICK

SIDES = {"Left": LEFT, "Right": RIGHT, "": UNKNOWN}

NAMES = [
    pytest.param(name, marks=pytest.mark.torch) if name in NEED_TORCH else name
    for name in hp.CLASSIFIERS
]


def given(hands):
    """What an exported model is given for hands."""
    side = np.array([SIDES[side] for side in hands.handedness.tolist()], np.float32)
    return {"points": hands.points, "side": side}


@pytest.fixture(scope="session")
def hands(strangers):
    """60 hands of strangers: left, right and unknown ones, mirrored ones too, and three missing."""
    some = strangers.X[:60]
    points = some.points.copy()
    points[::4, :, 0] *= -1
    points[[7, 20, 59]] = np.nan
    side = np.random.default_rng(0).choice(list(SIDES), 60)
    return hp.Landmarks(points, handedness=side)


@pytest.fixture(scope="session")
def fitted(people):
    """Fit a classifier, once: ``fitted("svm")``."""

    @functools.cache
    def fit(name, features="geometry"):
        model = hp.make_model(name, features=features, augmentation=None, **QUICK.get(name, {}))
        return model.fit(people.X[::4], people.y[::4], groups=people.groups[::4])

    return fit


@pytest.fixture(scope="session", params=NAMES)
def any_model(request, fitted):
    """A model of each classifier in turn."""
    return fitted(request.param)
