"""The example runs, and its arithmetic is right."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from handpose.containers.skeletons import HAND
from handpose.keypoint_net import KeypointNet

EXAMPLE = Path(__file__).parents[2] / "examples" / "from_line_to_keypoints.py"
pytestmark = pytest.mark.torch
pytest.importorskip("torch")


@pytest.fixture(scope="module")
def example():
    return runpy.run_path(str(EXAMPLE), run_name="example")


def test_it_tells_its_story_and_leaves_a_network(tmp_path, monkeypatch, capsys):
    out = tmp_path / "hand.keypoints"
    monkeypatch.setattr(sys, "argv", [str(EXAMPLE), "--quick", "--out", str(out)])
    runpy.run_path(str(EXAMPLE), run_name="__main__")
    story = capsys.readouterr().out
    assert [line[:2] for line in story.splitlines() if line[0].isdigit()] == [
        f"{i}." for i in range(1, 7)
    ]
    assert f"handpose live --extractor {out}" in story
    net = KeypointNet.load(out)
    assert net.skeleton == HAND
    assert net.predict(np.zeros((1, 96, 96), np.uint8)).shape == (1, 21, 2)


def test_of_three_learning_rates_only_the_right_one_finds_the_line(example):
    x = np.linspace(-1, 1, 50)
    slope, intercept, error = example["fit_line"](x, 3 * x + 1, 0.3, 100)
    assert (slope, intercept) == pytest.approx((3, 1), abs=1e-3)
    assert example["fit_line"](x, 3 * x + 1, 0.001, 100)[2] > 1
    assert example["fit_line"](x, 3 * x + 1, 1.1, 100)[2] > 1e3
    assert error < 1e-6


def test_a_convolution_worked_out_by_hand(example):
    image = np.arange(9.0).reshape(1, 3, 3)
    kernels = np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    np.testing.assert_array_equal(
        example["convolution"](image, kernels, np.array([10.0])), np.full((1, 2, 2), 6.0)
    )
    np.testing.assert_array_equal(
        example["dense"](np.array([[1.0, 2]]), np.array([[3.0, 4], [5, 6]]), np.array([1.0, 0])),
        [[12, 17]],
    )
