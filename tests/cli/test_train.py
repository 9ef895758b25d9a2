import csv
import re
import shutil

import numpy as np
import pytest

import handpose as hp
from tests.motions import examples, without


def test_a_table_becomes_a_model_that_names_gestures(run, table, tmp_path, rendered_folder):
    path = tmp_path / "mine.handpose"
    ran = run("train", table, "-o", path, "--classifier", "knn", "--features", "all")
    assert ran.code == 0
    assert f"{path}: knn on all features, 10 gestures" in ran.out
    assert "end to end" in ran.out  # measured on people apart first
    card = hp.load_model(path).card
    assert (card.classifier, card.features) == ("knn", "all")
    assert card.training["subjects"] == 49
    assert card.training["samples"] == len(hp.read_table(table))
    assert card.metrics["accuracy"] > 0.9
    assert card.metrics["folds"] == 5
    assert card.extractor == hp.read_table(table).provenance
    hand = rendered_folder / "5" / "render0.jpg"
    assert ": 5 (" in run("recognize", hand, "--model", path).out


def test_without_validation_nothing_is_claimed(run, table, tmp_path):
    ran = run("train", table, "-o", tmp_path / "m.handpose", "--no-validate")
    assert ran.code == 0
    assert "end to end" not in ran.out
    assert hp.load_model(tmp_path / "m.handpose").card.metrics == {}


def test_a_rate_of_false_accepts_is_measured_and_noted(run, table, tmp_path):
    path = tmp_path / "door.handpose"
    ran = run("train", table, "-o", path, "--classifier", "knn", "--false-accepts", "0.01")
    assert ran.code == 0
    assert "gestures left out: from a score of" in ran.out
    model = hp.load_model(path)
    rates = [entry["false_accepts"] for entry in model.card.metrics["open_set"]["true_accepts"]]
    assert 0.01 in rates
    with hp.load_recognizer(path, false_accepts=0.01) as recognizer:
        assert recognizer.min_score == model.min_score


def test_a_rate_of_few_hands_is_no_promise(run, people, tmp_path):
    hands, labels, subjects = people[people.y < "4"]
    rows = np.concatenate([np.flatnonzero(labels == label)[:6] for label in "0123"])
    few = hp.Dataset(hands[rows], labels[rows], subjects[rows])
    hp.write_table(few, tmp_path / "t.parquet")
    ran = run("train", tmp_path / "t.parquet", "-o", tmp_path / "m", "--false-accepts", "0.01")
    assert ran.code == 0
    assert "label '0' has 6 hands: with fewer than 10 of each, more foreign hands" in ran.err


def test_a_rate_needs_to_be_measured(run, table, tmp_path):
    ran = run("train", table, "-o", tmp_path / "m", "--false-accepts", "0.01", "--no-validate")
    assert ran.code == 2
    assert "--no-validate forbids" in ran.err


def test_a_folder_of_photos_becomes_a_model(run, photos, cache, tmp_path):
    ran = run("train", photos, "-o", tmp_path / "m.handpose", "--classifier", "knn", "--jobs", 1)
    assert ran.code == 0
    assert "6 images: 6 hands found" in ran.err
    assert "name no subjects (a manifest.csv can)" in ran.err
    assert hp.load_model(tmp_path / "m.handpose").card.labels == ["1", "5", "7"]


def test_subjects_of_a_manifest_are_kept_apart(run, photos, cache, tmp_path):
    with (photos / "manifest.csv").open("w", newline="") as file:
        rows = [
            (p.relative_to(photos).as_posix(), p.parent.name, p.stem) for p in photos.glob("*/*")
        ]
        csv.writer(file).writerows([("path", "label", "subject"), *rows])
    ran = run("train", photos, "-o", tmp_path / "m.handpose", "--classifier", "knn", "--jobs", 1)
    assert ran.code == 0
    assert "end to end" in ran.out
    card = hp.load_model(tmp_path / "m.handpose").card
    assert card.training["subjects"] == card.metrics["folds"] == 2


def relabelled(table, path, change):
    data = hp.read_table(table)
    labels, hands = change(data.y, data.X)
    hp.write_table(hp.Dataset(hands, labels, data.groups, data.paths), path)
    return path


def one_class(labels, hands):
    return ["fist"] * len(labels), hands


def all_missed(labels, hands):
    return labels, hp.Landmarks.missing(hands.image_size)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (one_class, "at least two gestures"),
        (all_missed, "label '0' has no picture with a detected hand"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--no-validate"]], ids=["validate", "no-validate"])
def test_what_cannot_be_learned_is_refused_and_no_model_is_left(
    run, table, tmp_path, change, message, more
):
    path = relabelled(table, tmp_path / "t.parquet", change)
    ran = run("train", path, "-o", tmp_path / "m.handpose", "--classifier", "knn", *more)
    assert ran.code == 1
    (line,) = ran.complaints
    assert message in line
    assert "names a gesture" not in ran.err
    assert not (tmp_path / "m.handpose").exists()


def of_one_person(photos):
    """Note in a manifest, as `handpose collect` does, that all photos show one person."""
    with (photos / "manifest.csv").open("w", newline="") as file:
        rows = [(p.relative_to(photos).as_posix(), p.parent.name, "me") for p in photos.glob("*/*")]
        csv.writer(file).writerows([("path", "label", "subject"), *rows])
    return photos


def names_in(lines):
    """What ``handpose recognize`` says of each picture: the first letter of the gesture."""
    return [line.split(": ")[1][0] for line in lines.splitlines()]


@pytest.mark.parametrize("classifier", ["svm", "few_shot"])
def test_what_is_trained_on_one_person_is_named_afterwards(
    run, photos, cache, tmp_path, rendered_folder, classifier
):
    model, source = tmp_path / "m.handpose", of_one_person(photos)
    ran = run("train", source, "-o", model, "--classifier", classifier, "--jobs", 1)
    assert ran.code == 0
    assert "accuracy on new people: unknown, all pictures show one person; add pictures" in ran.err
    assert "3 of 3 labels have fewer than 5 pictures" in ran.err
    new = rendered_folder / "5" / "render4.jpg"
    assert names_in(run("recognize", photos, new, "--model", model).out) == list("1155775")
    measured = run("evaluate", photos, "--model", model, "--json", "--jobs", 1).json["results"][0]
    assert measured["naming"]["named_right"] == 1
    assert measured["naming"]["min_score"] == hp.load_model(model).min_score


@pytest.mark.parametrize("classifier", ["svm", "few_shot"])
def test_one_photo_a_label_is_enough_and_what_is_unknown_is_said(
    run, photos, cache, tmp_path, classifier
):
    for photo in photos.glob("*/render2.jpg"):
        photo.unlink()
    model = tmp_path / "m.handpose"
    ran = run("train", photos, "-o", model, "--classifier", classifier, "--jobs", 1)
    assert ran.code == 0
    assert "(label '1': 1); add pictures" in ran.err
    assert ("try --classifier few_shot" in ran.err) == (classifier != "few_shot")
    assert "names a gesture from a score of 0.5 on; that is not measured" in ran.err
    assert names_in(run("recognize", photos, "--model", model).out) == list("157")


def test_the_threshold_is_chosen_on_people_held_out_and_noted(run, table, tmp_path):
    path = tmp_path / "m.handpose"
    ran = run("train", table, "-o", path, "--classifier", "few_shot", "--features", "angles")
    model = hp.load_model(path)
    card = model.card
    assert 0.3 <= model.min_score < 0.8
    assert f"recognising from a score of {model.min_score:g} on" in ran.out
    assert card.settings["min_score"] == card.metrics["naming"]["min_score"] == model.min_score
    assert card.metrics["naming"]["named_right"] >= 0.95 * card.metrics["accuracy"]
    with hp.load_recognizer(path) as recognizer:
        assert recognizer.min_score == model.min_score


def test_without_validation_the_usual_threshold_is_left(run, table, tmp_path):
    path = tmp_path / "m.handpose"
    run("train", table, "-o", path, "--classifier", "knn", "--no-validate")
    assert hp.load_model(path).min_score is None


def test_a_bad_photo_is_named_and_the_others_are_learned(run, photos, cache, tmp_path):
    (photos / "5" / "broken.jpg").write_text("not a picture")
    ran = run("train", photos, "-o", tmp_path / "m.handpose", "--classifier", "knn", "--jobs", 1)
    assert ran.code == 1
    (line,) = ran.complaints
    assert "broken.jpg: not an image" in line
    assert hp.load_model(tmp_path / "m.handpose").card.training["samples"] == 6


@pytest.mark.parametrize("name", ["table/m.handpose", "table/new/m", "folder.x", "."])
def test_a_model_that_could_not_be_written_is_refused_before_the_work(
    run, tmp_path, monkeypatch, name
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table").write_text("")
    (tmp_path / "folder.x").mkdir()
    ran = run("train", "absent", "-o", name)
    assert ran.code == 1
    (line,) = ran.complaints
    assert "cannot be written" in line
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder.x", "table"]


def test_a_model_may_have_the_name_of_a_folder_without_its_suffix(run, table, tmp_path):
    (tmp_path / "m").mkdir()
    ran = run("train", table, "-o", tmp_path / "m", "--classifier", "knn", "--no-validate")
    assert ran.code == 0
    assert (tmp_path / "m.handpose").is_file()


def test_an_unknown_classifier_is_refused_before_anything_is_read(run, tmp_path):
    ran = run("train", tmp_path / "absent", "-o", tmp_path / "m.handpose", "--classifier", "svn")
    assert ran.code == 2
    assert "did you mean 'svm'" in ran.err


def test_a_file_of_landmarks_of_others_becomes_a_model(run, people, tmp_path):
    rows = [
        ",".join([label, *map(str, points[:, :2].ravel())])
        for label, points in zip(people.y[::5], people.X.points[::5], strict=True)
    ]
    (tmp_path / "hands.csv").write_text("\n".join(rows))
    ran = run("train", tmp_path / "hands.csv", "-o", tmp_path / "m", "--classifier", "knn")
    assert ran.code == 0
    assert hp.load_model(tmp_path / "m.handpose").card.labels == people.label_names


def test_splits_are_no_gestures(run, photos, cache, tmp_path):
    for split in ("train", "valid"):
        shutil.copytree(photos, tmp_path / "data" / split)
    arguments = "-o", tmp_path / "m.handpose", "--classifier", "knn", "--jobs", 1
    ran = run("train", tmp_path / "data", *arguments)
    assert ran.code == 0
    assert "train, valid: read together, as parts of one data set" in ran.err
    assert hp.load_model(tmp_path / "m.handpose").card.labels == ["1", "5", "7"]


@pytest.mark.parametrize("found", [0, 1])
def test_pictures_of_nothing_without_a_hand_are_no_class(run, people, missed, tmp_path, found):
    """No hand is the right answer for them, so that nothing is to be learnt."""
    few = people[people.y < "4"]
    hands = hp.Landmarks.concat([few.X, *[missed] * 6, few.X[:found]])
    labels = [*few.y, *["nothing"] * (6 + found)]
    subjects = [*few.groups, *[""] * 6, *few.groups[:found]]
    hp.write_table(hp.Dataset(hands, labels, subjects), tmp_path / "t.parquet")
    ran = run("train", tmp_path / "t.parquet", "--classifier", "knn", "-o", tmp_path / "m.handpose")
    assert ran.code == 0
    hands = "1 hand" if found == 1 else f"{found} hands"
    assert f"label 'nothing': {hands} in {6 + found} pictures" in ran.err
    assert "4 gestures" in ran.out
    assert "0 of them missed hands" in ran.out
    with hp.load_recognizer(tmp_path / "m.handpose") as recognizer:
        assert recognizer.labels == list("0123")
    again = run("evaluate", tmp_path / "t.parquet", "--model", tmp_path / "m.handpose", "--json")
    (result,) = again.json["results"]
    assert result["naming"]["nothing_right"] > 0
    assert result["accuracy"] > 0.95
    assert any("says nothing about new people" in line for line in again.complaints)
    assert result["accuracy_interval"] is None


def test_another_label_without_hands_is_still_refused(run, people, missed, tmp_path):
    few = people[people.y < "4"]
    hands = hp.Landmarks.concat([few.X, missed])
    table = tmp_path / "t.parquet"
    hp.write_table(hp.Dataset(hands, [*few.y, "fist"]), table)
    ran = run("train", table, "--classifier", "knn", "-o", tmp_path / "m.handpose")
    assert ran.code == 1
    assert "label 'fist' has no picture with a detected hand" in ran.complaints[0]


@pytest.fixture
def motions(tmp_path):
    """A table of motions of made-up people."""
    made, labels = examples(0, n=12)
    groups = [f"person {i // 4}" for i in range(len(made))]
    hp.write_table(hp.Dataset(made, labels, groups), tmp_path / "motions.parquet")
    return tmp_path / "motions.parquet"


def test_motions_become_a_model_in_the_same_words(run, motions, tmp_path):
    path = tmp_path / "m.handpose"
    ran = run("train", motions, "-o", path, "--classifier", "svm")
    assert ran.code == 0
    assert f"{path}: svm on motion features, 4 motions" in ran.out
    assert f"try: handpose recognize VIDEO --motions {path}" in ran.out
    assert "end to end" in ran.out
    model = hp.load_model(path)
    assert model.takes_motions
    assert (model.card.classifier, model.card.features) == ("svm", "motion")
    assert model.card.training["samples"] == 48
    assert model.card.training["subjects"] == 12
    assert model.card.metrics["accuracy"] > 0.8
    assert 0.3 <= model.min_score <= 0.8
    assert model.score(*examples(1)) > 0.9
    again = run("evaluate", motions, "--model", path, "--json")
    assert again.code == 0
    assert again.json["results"][0]["familiar"]["samples"] == 48


def test_motions_are_evaluated_with_the_same_keys(run, motions, table):
    ran = run("evaluate", motions, "--classifier", "knn", "--folds", 3, "--json")
    still = run("evaluate", table, "--classifier", "knn", "--folds", 3, "--json")
    assert ran.code == 0
    assert ran.json.keys() == still.json.keys()
    assert ran.json["results"][0].keys() == still.json["results"][0].keys()
    assert (ran.json["samples"], ran.json["folds"]) == (48, 3)
    assert ran.json["results"][0]["features"] == "motion"
    assert ran.json["results"][0]["accuracy"] > 0.8


def test_features_of_hands_do_not_fit_motions(run, motions, table, tmp_path):
    output = "-o", tmp_path / "m.handpose", "--no-validate"
    ran = run("train", motions, *output, "--features", "angles")
    assert ran.code == 1
    assert 'expected hands, but got motions; they need features="motion"' in ran.err
    ran = run("train", table, *output, "--features", "motion")
    assert ran.code == 1
    assert "must be a sequence of Motion, but got Landmarks" in ran.err


def test_a_data_set_that_is_misspelt_is_guessed(run, tmp_path):
    ran = run("train", "sign_language_digit", "-o", tmp_path / "m.handpose")
    assert ran.code == 1
    (line,) = ran.complaints
    assert "no such folder, table or data set (did you mean 'sign_language_digits'?)" in line


def test_pieces_of_motions_are_learnt_unless_they_are_not_wanted(run, motions, tmp_path):
    path = tmp_path / "words.handpose"
    assert run("train", motions, "-o", path, "--classifier", "logistic", "--no-validate").code == 0
    model = hp.load_model(path)
    assert "no_gesture" in model.classifier_.classes_
    assert "no_gesture" not in model.classes_
    assert model.whole_odds_ < 1
    ran = run(
        "train", motions, "-o", path, "--classifier", "logistic", "--no-validate", "--no-pieces"
    )
    assert "4 motions" in ran.out
    assert "no_gesture" not in hp.load_model(path).classifier_.classes_


def test_takes_of_no_gesture_are_a_label(run, tmp_path):
    X, y = examples(0, n=8)
    takes = hp.Dataset(X, np.where(y == "rest", "no_gesture", y), ["anna", "ben"] * (len(y) // 2))
    hp.write_table(takes, tmp_path / "t.parquet")
    path = tmp_path / "m.handpose"
    arguments = "--classifier", "logistic", "--no-validate"
    assert run("train", tmp_path / "t.parquet", "-o", path, *arguments).code == 0
    assert "no_gesture" in hp.load_model(path).classes_


def test_a_label_of_no_gesture_that_is_not_learnt_is_no_label(run, tmp_path):
    """No take of it shows a hand."""
    X, y = examples(0, n=8)
    empty = [without(motion, range(len(motion))) for motion in X[:3]]
    takes = hp.Dataset([*X, *empty], [*y, *["no_gesture"] * 3], ["anna"] * (len(y) + 3))
    hp.write_table(takes, tmp_path / "t.parquet")
    path = tmp_path / "m.handpose"
    arguments = "--classifier", "logistic", "--no-validate"
    ran = run("train", tmp_path / "t.parquet", "-o", path, *arguments)
    assert "so that it is not learnt" in ran.err
    assert "no_gesture" not in hp.load_model(path).classes_


def test_whole_takes_are_measured_and_not_the_windows(run, motions, tmp_path):
    ran = run("train", motions, "-o", tmp_path / "m.handpose", "--classifier", "logistic")
    assert "on detected" in ran.out
    assert "(48 hands)" in ran.out
    assert "taken for no_gesture" not in ran.out
    assert re.search(r"in streams, \d\.\d% of the windows without a whole motion", ran.out)


def test_a_model_becomes_personal(run, motions, tmp_path):
    base, mine = tmp_path / "many.handpose", tmp_path / "mine.handpose"
    run("train", motions, "-o", base, "--classifier", "logistic", "--no-validate")
    X, y = examples(9, 3)
    hp.write_table(hp.Dataset(hp.Motions(X), y, ["me"] * len(y)), tmp_path / "me.parquet")
    ran = run("train", tmp_path / "me.parquet", "-o", mine, "--personalize", base)
    assert ran.code == 0
    assert f"{mine}: {base} with 12 motions of one person" in ran.out
    assert hp.load_model(mine).classifier_name == "personal"


def test_a_model_of_stills_is_not_made_personal_by_motions(run, motions, model_file, tmp_path):
    ran = run("train", motions, "-o", tmp_path / "x.handpose", "--personalize", model_file)
    assert ran.code == 1
    assert "holds motions, but this is a model of still gestures; use one" in ran.complaints[0]
    ran = run("evaluate", motions, "--model", model_file)
    assert ran.code == 1
    assert "holds motions, but this is a model of still gestures; use one" in ran.complaints[0]


def test_motions_of_one_label_or_without_a_hand_are_one_line(run, tmp_path):
    X, y = examples(0, 2)
    hp.write_table(hp.Dataset(hp.Motions(X), ["wave"] * len(X)), tmp_path / "one.parquet")
    ran = run("train", tmp_path / "one.parquet", "-o", tmp_path / "x.handpose")
    assert ran.code == 1
    assert "all hands are labelled wave; training needs at least two gestures" in ran.complaints[0]
    lost = hp.Motion([[float("nan")] * 2] * 5, range(5))
    data = hp.Dataset(hp.Motions([*X, lost]), [*y, "ghost"])
    hp.write_table(data, tmp_path / "lost.parquet")
    ran = run("train", tmp_path / "lost.parquet", "-o", tmp_path / "x.handpose")
    assert ran.code == 1
    assert "label 'ghost' has no motion with a detected hand" in ran.complaints[0]


def test_motions_of_one_person_are_measured_on_takes_held_out(run, tmp_path):
    X, y = examples(0, 5)
    hp.write_table(hp.Dataset(hp.Motions(X), y, ["me"] * len(y)), tmp_path / "me.parquet")
    ran = run("train", tmp_path / "me.parquet", "-o", tmp_path / "me.handpose")
    assert ran.code == 0
    assert "unknown, all motions show one person; add motions of other people" in ran.err
    assert "on motions held out" in ran.out
