"""``pipeline.json`` holds what the library computes with, and a port can follow it."""

import json
from dataclasses import fields

import numpy as np
import pytest

from handpose.export.pipeline import EFFORT, FORMAT, pipeline
from handpose.extractors.native import finder, hands, ladder, palms
from handpose.extractors.native.extractor import NativeExtractor
from handpose.networks import regions, single_shot
from handpose.temporal.steadying import Steadying

SIZES = [(640, 480), (480, 640), (1000, 1000), (2000, 300), (300, 1200), (4000, 3000)]


@pytest.fixture(scope="module")
def told():
    return json.loads(json.dumps(pipeline()))


def squares(views, width, height):
    """The squares that a port makes of the file: x, y, side, degrees, pixels."""

    def row(length, side, view):
        if length <= side:
            return [length / 2]
        count = min(int(np.ceil((length - side) / (view["step"] * side))) + 1, view["most"])
        return np.linspace(side / 2, length - side / 2, count).tolist()

    short, long = sorted((width, height))
    for view in views:
        if view["kind"] == "centred":
            side = view["scale"] * long
            yield width / 2, height / 2, side, view["degrees"], view["side"]
            continue
        if view["kind"] == "strips":
            side, wanted = view["scale"] * short, long >= view["from_ratio"] * short
        else:
            assert view["kind"] == "tiles"
            side = view["scale"] * long
            wanted = side >= view["least"]
        if wanted:
            for y in row(height, side, view):
                for x in row(width, side, view):
                    yield x, y, side, 0, view["side"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("part", "name", "rungs"),
    [("search", "views", "first"), ("search", "more", "more"), ("tracking", "views", "frame")],
)
def test_views_are_those_that_the_library_searches(told, part, name, rungs, size):
    made = list(dict.fromkeys(squares(told[part][name], *size)))
    want = [
        (*view.region.centre[0], view.region.side[0], np.degrees(view.region.angle[0]), view.side)
        for view in ladder.views(*size, getattr(ladder.EFFORTS[EFFORT], rungs))
    ]
    assert np.allclose(made, want)


def test_anchors_are_those_of_the_library(told):
    palm = told["networks"]["palm"]
    for side in palm["sides"].values():
        centres = [
            ((x + 0.5) * layer["stride"] / side, (y + 0.5) * layer["stride"] / side)
            for layer in palm["anchors"]
            for y in range(side // layer["stride"])
            for x in range(side // layer["stride"])
            for _ in range(layer["count"])
        ]
        assert np.allclose(centres, palms.ANCHORS[side])


@pytest.mark.parametrize(
    ("module", "name", "path", "value"),
    [
        (finder, "PALM_WEIGHT", ("search", "palm_weight"), 0.123),
        (finder, "COARSE_EVIDENCE", ("search", "coarse_evidence"), 0.123),
        (finder, "MAX_SHIFT", ("search", "max_shift"), 0.123),
        (finder, "LEAST_CHANCE", ("search", "least_chance"), 0.123),
        (finder, "DOUBT_EVIDENCE", ("search", "doubt", "evidence"), 0.123),
        (finder, "MIN_PALM_SCORE", ("networks", "palm", "min_score"), 0.123),
        (single_shot, "MIN_OVERLAP", ("networks", "palm", "min_overlap"), 0.123),
        (hands, "DEPTH_SCALE", ("networks", "hand", "depth_scale"), 0.123),
        (hands, "INPUT_SIZE", ("networks", "hand", "side"), 123),
        (hands, "SAME_PALM", ("hands", "same_palm"), 0.123),
        (hands, "RIGHT_FROM", ("handedness", "right_from"), 0.123),
        (regions, "PALM_SHIFT", ("regions", "palm", "shift"), 0.123),
        (regions, "HAND_SCALE", ("regions", "hand", "scale"), 0.123),
        (regions, "ENLARGED", ("crops", "cubic_below"), 0.123),
    ],
    ids=lambda x: x if isinstance(x, str) and x.isupper() else "",
)
def test_a_constant_that_changes_changes_in_the_file(monkeypatch, module, name, path, value):
    monkeypatch.setattr(module, name, value)
    found = pipeline()
    for key in path:
        found = found[key]
    assert found == value


def test_thresholds_are_the_extractors_defaults(told):
    options = NativeExtractor().provenance["options"]
    assert told["search"]["min_confidence"] == options["min_detection_confidence"]
    assert told["tracking"]["min_presence"] == options["min_tracking_confidence"]
    assert options["effort"] == EFFORT


def test_the_file_says_its_format_and_which_networks_there_are(told):
    assert told["format"] == FORMAT
    files = told["networks"]["palm"]["files"]
    assert files["tflite"]["192"] == "palm_detection_full.tflite"
    assert files["onnx"] == "palm_detection_full.onnx"
    lite = pipeline("lite", onnx=False)["networks"]
    assert lite["hand"]["files"] == {"tflite": "hand_landmark_lite.tflite", "onnx": None}
    assert {field.name for field in fields(Steadying)} <= set(told["steadying"])


def test_a_rung_of_another_kind_is_not_left_out_silently(monkeypatch):
    effort = ladder.Effort((ladder.in_black,), (), ())
    monkeypatch.setitem(ladder.EFFORTS, EFFORT, effort)
    with pytest.raises(TypeError, match="no entry"):
        pipeline()
