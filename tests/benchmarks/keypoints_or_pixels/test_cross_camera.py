import pytest

from benchmarks.keypoints_or_pixels import cross_camera
from benchmarks.keypoints_or_pixels.contenders import Keypoints
from benchmarks.keypoints_or_pixels.cross_camera import DIGIT_OF, plots
from benchmarks.keypoints_or_pixels.photos import relabelled
from handpose.datasets import Dataset
from tests.benchmarks.keypoints_or_pixels.conftest import stand_ins

GESTURE_OF = {digit: gesture for gesture, digit in DIGIT_OF.items()} | {"0": "call", "7": "fist"}


@pytest.fixture
def tables(photos, setup, monkeypatch):
    """Digits of other people stand for HaGRID's gestures; 0 for one that is no digit."""
    known, others = photos[::2], relabelled(photos[1::2], GESTURE_OF)
    others = Dataset(others.X, others.y, paths=others.paths)
    read = {"sign_language_digits": known, "hagrid_sample": others}
    monkeypatch.setattr(cross_camera, "read_photos", lambda setup, name: read[name])
    monkeypatch.setattr(cross_camera, "pixel_contenders", stand_ins)
    monkeypatch.setattr(cross_camera, "_keypoints", lambda setup: [Keypoints("knn")])
    return cross_camera.cross_camera(setup)["tables"]


@pytest.mark.plots
def test_tables_and_plots(tables, tmp_path):
    gestures, contenders = tables["gestures"]["rows"], tables["contenders"]["rows"]
    assert [(row["gesture"], row["digit"]) for row in gestures] == list(DIGIT_OF.items())
    for row in contenders:
        assert row["photos"] == sum(gesture["photos"] for gesture in gestures)
        right = sum(gesture[row["contender"]] for gesture in gestures)
        assert right == row["photos"] - row["wrong"]
    assert len(tables["wrong_photos"]["rows"]) == contenders[0]["wrong"]

    axes = plots(tables)["cross_camera"](tmp_path / "cross_camera.png").axes[0]
    assert len(axes.get_yticklabels()) == len(contenders)


def test_a_higher_score_keeps_less_and_rejects_more(tables):
    rows = tables["rejection"]["rows"]
    assert [row["min_score"] for row in rows] == [0.5, 0.7, 0.8, 0.9]
    kept, rejected = ([row[c] for row in rows] for c in ("digits_kept", "others_rejected"))
    assert kept == sorted(kept, reverse=True)
    assert rejected == sorted(rejected)
    assert all(row["other_hands"] > 0 for row in rows), "fist is neither, call is another hand"
