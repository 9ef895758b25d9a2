import numpy as np
import pytest

from benchmarks.keypoints_or_pixels import many_gestures
from benchmarks.keypoints_or_pixels.many_gestures import PART, read_hands
from handpose.datasets import Dataset


@pytest.fixture
def data(photos, monkeypatch):
    """In place of HaGRID's hands: five gestures, and hands that show none."""
    some = photos[np.isin(photos.labels, list("012345"))]
    labels = np.where(some.labels == "5", "no_gesture", some.labels)
    small = Dataset(some.hands, labels, some.subjects)
    monkeypatch.setattr(many_gestures, "load_dataset", lambda name, path: small)


def test_hands_that_show_nothing_are_left_out(data, setup):
    assert set(read_hands(setup).labels) == set("01234")


@pytest.mark.plots
def test_tables(data, setup, tmp_path):
    result = PART.run(setup)
    rows = result.tables["classifiers"].rows
    assert [row["accuracy"] for row in rows] == sorted((r["accuracy"] for r in rows), reverse=True)
    assert all(row["accuracy"] > 0.9 for row in rows)
    assert "missed" not in rows[0]
    gestures = result.tables["gestures"].rows
    hands = sum(row["hands"] for row in gestures)
    assert hands == rows[0]["photos"]
    right = sum(row["recall"] * row["hands"] for row in gestures)
    assert right / hands == pytest.approx(rows[0]["accuracy"])
    confused = sum(row["hands"] for row in result.tables["confusions"].rows)
    assert confused == rows[0]["wrong"]
    for name, draw in PART.draw(result.tables).items():
        draw(tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").stat().st_size > 5000
