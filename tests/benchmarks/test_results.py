"""Committed results: one version of the extractor, and every part says where it was measured."""

import json
from pathlib import Path

import pytest

from benchmarks.machine import EXTRACTOR
from handpose.extractors.native.extractor import VERSION

RESULTS = sorted((Path(__file__).parents[2] / "benchmarks" / "results").glob("*.json"))

OTHER_LANDMARKS = {
    "few_shot": {"hagrid", "asl", "asl_still"},
    "keypoint_net": {"faces", "speed"},
    "motion": {"recordings", "classifiers", "confusion", "features", "frame_rate"},
    "search": {"hagrid_landmarks"},
}
"""Parts that use no landmarks of ours: annotations, other projects' landmarks, faces."""


def stamps(path):
    """Part to when, where and with what it was measured."""
    results = json.loads(path.read_text(encoding="utf-8"))
    return {name: part["measured"] for name, part in results.items()}


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_every_part_says_when_where_and_with_what(path):
    for name, stamp in stamps(path).items():
        assert {"date", "machine", "versions"} <= set(stamp), name
        assert stamp["machine"]["processor"], name
        assert stamp["versions"][EXTRACTOR], name


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.stem)
def test_landmarks_are_of_the_present_extractor(path):
    others = OTHER_LANDMARKS.get(path.stem, set())
    found = {
        name: stamp["versions"][EXTRACTOR]
        for name, stamp in stamps(path).items()
        if name not in others
    }
    assert set(found.values()) <= {str(VERSION)}, f"measure these parts again: {found}"


def test_exceptions_name_parts_that_exist():
    for stem, names in OTHER_LANDMARKS.items():
        (path,) = [path for path in RESULTS if path.stem == stem]
        assert names <= set(stamps(path))
