import numpy as np
import pytest

from benchmarks.keypoints_or_pixels.many_gestures import many_gestures, plots, read_hands
from benchmarks.runner import Setup
from handpose.datasets import Dataset


@pytest.fixture
def _data(photos, monkeypatch):
    """In place of HaGRID's hands: five gestures, and hands that show none."""
    some = photos[np.isin(photos.y, list("012345"))]
    labels = np.where(some.y == "5", "no_gesture", some.y)
    small = Dataset(some.X, labels, some.groups)
    monkeypatch.setattr(Setup, "landmarks", lambda _, name: {"hagrid_landmarks": small}[name])


@pytest.mark.usefixtures("_data")
def test_hands_that_show_nothing_are_left_out(setup):
    assert set(read_hands(setup).y) == set("01234")


@pytest.mark.plots
@pytest.mark.usefixtures("_data")
def test_tables(setup, tmp_path):
    tables = many_gestures(setup)["tables"]
    rows, gestures = tables["classifiers"]["rows"], tables["gestures"]["rows"]
    assert [row["accuracy"] for row in rows] == sorted((r["accuracy"] for r in rows), reverse=True)
    assert all(row["accuracy"] > 0.9 for row in rows)
    assert "missed" not in rows[0]
    hands = sum(row["hands"] for row in gestures)
    assert hands == rows[0]["photos"]
    right = sum(row["recall"] * row["hands"] for row in gestures)
    assert right / hands == pytest.approx(rows[0]["accuracy"])
    confused = sum(row["hands"] for row in tables["confusions"]["rows"])
    assert confused == rows[0]["wrong"]

    axes = plots(tables)["many_gestures"](tmp_path / "many.png").axes[0]
    assert len(axes.get_yticklabels()) == len(rows)
