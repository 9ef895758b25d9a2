"""A few frames of the million."""

from pathlib import Path

import pytest

import handpose as hp
from benchmarks.runner import Setup
from benchmarks.trust.frames import Replay, _nothing, _watched


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory as Linux tells it")
def test_hands_tracks_and_memory_are_counted():
    with hp.load_recognizer("digits", motions="swipes", extractor=Replay(0)) as recognizer:
        row = _watched(recognizer, _nothing(), 300, 60, Setup(Path()))
    assert row["frames"] == 300
    assert row["hands"] > 100
    assert row["tracks"] > 1
    assert row["events"] > 1
    assert row["MiB at the end"] > 10
    assert row["growth"].endswith(" %")
