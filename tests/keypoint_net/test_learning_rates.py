import sys

import numpy as np
import pytest
from PIL import Image

from handpose.errors import MissingExtraError
from handpose.keypoint_net import LearningRates
from handpose.keypoint_net.learning_rates import smoothed

FOUND = LearningRates(np.geomspace(1e-4, 1, 5), np.array([3.0, 2.5, 1.0, 2.0, 8.0]))


def test_the_suggestion_is_a_third_of_the_rate_at_the_smallest_loss():
    assert FOUND.suggestion == pytest.approx(1e-2 / 3)


def test_smoothing_weighs_the_last_most():
    assert smoothed([5.0]) == 5
    assert smoothed([2.0] * 50) == pytest.approx(2)
    assert smoothed([1.0, 3.0]) == pytest.approx((0.9 * 1 + 3) / 1.9)


def test_the_plot_is_a_picture(tmp_path):
    pytest.importorskip("matplotlib")
    path = FOUND.plot(tmp_path / "rates.png")
    with Image.open(path) as image:
        assert min(image.size) > 200


def test_without_matplotlib_one_line_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r'pip install "handpose\[plots\]"'):
        FOUND.plot(tmp_path / "rates.png")
