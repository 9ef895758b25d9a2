"""Frame rate and latency."""

import numpy as np
import pytest

from handpose.cli import meter as module
from handpose.cli.meter import Meter
from handpose.images import Frame

RGB = np.zeros((16, 16, 3), np.uint8)


@pytest.fixture
def count(monkeypatch):
    """Count a frame at a time, received some seconds earlier."""

    def count(meter, now, latency=0.0, dropped=0):
        monkeypatch.setattr(module, "perf_counter", lambda: now)
        meter.count(Frame(RGB, 0, 0, received=now - latency, dropped=dropped))

    return count


def test_an_even_stream_has_its_rate_and_latency(count):
    meter = Meter()
    for t in range(50):
        count(meter, t / 25, latency=0.012)
    assert meter.status() == "25 fps · 12 ms"
    assert meter.summary() == "50 frames, 25.0 a second, mean latency 12.0 ms"


def test_the_status_is_of_late_and_the_summary_of_all(count):
    meter = Meter()
    for t in range(100):
        count(meter, t / 10)
    for t in range(100):
        count(meter, 10 + t / 50)
    assert meter.status().startswith("50 fps")
    assert "200 frames, 16.6 a second" in meter.summary()  # 199 intervals in 11.98 s


def test_dropped_frames_are_told(count):
    meter = Meter()
    count(meter, 0.0)
    count(meter, 0.1, dropped=3)
    assert meter.summary().endswith("3 more came too fast and were dropped")


def test_nothing_yet_is_no_division_by_zero(count):
    meter = Meter()
    assert meter.summary() == "no frames"
    count(meter, 1.0, latency=0.02)
    assert meter.status() == "20 ms"
    assert meter.summary() == "1 frame, mean latency 20.0 ms"
