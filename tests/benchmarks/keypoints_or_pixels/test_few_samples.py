import numpy as np
import pytest

from benchmarks.keypoints_or_pixels import accuracy, few_samples
from benchmarks.keypoints_or_pixels.few_samples import first_of_each, plots
from tests.benchmarks.keypoints_or_pixels.conftest import stand_ins


@pytest.mark.parametrize("samples", [1, 2, 5])
def test_each_label_gets_as_many(photos, samples):
    rows = first_of_each(photos, samples, seed=0)
    _, counts = np.unique(photos.y[rows], return_counts=True)
    assert counts.tolist() == [samples] * 10


def test_few_are_part_of_more_and_all_is_all(photos):
    drawn = [set(first_of_each(photos, n, seed=3).tolist()) for n in (1, 2, 10, 1000, None)]
    assert drawn[0] < drawn[1] < drawn[2] < drawn[3] == drawn[4] == set(range(len(photos)))


def test_a_draw_takes_few_people_and_another_seed_takes_others(photos):
    people = [set(photos.groups[first_of_each(photos, 1, seed)]) for seed in (0, 1)]
    assert len(people[0]) <= 3
    assert people[0] != people[1]


@pytest.mark.plots
def test_more_photos_make_it_better(photos, setup, monkeypatch, tmp_path):
    monkeypatch.setattr(accuracy, "read_photos", lambda setup, name: photos)
    monkeypatch.setattr(few_samples, "pixel_contenders", stand_ins)
    monkeypatch.setattr(few_samples, "CLASSIFIERS", ("knn",))
    tables = few_samples.few_samples(setup)["tables"]
    rows = [r for r in tables["few_samples"]["rows"] if r["contender"] == "knn, geometry"]
    assert [row["samples"] for row in rows] == ["1", "10", "all"]
    assert rows[0]["mean"] < rows[1]["mean"]
    assert rows[2]["mean"] > rows[1]["mean"] - 0.01  # with ten of each it is nearly perfect already
    assert all(row["min"] <= row["mean"] <= row["max"] for row in rows)
    assert rows[2]["photos_per_gesture"] == pytest.approx(12, abs=1)

    axes = plots(tables)["few_samples"](tmp_path / "few.png").axes[0]
    assert [text.get_text().strip() for text in axes.texts] == [
        "knn on keypoints",
        "pixels, frozen",
        "pixels, fine-tuned",
    ]
    assert axes.lines[0].get_ydata() == pytest.approx([row["mean"] for row in rows])
    assert axes.lines[0].get_xdata() == pytest.approx([r["photos_per_gesture"] for r in rows])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["1", "10", "all"]
