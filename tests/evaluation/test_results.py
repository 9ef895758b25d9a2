import json
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.errors import HandposeError
from handpose.evaluation import Evaluation


@pytest.fixture
def evaluation():
    """Ten pictures of three people: seven right, two wrong, one missed."""
    truth = np.array(list("aaaabbbccc"))
    predicted = np.array(["a", "a", "b", "", "b", "b", "a", "c", "c", "c"])
    return Evaluation(
        truth=truth,
        predicted=predicted,
        detected=predicted != "",
        groups=np.array(["ann"] * 4 + ["bob"] * 3 + ["cid"] * 3),
        labels=list("abc"),
        classifier="svm",
        features="geometry",
        cv=5,
        fit_seconds=0.25,
        predict_us_per_hand=12.5,
        dataset="toy",
    )


def without_subjects(evaluation):
    fields = {name: getattr(evaluation, name) for name in evaluation.__dataclass_fields__}
    return Evaluation(**fields | {"groups": np.full(10, "")})


def test_a_missed_hand_is_an_error_end_to_end_and_left_out_on_detected(evaluation):
    assert evaluation.accuracy == 0.7
    assert evaluation.accuracy_detected == pytest.approx(7 / 9)


def test_the_worst_subject_is_named(evaluation):
    assert evaluation.by_subject.names == ["ann", "bob", "cid"]
    assert evaluation.worst_subject_accuracy == 0.5


def test_a_truth_without_label_is_never_right():
    empty = np.array([""])
    result = Evaluation(empty, empty, np.array([False]), empty, labels=["a"])
    assert result.accuracy == 0


def test_the_json_has_the_keys_of_the_contract_and_these_values(evaluation):
    document = json.loads(json.dumps(evaluation.to_dict(), allow_nan=False))
    contract = {
        "classifier": "svm",
        "features": "geometry",
        "accuracy": 0.7,
        "worst_subject_accuracy": 0.5,
        "fit_seconds": 0.25,
        "predict_us_per_hand": 12.5,
        "labels": ["a", "b", "c"],
        "confusion": [[2, 1, 0], [1, 2, 0], [0, 0, 3]],
    }
    assert contract.items() <= document.items()
    assert document["accuracy_detected"] == pytest.approx(7 / 9)
    assert document["macro_f1"] == pytest.approx(np.mean([4 / 7, 2 / 3, 1]))
    assert document["missed"] == [1, 0, 0]
    assert document["worst_subject"] == "ann"
    low, high = document["accuracy_interval"]
    assert 0 < low < 0.7 < high <= 1


def test_without_subjects_the_json_says_so(evaluation):
    document = without_subjects(evaluation).to_dict()
    assert document["worst_subject"] is None
    assert document["worst_subject_accuracy"] is None
    assert np.isfinite(document["accuracy_interval"]).all()


def test_the_summary_gives_both_accuracies_the_interval_and_the_worst(evaluation):
    summary = evaluation.summary()
    assert "svm on geometry features" in summary
    assert "end to end   0.7000" in summary
    assert "3 of 10 wrong, 1 of them missed hands" in summary
    assert "on detected  0.7778   (9 hands)" in summary
    assert "worst of 3 subjects: ann 0.50, bob 0.67" in summary
    assert "cid" not in summary
    assert "a taken for b: 1; a taken for nothing (missed): 1; b taken for a: 1" in summary
    assert "95 % interval" in summary
    assert "subjects" not in without_subjects(evaluation).summary()


def test_a_plot_is_written_as_a_picture(evaluation, tmp_path):
    pytest.importorskip("matplotlib")
    evaluation.plot(tmp_path / "confusion.png")
    with Image.open(tmp_path / "confusion.png") as picture:
        assert min(picture.size) > 400
        colours = picture.convert("RGB").getcolors(10**6)
    shares = {colour: count for count, colour in colours}
    assert any(g > r + 40 and g > 80 for (r, g, b) in shares)  # green on the diagonal
    assert any(r > g + 40 and r > 80 for (r, g, b) in shares)  # red off it


def test_a_plot_is_a_figure_with_every_label_and_count(evaluation):
    pytest.importorskip("matplotlib")
    axes = evaluation.plot().axes[0]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["a", "b", "c", "missed"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b", "c"]
    assert sorted(t.get_text() for t in axes.texts) == ["1", "1", "1", "2", "2", "3"]
    assert "0.700 end to end" in axes.get_title(loc="left")
    assert "people apart" in axes.get_title(loc="left")


def test_without_matplotlib_a_plot_names_the_pip_command(evaluation, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(hp.MissingExtraError, match=r'pip install "handpose\[plots\]"'):
        evaluation.plot()


def test_reliability_is_drawn_where_there_are_probabilities(people, tmp_path):
    pytest.importorskip("matplotlib")
    measured = hp.cross_validate(hp.make_model("knn", augmentation=None), people)
    measured.plot_reliability(tmp_path / "reliability.png")
    assert (tmp_path / "reliability.png").stat().st_size > 1000
    with pytest.raises(HandposeError, match="gives no probabilities"):
        replace(measured, probabilities=None).plot_reliability()


def test_naming_goes_by_scores_that_include_none(people):
    measured = hp.cross_validate(hp.make_model("knn", augmentation=None), people)
    assert measured.scores is not None
    assert measured.naming.min_score == 0.5
    alone = hp.cross_validate(hp.make_model("knn", augmentation=None, none=None), people)
    assert alone.scores is None
    np.testing.assert_array_equal(alone.probabilities, measured.probabilities)
