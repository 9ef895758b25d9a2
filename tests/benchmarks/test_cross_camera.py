import numpy as np
import pytest

from benchmarks.keypoints_or_pixels import cross_camera
from benchmarks.keypoints_or_pixels.cross_camera import DIGIT_OF, PART
from benchmarks.keypoints_or_pixels.photos import Photos
from tests.benchmarks.conftest import stand_ins

GESTURE_OF = {digit: gesture for gesture, digit in DIGIT_OF.items()} | {"0": "call", "7": "fist"}


@pytest.fixture
def result(photos, setup, monkeypatch):
    """Digits of other people stand for HaGRID's gestures; 0 for one that is no digit."""
    known, others = photos[::2], photos[1::2]
    others = others.relabelled(GESTURE_OF)
    others = Photos(others.paths, others.hands, others.labels, np.full(len(others), ""))

    def read(folder, jobs):
        return others if folder.name == "hagrid_sample" else known

    monkeypatch.setattr(cross_camera, "read_photos", read)
    monkeypatch.setattr(cross_camera, "pixel_contenders", stand_ins)
    monkeypatch.setattr(cross_camera, "CLASSIFIERS", ("svm", "knn"))
    return PART.run(setup)


def test_only_the_gestures_that_are_digits_are_named(result):
    gestures = result.tables["gestures"].rows
    assert [(row["gesture"], row["digit"]) for row in gestures] == list(DIGIT_OF.items())
    contenders = result.tables["contenders"].rows
    assert all(row["photos"] == sum(g["photos"] for g in gestures) for row in contenders)
    for row in contenders:
        if row["contender"] in gestures[0]:
            right = sum(gesture[row["contender"]] for gesture in gestures)
            assert right == row["photos"] - row["wrong"]


def test_the_default_model_comes_first_and_its_errors_are_named(result):
    first = result.tables["contenders"].rows[0]
    assert first["contender"] == "svm, geometry"
    assert len(result.tables["wrong_photos"].rows) == first["wrong"]


def test_a_higher_score_keeps_less_and_rejects_more(result):
    rows = result.tables["rejection"].rows
    assert [row["min_score"] for row in rows] == [0.5, 0.7, 0.8, 0.9]
    kept, rejected = ([row[c] for row in rows] for c in ("digits_kept", "others_rejected"))
    assert kept == sorted(kept, reverse=True)
    assert rejected == sorted(rejected)
    assert all(row["other_hands"] > 0 for row in rows), "fist is neither, call is another hand"


@pytest.mark.plots
def test_it_draws(result, tmp_path):
    for name, draw in PART.draw(result.tables).items():
        draw(tmp_path / f"{name}.png")
    assert len(list(tmp_path.glob("*.png"))) == 2
