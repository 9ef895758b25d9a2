"""The part on cost: graphs counted by hand, memory of a fresh process, rows that add up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import handpose as hp
from benchmarks import runner
from benchmarks.keypoints_or_pixels import cost, sizes
from benchmarks.keypoints_or_pixels.cost import Contestants
from benchmarks.keypoints_or_pixels.photos import with_paths
from benchmarks.keypoints_or_pixels.sizes import GraphCost, count_file, count_graph, peak_memory
from benchmarks.runner import Setup
from handpose.assets import asset_path


@pytest.fixture(scope="module")
def photos(rendered, rendered_folder):
    return with_paths(rendered, [str(rendered_folder / path) for path in rendered.paths])


class Found:
    """Stands for an extractor."""

    def __init__(self):
        self.seen = 0

    def detect(self, image):
        self.seen += 1
        return image.shape


class Fitted:
    """Stands for keypoints that were learnt from."""

    def __init__(self, model):
        self.model_ = model


@pytest.fixture(scope="module")
def contestants(photos):
    model = hp.make_model("knn", augmentation=None).fit(photos.X, photos.y)
    return Contestants({"knn": Fitted(model)}, {}, {"native": Found(), "mediapipe": Found()})


def graph(build):
    openvino = pytest.importorskip("openvino")
    ops = pytest.importorskip("openvino.opset13")
    inputs, outputs = build(ops)
    return count_graph(openvino.Model(outputs, inputs, "test"))


def zeros(*shape):
    return np.zeros(shape, np.float32)


def test_a_convolution_by_hand():
    def build(ops):
        x = ops.parameter([1, 3, 10, 8], np.float32)
        return [x], [ops.convolution(x, zeros(5, 3, 3, 3), [2, 2], [1, 1], [1, 1], [1, 1])]

    # 5 channels of 5 x 4 numbers, each of 3 x 3 x 3 products.
    assert graph(build) == GraphCost(5 * 3 * 9, 5 * 5 * 4 * 27)


def test_a_depthwise_convolution_by_hand():
    def build(ops):
        x = ops.parameter([1, 6, 8, 8], np.float32)
        weights = zeros(6, 1, 1, 5, 5)
        return [x], [ops.group_convolution(x, weights, [1, 1], [2, 2], [2, 2], [1, 1])]

    assert graph(build) == GraphCost(6 * 25, 6 * 8 * 8 * 25)


def test_a_transposed_convolution_by_hand():
    def build(ops):
        x = ops.parameter([1, 4, 5, 5], np.float32)
        weights = zeros(4, 2, 2, 2)
        return [x], [ops.convolution_backprop_data(x, weights, [2, 2])]

    assert graph(build) == GraphCost(4 * 2 * 4, 4 * 5 * 5 * 2 * 4)


def test_a_matrix_product_by_hand_and_what_is_added_costs_nothing():
    def build(ops):
        x = ops.parameter([1, 30], np.float32)
        product = ops.matmul(x, zeros(7, 30), False, True)
        return [x], [ops.relu(ops.add(product, zeros(1, 7)))]

    assert graph(build) == GraphCost(7 * 30 + 7, 7 * 30)


def test_whole_numbers_are_no_parameters():
    def build(ops):
        x = ops.parameter([1, 30], np.float32)
        return [x], [ops.reshape(x, np.array([5, 6]), False)]

    assert graph(build) == GraphCost(0, 0)


def test_the_hand_networks_fill_their_files():
    pytest.importorskip("openvino")
    path = asset_path("hand_landmark_lite.tflite")
    counted = count_file(path)
    assert counted.parameters == 1_011_712
    # Two bytes each (float16), and little else in the file.
    assert 0.95 < 2 * counted.parameters / path.stat().st_size < 1
    assert GraphCost(1, 2) + GraphCost(10, 20) == GraphCost(11, 22)


@pytest.mark.litert
def test_a_fresh_process_tells_its_own_memory(good, rendered_folder, rendered):
    photos = [str(rendered_folder / path) for path in rendered.paths[:1]]
    ballast = np.ones(100_000_000)  # 800 MB here must not count there
    used = peak_memory(sizes.KEYPOINTS, photos, str(good), "litert")
    del ballast
    assert used is not None
    assert 50 < used < 750


def test_a_process_that_fails_has_no_memory():
    assert peak_memory("raise SystemExit(1)", []) is None


def test_rows_add_up_and_every_photo_goes_through_every_extractor(contestants, photos):
    setup = Setup(Path("absent"), quick=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cost, "QUICK_TIMED", 12)
        patch.setattr(runner, "QUICK_PATIENCE", 0.0)
        rows, undisturbed = cost._time_rows(contestants, photos, setup)
    assert [row["recogniser"] for row in rows] == ["native + knn", "mediapipe + knn"]
    assert 0 <= undisturbed <= 1
    for row in rows:
        assert row["decode"] > 0
        assert row["classify"] > row["find"]  # the extractor does nothing
        assert row["p50_ms"] <= row["p99_ms"]
        assert row["p50_ms"] == pytest.approx(row["find"] + row["classify"], rel=0.3)
    assert contestants.extractors["native"].seen >= 12


def test_sizes_count_each_file_once(contestants, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(sizes, "peak_memory", lambda code, photos, *_: len(photos))
    rows = sizes.size_rows(contestants.keypoints, {}, photos.paths[:50].tolist(), tmp_path)
    assert [row["recogniser"] for row in rows] == ["native + knn", "native, lite network + knn"]
    full, lite = rows
    files = [asset_path(f"hand_landmark_{name}.tflite") for name in ("full", "lite")]
    more = (files[0].stat().st_size - files[1].stat().st_size) / 1e6
    assert full["files_mb"] - lite["files_mb"] == pytest.approx(more, abs=0.02)
    assert full["openvino_mib"] == full["litert_mib"] == 50
    assert lite["openvino_mib"] is None
    pytest.importorskip("openvino")
    larger, smaller = (count_file(file).parameters for file in files)
    assert full["parameters"] - lite["parameters"] == larger - smaller
    assert len({tuple(row) for row in rows}) == 1


@pytest.mark.plots
def test_a_table_of_times_is_drawn(tmp_path):
    numbers = {"find": 9.0, "classify": 0.1, "p50_ms": 9.1, "p99_ms": 12.0}
    rows = [
        {"recogniser": "native + svm", "side": "keypoints", **numbers},
        {"recogniser": "EfficientNet", "side": "pixels", **numbers, "find": 2.0},
    ]
    axes = cost.plots({"time": {"rows": rows}})["cost"](tmp_path / "cost.png").axes[0]
    bars = [(bar.get_x(), bar.get_width()) for bar in axes.patches]
    np.testing.assert_allclose(bars, [(0, 9.0), (9.0, 0.1), (0, 2.0), (2.0, 0.1)])
    assert [list(line.get_xdata()) for line in axes.lines] == [[12, 12], [12, 12]]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["native + svm", "EfficientNet"]
