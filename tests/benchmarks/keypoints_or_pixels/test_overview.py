import pytest

from benchmarks.keypoints_or_pixels.overview import (
    overview_rows,
    pair_rows,
    plot_overview,
    summary,
)
from tests.benchmarks.keypoints_or_pixels.documents import DEFAULT, TUNED, document


def test_a_row_for_each_main_contender_that_was_measured():
    found = overview_rows(document())
    assert [row["contender"] for row in found] == [DEFAULT, "mlp, geometry", TUNED]
    assert found[0]["digits, new people"] == 0.998
    assert found[0]["ms a photo"] == 10
    assert found[2]["10 photos a gesture"] == 0.6
    assert found[1]["another camera"] is None


def test_who_is_ahead_is_decided_by_paired_tests():
    ahead = {row["question"]: row["ahead"] for row in pair_rows(document())}
    assert ahead == {
        "digits, new people": "keypoints",
        "digits, 10 photos of each": "not clear",  # by Holm's p, where there is one
        "another camera": "keypoints",
        "in the wild": "pixels",
    }
    assert pair_rows(document())[0]["difference"] == pytest.approx(0.028), "that of the default"


def test_the_report_begins_with_both_tables():
    text = summary(document())
    lines = [line for line in text.splitlines() if line]
    assert lines[0] == "# Keypoints or pixels, and which classifier?"
    assert lines[1].startswith("| contender | digits, new people | another camera |")
    assert any(line.startswith("| in the wild | -0.1 |") for line in lines)
    assert summary({}) == lines[0]


@pytest.mark.plots
def test_the_picture_has_a_panel_for_each_question(tmp_path):
    figure = plot_overview(document(), tmp_path / "overview.png")
    titles = [axes.get_title("left") for axes in figure.axes]
    assert titles == [
        *("digits, new people", "another camera", "in the wild"),
        "How soon it learns",
        "From photo to label, one thread",
    ]
    assert [bar.get_width() for bar in figure.axes[0].patches] == [0.998, 0.99, 0.97]
    assert [bar.get_width() for bar in figure.axes[-1].patches] == [8.0, 10.0]
    del (results := document())["cost"]
    assert len(plot_overview(results, tmp_path / "less.png").axes) == 4
