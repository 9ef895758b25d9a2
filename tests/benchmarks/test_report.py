import pytest
from benchmarks.keypoints_or_pixels.report import cell, markdown_table, report_text

from tests.benchmarks.documents import document


def test_the_answer_comes_first_then_a_section_for_each_part():
    text = report_text(document(), {"overview", "accuracy"})
    lines = [line for line in text.splitlines() if line]
    assert lines[0] == "# Keypoints or pixels, and which classifier?"
    assert lines[1].startswith("**Classify the keypoints")
    assert lines[2].startswith("| contender | digits, new people | another camera |")
    titles = [line[3:] for line in lines if line.startswith("## ")]
    assert titles[:5] == ["How often?", "How many?", "Elsewhere?", "Wild?", "What?"]
    assert "![accuracy](plots/accuracy.png)" in text
    assert "few_samples.png" not in text, "is not there"


def test_losses_are_shown_beside_wins():
    text = report_text(document())
    wins, losses = text.split("**Where pixels win**")
    assert "new people's digits" in wins.split("**Where keypoints win**")[1]
    assert "In the wild" in losses or "in the wild" in losses


def test_machine_versions_seed_and_what_was_skipped_are_at_the_end():
    text = report_text(document())
    for said in ("a processor", "numpy 2.0", "seed 0", "2.0 minutes", "robustness: the data set x"):
        assert said in text
    assert "torch" not in text.split("## How it was measured")[1]


def test_a_quick_run_says_that_it_means_little():
    quick = document()
    quick["settings"]["quick"] = True
    assert "means little" in report_text(quick) or "mean little" in report_text(quick)


def test_a_report_of_one_part_alone_is_whole():
    some = document()
    some["parts"] = {"cost": some["parts"]["cost"]}
    text = report_text(some)
    assert "Not enough was measured" in text or "Classify" in text
    assert "## What?" in text


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("accuracy", 0.99806, "0.998"),
        ("fit_seconds", 12.3456, "12.3"),
        ("p50_ms", 0.01234, "0.0123"),
        ("p99_us", 1234.5, "1,234"),
        ("mcnemar_p", 0.00001, "< 0.001"),
        ("sign_flip_p", 0.0123, "0.012"),
        ("wrong", 4, "4"),
        ("min_score", 0.5, "0.500"),
        ("below_bar", True, "yes"),
        ("contender", "a|b", "a\\|b"),
        ("file_mb", None, "\N{EN DASH}"),
        ("photos_per_gesture", 165.0, "165"),
    ],
)
def test_numbers_are_rounded_sensibly(column, value, expected):
    assert cell(column, {column: value}) == expected


def test_low_and_high_are_one_column():
    table = markdown_table([{"contender": "a", "side": "pixels", "low": 0.9956, "high": 1.0}])
    assert table.splitlines() == [
        "| contender | 95 % |",
        "| --- | --- |",
        "| a | 0.996\N{EN DASH}1.000 |",
    ]
    assert markdown_table([]) == "(nothing)"
