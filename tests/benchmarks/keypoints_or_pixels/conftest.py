"""Real hands under made-up file names, and a cheap stand-in for the pixels."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.keypoints_or_pixels.contenders import Contender
from benchmarks.keypoints_or_pixels.photos import with_paths
from benchmarks.runner import Setup
from handpose.classifiers import make_classifier
from handpose.features import LandmarkFeatures


class StandIn(Contender):
    """Called a pixel model; knows only angles, and trains quickly."""

    side = "pixels"
    classifier = "EfficientNet-lite0"

    def __init__(self, features="frozen"):
        self.features = features

    def fit(self, photos, seed):
        found = photos[photos.X.detected]
        self.angles_ = LandmarkFeatures("angles").fit(found.X)
        self.knn_ = make_classifier("knn").fit(self.angles_.transform(found.X), found.y)
        self.seconds_ = 0.1
        return self

    def predict(self, photos):
        found = photos.X.detected
        answers = np.full(len(photos), photos.y[0])
        answers[found] = self.knn_.predict(self.angles_.transform(photos.X[found]))
        return answers


def stand_ins(setup):
    return [StandIn("frozen"), StandIn("fine-tuned")]


@pytest.fixture(scope="session")
def photos(digits):
    """244 hands of 25 people."""
    rows = np.isin(digits.groups, sorted(set(digits.groups.tolist()))[:25])
    some = digits[rows]
    return with_paths(some, [f"/digits/{path}" for path in some.paths])


@pytest.fixture
def setup(tmp_path):
    """Small, in this process, with folders of its own."""
    return Setup(tmp_path / "data", quick=True, work=tmp_path / "work")
