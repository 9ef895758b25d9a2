"""The window of a live view: pace and keys, with a window that the test plays."""

import numpy as np
import pytest

import handpose as hp
from handpose.cli import screen as module
from handpose.cli.screen import Screen

PICTURE = np.full((48, 64, 3), 90, np.uint8)


class FakeWindow:
    """Presses the keys that it is given, one a call; a clock of its own runs while it waits."""

    def __init__(self):
        self.keys, self.waits, self.shown, self.is_open = [], [], 0, True
        self.closed = False
        self.now = 0.0

    def show(self, rgb):
        self.shown += 1

    def key(self, wait_ms):
        self.waits.append(wait_ms)
        self.now += max(wait_ms, 1) / 1000
        return self.keys.pop(0) if self.keys else ""

    def close(self):
        self.closed = True


@pytest.fixture
def window(monkeypatch, tmp_path):
    window = FakeWindow()
    monkeypatch.setattr(module, "Window", lambda title: window)
    monkeypatch.setattr(module, "perf_counter", lambda: window.now)
    monkeypatch.chdir(tmp_path)
    return window


def test_a_file_plays_at_its_own_pace(window):
    with Screen(mirror=False, paced=True) as screen:
        for timestamp in (0, 40, 140):
            assert screen.play(PICTURE, timestamp)
    np.testing.assert_allclose(window.waits, [0, 39, 100], atol=1.5)
    assert window.shown == 3
    assert window.closed


def test_a_late_picture_is_not_waited_for(window):
    screen = Screen(mirror=False, paced=True)
    screen.play(PICTURE, 0)
    window.now = 5.0
    screen.play(PICTURE, 40)
    assert window.waits[-1] <= 0


def test_a_camera_is_not_waited_for(window):
    screen = Screen(mirror=True, paced=False)
    for timestamp in (0, 1000):
        screen.play(PICTURE, timestamp)
    assert window.waits == [0, 0]


def test_m_turns_the_view_round_and_back(window):
    screen = Screen(mirror=True, paced=False)
    window.keys = ["m"]
    screen.play(PICTURE, 0)
    assert not screen.mirror
    window.keys = ["m"]
    screen.play(PICTURE, 1)
    assert screen.mirror


@pytest.mark.parametrize("key", ["q", "esc"])
def test_q_and_escape_end_it(window, key):
    screen = Screen(mirror=False, paced=False)
    window.keys = [key]
    assert not screen.play(PICTURE, 0)


def test_closing_the_window_ends_it(window):
    screen = Screen(mirror=False, paced=False)
    window.is_open = False
    assert not screen.play(PICTURE, 0)


def test_s_saves_the_view_under_a_new_name_each_time(window, tmp_path, capfd):
    screen = Screen(mirror=False, paced=False)
    for timestamp in (0, 1):
        window.keys = ["s"]
        assert screen.play(PICTURE, timestamp)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["handpose-001.png", "handpose-002.png"]
    np.testing.assert_array_equal(hp.read_image(tmp_path / "handpose-001.png"), PICTURE)
    assert "saved handpose-002.png" in capfd.readouterr().err


def test_space_pauses_until_a_key_and_the_clip_goes_on_where_it_was(window):
    screen = Screen(mirror=False, paced=True)
    screen.play(PICTURE, 0)
    window.keys = [" ", "", "", "", " "]
    assert screen.play(PICTURE, 40)
    paused = window.now
    assert len(window.waits) >= 6
    window.waits.clear()
    screen.play(PICTURE, 80)
    assert window.waits[0] == pytest.approx(40, abs=2)
    assert window.now > paused


def test_keys_work_in_a_pause_too(window, tmp_path):
    screen = Screen(mirror=False, paced=True)
    window.keys = [" ", "s", "m", "q"]
    assert not screen.play(PICTURE, 0)
    assert screen.mirror
    assert len(list(tmp_path.iterdir())) == 1
