"""Hands to look at: pictures that ship, photos that may be here, and extractors that share them."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from handpose.assets import ASSETS, find_asset
from handpose.extractors.native import NativeExtractor
from handpose.images import read_image

ROOT = Path(__file__).parents[3]
RENDERED = ROOT / "datasets" / "rendered_hands"
PHOTOS = Path(os.environ.get("HANDPOSE_DATA") or ROOT.parent / "shared" / "datasets")


def error(hands, exact):
    """Mean distance to exact key points, as a fraction of the hand's box."""
    distance = np.linalg.norm(hands.points[0, :, :2] - exact[:, :2], axis=1).mean()
    return distance / np.ptp(exact[:, :2], axis=0).max()


@pytest.fixture(scope="session")
def photos():
    """Reads photos of a data set, or skips visibly."""

    def read(dataset, step=1, label="*"):
        files = sorted((PHOTOS / dataset).glob(f"{label}/*"))[::step]
        if not files:
            pytest.skip(f"no photos of {dataset}: name their folder in HANDPOSE_DATA")
        return [read_image(file) for file in files]

    return read


@pytest.fixture(scope="session")
def networks():
    if any(find_asset(name) is None for name in ASSETS):
        pytest.skip("no hand networks: run `handpose assets fetch`")


@pytest.fixture(scope="session")
def rendered(networks):
    """Path, image, exact key points and handedness of rendered hands, three of each digit."""
    if not (RENDERED / "keypoints.csv").is_file():
        pytest.skip("no rendered hands in this checkout")
    with (RENDERED / "keypoints.csv").open() as file:
        points = {row.pop("path"): [float(x) for x in row.values()] for row in csv.DictReader(file)}
    with (RENDERED / "manifest.csv").open() as file:
        handedness = {row["path"]: row["handedness"] for row in csv.DictReader(file)}
    return [
        (path, read_image(RENDERED / path), np.reshape(points[path], (21, 3)), handedness[path])
        for path in sorted(points)[::2]
    ]


@pytest.fixture(scope="session")
def extractor(networks):
    with NativeExtractor(threads=1) as extractor:
        yield extractor
