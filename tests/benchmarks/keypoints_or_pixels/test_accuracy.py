import numpy as np
import pytest

from benchmarks.keypoints_or_pixels import accuracy
from benchmarks.keypoints_or_pixels.accuracy import plots
from handpose.errors import DatasetError
from tests.benchmarks.keypoints_or_pixels.conftest import stand_ins


@pytest.fixture
def measure(photos, setup, monkeypatch):
    """Measure the part with some classifiers."""

    def measure(*classifiers, photos=photos, pixels=stand_ins, setup=setup):
        monkeypatch.setattr(accuracy, "read_photos", lambda setup, name: photos)
        monkeypatch.setattr(accuracy, "pixel_contenders", pixels)
        monkeypatch.setattr(accuracy, "CLASSIFIERS", classifiers)
        return accuracy.accuracy(setup)["tables"]

    return measure


def test_the_tables_are_those_of_the_evaluations(measure, tmp_path):
    tables = measure("svm", "knn")
    rows = tables["classifiers"]["rows"]
    scores = {row["contender"]: row["accuracy"] for row in rows}
    assert set(scores) == {
        "svm, geometry",
        "knn, geometry",
        "EfficientNet-lite0, frozen",
        "EfficientNet-lite0, fine-tuned",
    }
    assert list(scores.values()) == sorted(scores.values(), reverse=True)
    assert all(row["low"] <= row["accuracy"] <= row["high"] for row in rows)
    assert all(row["wrong"] == round((1 - row["accuracy"]) * row["photos"]) for row in rows)

    pairs = tables["keypoints_against_pixels"]["rows"]
    assert [pair["chosen"] for pair in pairs] == ["default", "default", "best"]
    assert [pair["pixels"][20:] for pair in pairs[:2]] == ["frozen", "fine-tuned"]
    for pair in pairs:
        expected = scores[pair["keypoints"]] - scores[pair["pixels"]]
        assert pair["difference"] == pytest.approx(expected)

    (row,) = tables["behind_the_best"]["rows"]
    assert {row["best"], row["contender"]} == {"svm, geometry", "knn, geometry"}
    assert row["difference"] >= 0
    assert row["holm_p"] >= row["sign_flip_p"]


def test_again_gives_the_same(measure, setup, tmp_path):
    from dataclasses import replace

    def exact(tables):
        return [
            {k: v for k, v in row.items() if not k.endswith("_seconds")}
            for table in tables.values()
            for row in table["rows"]
        ]

    elsewhere = replace(setup, work=tmp_path / "elsewhere")
    assert exact(measure("knn")) == exact(measure("knn", setup=elsewhere))


@pytest.mark.plots
def test_the_plot_has_a_row_for_each_contender_the_best_on_top(measure, tmp_path):
    tables = measure("knn")
    (draw,) = plots(tables).values()
    axes = draw(tmp_path / "accuracy.png").axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()][::-1]
    rows = tables["classifiers"]["rows"]
    assert [float(name.split()[-1]) for name in names] == pytest.approx(
        [row["accuracy"] for row in rows], abs=6e-4
    )
    drawn = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"][::-1]
    assert drawn == pytest.approx([row["accuracy"] for row in rows])


def test_without_torch_keypoints_are_still_measured(measure):
    tables = measure("knn", pixels=lambda setup: [])
    assert tables["classifiers"]["rows"]
    assert "keypoints_against_pixels" not in tables


def test_too_few_people_for_the_folds_is_one_line(measure, photos):
    with pytest.raises(DatasetError, match="subject") as raised:
        measure("knn", photos=photos[photos.groups == photos.groups[0]])
    assert "\n" not in str(raised.value)


def test_the_folds_share_nobody(photos, setup, monkeypatch):
    monkeypatch.setattr(accuracy, "read_photos", lambda setup, name: photos)
    found, splits = accuracy.digits_and_folds(setup)
    for train, test in splits:
        assert not set(found.groups[train]) & set(found.groups[test])
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(found)))


def test_classifiers_that_know_these_people_are_marked(measure):
    tables = measure("svm", "few_shot")
    known = {row["contender"]: row["knows_people"] for row in tables["classifiers"]["rows"]}
    assert [name for name, knows in known.items() if knows] == ["few_shot, geometry"]
    assert tables["behind_the_best"]["rows"] == []
