"""Networks in 8 bits: the landmarks stay, and a layer nobody measured is left alone."""

import json

import numpy as np
import pytest

from handpose.assets import ASSETS, HAND_NETWORKS, PALM_NETWORK, asset_path
from handpose.extractors.native import NativeExtractor
from handpose.networks.quantization import (
    RANGES_FILE,
    _with_exact_zero,
    activation_ranges,
    dense_convolutions,
    quantize,
)
from handpose.networks.runtimes import open_network, read_model

pytest.importorskip("openvino")
NETWORKS = [PALM_NETWORK, *HAND_NETWORKS.values()]


def layers(model, kind):
    return sum(node.get_type_name() == kind for node in model.get_ordered_ops())


@pytest.mark.parametrize("name", NETWORKS)
def test_the_ranges_that_ship_fit_the_network(networks, name):
    model, ranges = read_model(asset_path(name)), activation_ranges(name)
    assert len(ranges) > 20
    assert set(ranges) <= set(range(len(dense_convolutions(model))))
    assert all(low < high for low, high in ranges.values())
    quantize(model, ranges)
    assert layers(model, "FakeQuantize") == 2 * len(ranges)


def test_a_network_that_nobody_measured_stays_as_it_is(networks):
    model = read_model(asset_path(PALM_NETWORK))
    quantize(model, activation_ranges("another.tflite"))
    assert layers(model, "FakeQuantize") == 0


@pytest.mark.parametrize("limits", [(0.0, 6.0), (-3.1, 5.2), (-0.001, 4.0), (1.0, 2.0)])
def test_zero_is_one_of_the_levels(limits):
    low, high = _with_exact_zero(*limits)
    step = (high - low) / 255
    assert low / step == pytest.approx(round(low / step), abs=1e-6)
    assert low <= 0 < high
    assert abs(low - min(limits[0], 0)) <= step
    assert abs(high - limits[1]) <= step


def test_landmarks_stay_within_three_hundredths_of_the_palm(rendered):
    exact, rounded = (
        NativeExtractor(runtime="openvino", precision=p, threads=1) for p in ("f32", "int8")
    )
    moved = []
    for _, image, _, handedness in rendered:
        a, b = exact.detect(image), rounded.detect(image)
        palm = np.linalg.norm(a.points[0, 9, :2] - a.points[0, 0, :2])
        moved.append(np.linalg.norm(a.points[0, :, :2] - b.points[0, :, :2], axis=1).mean() / palm)
        assert a.handedness == b.handedness == [handedness]
    assert np.median(moved) < 0.03  # 0.012, and 0.017 where sums of 8-bit products overflow


def test_a_batch_in_8_bits_is_its_images_one_by_one(networks):
    images = np.random.default_rng(0).integers(0, 255, (2, 224, 224, 3), np.uint8)
    network = open_network(asset_path(HAND_NETWORKS["lite"]), "openvino", 1, "int8", batch=2)
    outputs = zip(network(images), network(images[1:]), (1.0, 0.02, 0.02, 0.005), strict=True)
    for both, last, tolerance in outputs:  # pixels, two probabilities, metres
        np.testing.assert_allclose(both[1:], last, atol=tolerance)


def test_the_ranges_are_those_of_the_networks_that_are_fetched():
    measured = json.loads(RANGES_FILE.read_text())["about"]["networks"]
    assert measured == {name: ASSETS[name].sha256 for name in NETWORKS}
