import numpy as np
import pytest
from benchmarks.keypoints_or_pixels.part import Table

from benchmarks.keypoints_or_pixels import accuracy
from benchmarks.keypoints_or_pixels.accuracy import PART
from handpose.errors import DatasetError
from tests.benchmarks.conftest import stand_ins


@pytest.fixture
def result(photos, setup, monkeypatch):
    monkeypatch.setattr(accuracy, "read_photos", lambda folder, jobs: photos)
    monkeypatch.setattr(accuracy, "pixel_contenders", stand_ins)
    monkeypatch.setattr(accuracy, "CLASSIFIERS", ("svm", "knn"))
    return PART.run(setup)


def test_every_contender_is_in_the_table_the_best_first(result):
    rows = result.tables["classifiers"].rows
    assert {row["contender"] for row in rows} == {
        "svm, geometry",
        "knn, geometry",
        "EfficientNet-lite0, frozen",
        "EfficientNet-lite0, fine-tuned",
    }
    accuracies = [row["accuracy"] for row in rows]
    assert accuracies == sorted(accuracies, reverse=True)
    assert all(row["low"] <= row["accuracy"] <= row["high"] for row in rows)
    assert all(row["wrong"] == round((1 - row["accuracy"]) * row["photos"]) for row in rows)


def test_keypoints_meet_each_pixel_model_then_best_meets_best(result):
    pairs = result.tables["keypoints_against_pixels"].rows
    assert [pair["chosen"] for pair in pairs] == ["default", "default", "best"]
    assert [pair["pixels"][20:] for pair in pairs[:2]] == ["frozen", "fine-tuned"]
    scores = {row["contender"]: row["accuracy"] for row in result.tables["classifiers"].rows}
    for pair in pairs:
        expected = scores[pair["keypoints"]] - scores[pair["pixels"]]
        assert pair["difference"] == pytest.approx(expected)


def test_again_gives_the_same(photos, setup, result, tmp_path):
    from dataclasses import replace

    def exact(tables):
        return [
            {k: v for k, v in row.items() if not k.endswith("_seconds")}
            for table in tables.values()
            for row in table.rows
        ]

    again = PART.run(replace(setup, work=tmp_path / "elsewhere"))
    assert exact(again.tables) == exact(result.tables)


@pytest.mark.plots
def test_it_draws_from_the_tables_alone(result, tmp_path):
    for name, draw in PART.draw(result.tables).items():
        draw(tmp_path / f"{name}.png")
    assert (tmp_path / "accuracy.png").stat().st_size > 5000


def test_without_torch_keypoints_are_still_measured(photos, setup, monkeypatch):
    monkeypatch.setattr(accuracy, "read_photos", lambda folder, jobs: photos)
    monkeypatch.setattr(accuracy, "pixel_contenders", lambda setup: [])
    monkeypatch.setattr(accuracy, "CLASSIFIERS", ("knn",))
    tables = PART.run(setup).tables
    assert isinstance(tables["classifiers"], Table)
    assert "keypoints_against_pixels" not in tables


def test_too_few_subjects_for_the_folds_is_one_line(photos, setup, monkeypatch):
    alone = photos[photos.subjects == photos.subjects[0]]
    monkeypatch.setattr(accuracy, "read_photos", lambda folder, jobs: alone)
    with pytest.raises(DatasetError, match="subject") as raised:
        PART.run(setup)
    assert "\n" not in str(raised.value)


def test_the_folds_share_no_subject(photos, setup, monkeypatch):
    monkeypatch.setattr(accuracy, "read_photos", lambda folder, jobs: photos)
    found, splits = accuracy.digits_and_folds(setup)
    for train, test in splits:
        assert not set(found.subjects[train]) & set(found.subjects[test])
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(found)))


def test_the_best_classifier_meets_the_others_in_pairs(result):
    (row,) = result.tables["behind_the_best"].rows
    assert {row["best"], row["contender"]} == {"svm, geometry", "knn, geometry"}
    assert row["difference"] >= 0
    assert row["holm_p"] >= row["sign_flip_p"]


def test_classifiers_that_know_these_people_are_marked(photos, setup, monkeypatch):
    monkeypatch.setattr(accuracy, "read_photos", lambda folder, jobs: photos)
    monkeypatch.setattr(accuracy, "pixel_contenders", stand_ins)
    monkeypatch.setattr(accuracy, "CLASSIFIERS", ("svm", "few_shot"))
    tables = PART.run(setup).tables
    known = {row["contender"]: row["knows_people"] for row in tables["classifiers"].rows}
    assert [name for name, knows in known.items() if knows] == ["few_shot, geometry"]
    assert tables["behind_the_best"].rows == []
