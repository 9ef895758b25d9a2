"""Real hands under made-up file names, and a cheap stand-in for the pixels."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.keypoints_or_pixels.part import Setup

from benchmarks.keypoints_or_pixels.contenders import Keypoints
from benchmarks.keypoints_or_pixels.photos import Photos


class StandIn(Keypoints):
    """Called a pixel model; knows only angles, and trains quickly."""

    side = "pixels"

    def __init__(self, features="frozen"):
        super().__init__("knn", "angles")
        self.name = f"EfficientNet-lite0, {features}"
        self.features = features

    @property
    def settings(self):
        return {"stand-in": self.features}

    def fit(self, photos, seed):
        self.features = "angles"
        return super().fit(photos, seed)

    def predict(self, photos):
        return np.where(photos.hands.detected, super().predict(photos), photos.labels[0])


def stand_ins(setup):
    return [StandIn("frozen"), StandIn("fine-tuned")]


@pytest.fixture(scope="session")
def photos(digits):
    """244 hands of 25 people."""
    rows = np.isin(digits.groups, sorted(set(digits.groups.tolist()))[:25])
    some = digits[rows]
    paths = np.array([f"/digits/{path}" for path in some.paths])
    return Photos(paths, some.X, some.y, some.groups)


@pytest.fixture
def setup(tmp_path):
    """Small, in this process, with folders of its own."""
    return Setup(tmp_path / "data", tmp_path / "work", quick=True, jobs=1)
