import json

import numpy as np
import pytest
from PIL import Image

import handpose as hp

ENTRY = {
    "classifier",
    "features",
    "accuracy",
    "accuracy_detected",
    "macro_f1",
    "worst_subject_accuracy",
    "fit_seconds",
    "predict_us_per_hand",
    "labels",
    "confusion",
}
"""What scripts may rely on in each of `results`."""


@pytest.mark.torch
def test_several_classifiers_are_one_json_document_and_nothing_else(run, table):
    pytest.importorskip("torch")
    ran = run("evaluate", table, "--classifier", "svm", "gbdt", "mlp", "--folds", 2, "--json")
    assert ran.code == 0
    assert ran.out.count("\n") == 1
    document = ran.json
    data = hp.read_table(table)
    assert document["samples"] == document["detected"] == len(data)
    assert (document["subjects"], document["folds"]) == (49, 2)
    assert [result["classifier"] for result in document["results"]] == ["svm", "gbdt", "mlp"]
    for result in document["results"]:
        assert set(result) >= ENTRY
        assert result["accuracy"] > 0.8
        assert np.sum(result["confusion"]) == len(data)
        assert np.trace(result["confusion"]) / len(data) == pytest.approx(result["accuracy"])


def test_every_feature_preset_is_combined_with_every_classifier(run, table):
    ran = run(
        "evaluate", table, "--classifier", "knn", "--features", "angles", "all", "--folds", 2,
        "--json",
    )  # fmt: skip
    pairs = [(r["classifier"], r["features"]) for r in ran.json["results"]]
    assert pairs == [("knn", "angles"), ("knn", "all")]


def test_people_get_a_table_and_a_summary(run, table):
    ran = run("evaluate", table, "--classifier", "knn", "--folds", 2)
    assert ran.code == 0
    assert "knn on geometry features" in ran.out
    assert "end to end" in ran.out
    assert "on detected" in ran.out
    assert "49 subjects" in ran.out
    assert "cross-validating knn" in ran.err


def test_a_trained_model_is_one_entry_without_folds(run, model_file, strangers, tmp_path):
    hp.write_table(strangers, tmp_path / "strangers.parquet")
    ran = run("evaluate", tmp_path / "strangers.parquet", "--model", model_file, "--json")
    assert ran.code == 0
    assert ran.complaints == []
    document = ran.json
    assert document["folds"] is None
    (result,) = document["results"]
    assert set(result) >= ENTRY
    assert result["accuracy"] > 0.95
    assert result["fit_seconds"] is None


def test_a_table_of_another_extractor_is_a_warning(run, model_file, strangers, tmp_path):
    foreign = {"name": "somebody else's", "networks": {}}
    path = tmp_path / "foreign.parquet"
    hp.write_table(hp.Dataset(strangers.X, strangers.y, provenance=foreign), path)
    ran = run("evaluate", path, "--model", model_file, "--json")
    assert ran.code == 0
    (line,) = ran.complaints
    assert "warning: the model was trained on landmarks of" in line
    assert "somebody else's" in line
    assert ran.json["subjects"] == 0


def test_a_folder_of_photos_is_extracted_once(run, photos, model_file, cache):
    arguments = ("evaluate", photos, "--model", model_file, "--jobs", 1, "--json")
    first, second = run(*arguments), run(*arguments)
    assert first.json["samples"] == second.json["samples"] == 6
    assert first.json["results"][0]["accuracy"] == 1
    assert len(list((cache / "tables").glob("*.parquet"))) == 1


def test_a_bad_photo_is_named_each_time_and_the_others_are_measured(run, photos, model_file, cache):
    (photos / "5" / "broken.jpg").write_text("not a picture")
    for _ in range(2):
        ran = run("evaluate", photos, "--model", model_file, "--jobs", 1, "--json")
        assert ran.code == 1
        assert ran.json["samples"] == 6
        assert sum("broken.jpg: not an image" in line for line in ran.complaints) == 1


def test_photos_without_subjects_need_a_manifest_or_a_random_split(run, table, tmp_path):
    data = hp.read_table(table)
    path = tmp_path / "nobody.parquet"
    hp.write_table(hp.Dataset(data.X, data.y), path)
    ran = run("evaluate", path, "--classifier", "knn", "--json")
    assert (ran.code, ran.out) == (1, "")
    assert "manifest.csv" in ran.complaints[0]
    assert "--random-split" in ran.complaints[0]
    ran = run("evaluate", path, "--classifier", "knn", "--random-split", "--folds", 2, "--json")
    assert ran.code == 0
    assert "warning: random split" in ran.complaints[0]
    assert ran.json["results"][0]["worst_subject_accuracy"] is None


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (lambda labels: ["rare", *labels[1:]], "label 'rare' has only 1"),
        (lambda labels: ["fist"] * len(labels), "at least two gestures"),
    ],
)
def test_one_sample_of_a_class_or_one_class_is_refused(run, table, tmp_path, labels, message):
    data = hp.read_table(table)
    path = tmp_path / "t.parquet"
    hp.write_table(hp.Dataset(data.X, labels(data.y), data.groups), path)
    ran = run("evaluate", path, "--classifier", "knn", "--json")
    assert (ran.code, ran.out) == (1, "")
    (line,) = ran.complaints
    assert message in line


def test_data_of_other_labels_than_the_models_is_refused(run, model_file, strangers, tmp_path):
    hp.write_table(hp.Dataset(strangers.X, ["fist"] * len(strangers)), tmp_path / "t.parquet")
    ran = run("evaluate", tmp_path / "t.parquet", "--model", model_file)
    assert ran.code == 1
    assert "rename the labels" in ran.complaints[0]


def test_the_confusion_matrix_is_drawn(run, table, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "confusion.png"
    ran = run("evaluate", table, "--classifier", "knn", "--folds", 2, "--plot", path)
    assert ran.code == 0
    with Image.open(path) as picture:
        assert min(picture.size) > 400


def test_a_known_data_set_is_evaluated_by_name(run):
    ran = run("evaluate", "rendered_hands", "--classifier", "knn", "--folds", 3, "--json")
    assert ran.code == 0
    assert ran.json["dataset"] == "rendered_hands"
    assert ran.json["subjects"] == 6


def test_a_file_that_is_no_table_is_refused(run, tmp_path):
    (tmp_path / "t.parquet").write_text("not a table")
    ran = run("evaluate", tmp_path / "t.parquet")
    assert ran.code == 1
    assert "not a readable Parquet table" in ran.complaints[0]


def test_the_models_own_people_are_a_warning_without_interval(run, model_file, people, tmp_path):
    """Under another name, in another order, some of them."""
    some = people[::-3]
    table = tmp_path / "other.parquet"
    hp.write_table(hp.Dataset(some.X, some.y, some.groups, name="other"), table)
    ran = run("evaluate", table, "--model", model_file, "--json")
    assert ran.code == 0
    (line,) = ran.complaints
    assert f"{len(some)} of {len(some)} samples of {some.n_subjects} people are known" in line
    (result,) = ran.json["results"]
    assert result["accuracy_interval"] is None
    assert result["familiar"]["samples"] == len(some)
    shown = run("evaluate", table, "--model", model_file)
    assert "unknown" in shown.out
    assert "not of new people: the model knows these" in shown.out


def test_a_table_of_an_older_extractor_is_a_warning(run, model_file, strangers, tmp_path):
    older = strangers.provenance | {"version": 3}
    table = tmp_path / "older.parquet"
    hp.write_table(hp.Dataset(strangers.X, strangers.y, provenance=older), table)
    ran = run("evaluate", table, "--model", model_file, "--json")
    (line,) = ran.complaints
    assert f"version {strangers.provenance['version']}, not 3" in line


def test_one_subject_has_no_interval(run, model_file, strangers, tmp_path):
    table = tmp_path / "me.parquet"
    hp.write_table(hp.Dataset(strangers.X, strangers.y, ["me"] * len(strangers)), table)
    assert (
        run("evaluate", table, "--model", model_file, "--json").json["results"][0][
            "accuracy_interval"
        ]
        is None
    )
    shown = run("evaluate", table, "--model", model_file)
    assert "how it varies between people is unknown: one subject" in shown.out


def test_what_recognising_would_name_is_reported(run, model_file, strangers, tmp_path):
    table = tmp_path / "strangers.parquet"
    hp.write_table(strangers, table)
    (result,) = run("evaluate", table, "--model", model_file, "--json").json["results"]
    naming = result["naming"]
    assert naming["min_score"] == 0.5
    assert naming["named_right"] <= result["accuracy"]
    with hp.load_recognizer(model_file) as recognizer:
        gestures = np.array(recognizer.classify(strangers.X).gestures)
    assert naming["named_right"] == pytest.approx(np.mean(gestures == strangers.y))
    assert naming["unnamed"] == pytest.approx(np.mean([g is None for g in gestures]))
    assert (
        f"recognising from a score of 0.5 on: {naming['named_right']:.1%} named right"
        in run("evaluate", table, "--model", model_file).out
    )


def test_gestures_can_be_left_out(run, table):
    ran = run("evaluate", table, "--open-set", "--classifier", "knn", "--json")
    (result,) = json.loads(ran.out)["results"]
    assert result["kinds"]["left-out gestures"]["auroc"] > 0.9
    assert [entry["false_accepts"] for entry in result["true_accepts"]] == [0.1, 0.01, 0.001]
    assert (
        "true accepts at false accepts of"
        in run("evaluate", table, "--open-set", "--classifier", "knn").out
    )


def test_a_trained_model_cannot_leave_gestures_out(run, table):
    ran = run("evaluate", table, "--open-set", "--model", "digits")
    assert ran.code == 2
    assert "leave --model" in ran.err
