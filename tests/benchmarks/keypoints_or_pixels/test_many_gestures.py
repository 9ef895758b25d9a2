import numpy as np
import pytest

import handpose as hp
from benchmarks.keypoints_or_pixels.many_gestures import many_gestures, plots, read_hands
from handpose.datasets import Dataset


@pytest.fixture
def _data(photos, monkeypatch):
    """In place of HaGRID's hands: five gestures, and hands that show none."""
    some = photos[np.isin(photos.y, list("012345"))]
    labels = np.where(some.y == "5", "no_gesture", some.y)
    small = Dataset(some.X, labels, some.groups)
    monkeypatch.setattr(hp, "load_dataset", {"hagrid_landmarks": small}.get)


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

    drawn = {name: draw(tmp_path / f"{name}.png") for name, draw in plots(tables).items()}
    assert len(drawn["many_gestures"].axes[0].get_yticklabels()) == len(rows)
    axes = drawn["many_gestures_recall"].axes[0]
    recalls = [float(label.get_text().split()[-1]) for label in axes.get_yticklabels()]
    assert recalls == pytest.approx(
        sorted((row["recall"] for row in gestures), reverse=True), abs=6e-4
    )
