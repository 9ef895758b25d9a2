import numpy as np
import pytest
from PIL import Image

from benchmarks.keypoints_or_pixels.plots import plot_accuracies, plot_errors, plot_few_samples
from benchmarks.keypoints_or_pixels.style import apart, colours_of, short_name
from tests.benchmarks.keypoints_or_pixels.documents import DEFAULT, TUNED, document


def rows(part, table):
    return document()[part]["tables"][table]["rows"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda path: plot_accuracies(rows("accuracy", "classifiers"), "Digits", path),
        lambda path: plot_few_samples(rows("few_samples", "few_samples"), path),
    ],
    ids=["accuracies", "few samples"],
)
@pytest.mark.plots
def test_plots_are_readable_on_a_white_page(tmp_path, draw):
    draw(tmp_path / "plot.png")
    with Image.open(tmp_path / "plot.png") as picture:
        pixels = np.asarray(picture.convert("RGB"))
    assert pixels.shape[1] >= 800
    assert (pixels[:3] == 255).all()
    assert (pixels == 255).all(2).mean() > 0.4


@pytest.mark.plots
def test_errors_are_missed_then_named_wrong(tmp_path):
    figure = plot_errors(rows("hard_pictures", "contenders"), "Wild", tmp_path / "wild.png")
    bars = [(bar.get_x(), bar.get_width()) for bar in figure.axes[0].patches]
    np.testing.assert_allclose(bars, [(0, 0.19), (0.19, 0.01), (0, 0), (0, 0.1)])
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == ["svm on keypoints", "pixels, fine-tuned"], "the better one on top"


def test_labels_are_moved_apart_and_keep_their_order():
    placed = apart([0.9, 0.1, 0.91, 0.905], 0.05)
    assert np.argsort(placed).tolist() == [1, 0, 3, 2]
    assert np.diff(np.sort(placed)).min() >= 0.05 - 1e-9
    assert apart([0.1, 0.9], 0.05).tolist() == [0.1, 0.9]


def test_each_side_has_its_colours():
    keypoints, pixels, more = colours_of(["keypoints", "pixels", "keypoints"])
    assert len({keypoints, pixels, more}) == 3


def test_short_names():
    assert short_name(DEFAULT) == "svm on keypoints"
    assert short_name("svm, all") == "svm, all"
    assert short_name(TUNED) == "pixels, fine-tuned"
