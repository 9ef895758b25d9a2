import csv

import numpy as np
import pytest

from benchmarks.keypoints_or_pixels import hard_pictures
from benchmarks.keypoints_or_pixels.hard_pictures import PART, apart, read_split
from benchmarks.keypoints_or_pixels.photos import Photos
from handpose import Landmarks
from handpose.errors import DatasetError
from tests.benchmarks.conftest import stand_ins


@pytest.fixture
def folder(photos, setup, monkeypatch):
    """Photos of a data set with a split; in every tenth no hand is found."""
    root = setup.data / "rock_paper_scissors"
    root.mkdir(parents=True)
    points = photos.hands.points.copy()
    points[::10] = np.nan
    sizes = photos.hands.image_size
    hands = Landmarks.concat(
        [
            photos.hands[[i]] if i % 10 else Landmarks.missing([tuple(sizes[i])])
            for i in range(len(photos))
        ]
    )
    paths = [f"{label}/{row}.jpg" for row, label in enumerate(photos.labels)]
    found = Photos(
        np.array([str(root / path) for path in paths]), hands, photos.labels, photos.subjects
    )
    half = sorted(set(photos.subjects.tolist()))[:15]
    with (root / "manifest.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["path", "label", "subject", "split"])
        for path, label, subject in zip(paths, photos.labels, photos.subjects, strict=True):
            rows.writerow([path, label, subject, "training" if subject in half else "testing"])
    monkeypatch.setattr(hard_pictures, "read_photos", lambda folder, jobs: found)
    monkeypatch.setattr(hard_pictures, "pixel_contenders", stand_ins)
    monkeypatch.setattr(hard_pictures, "CLASSIFIERS", ("svm", "knn"))
    monkeypatch.setattr(hard_pictures, "QUICK_STEP", 1)
    return root


def test_errors_are_missed_or_named_wrong(folder, setup):
    result = PART.run(setup)
    for row in result.tables["contenders"].rows:
        assert row["wrong"] == row["missed"] + row["named_wrong"]
        assert row["accuracy"] == pytest.approx(1 - row["wrong"] / row["photos"])
        assert bool(row["missed"]) == (row["side"] == "keypoints")
    found, not_found = result.tables["found_or_not"].rows
    assert not_found["svm, geometry"] == 0
    assert found["svm, geometry"] > 0.95
    assert any("No clip is in both" in note for note in result.notes)


@pytest.mark.plots
def test_it_draws(folder, setup, tmp_path):
    PART.draw(PART.run(setup).tables)["hard_pictures"](tmp_path / "hard.png")
    assert (tmp_path / "hard.png").stat().st_size > 5000


def test_clips_of_both_parts_are_not_learnt(photos):
    train, test, note = apart(photos[::2], photos[1::2])
    assert not set(train.subjects) & set(test.subjects)
    assert len(test) == len(photos[1::2])
    assert "left out" in note


def test_a_manifest_without_a_split_is_one_line(folder, photos):
    manifest = folder / "manifest.csv"
    manifest.write_text(manifest.read_text().replace("training", "validation"))
    found = Photos(
        np.array([str(folder / f"{label}/{row}.jpg") for row, label in enumerate(photos.labels)]),
        photos.hands,
        photos.labels,
        photos.subjects,
    )
    with pytest.raises(DatasetError, match="column split with 'training' and 'testing'"):
        read_split(folder, found)
