"""``handpose live``, without a display."""

import json

import pytest

import handpose as hp
from handpose.datasets.rendered_clips import read_clip


@pytest.fixture
def no_display(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def clip():
    return read_clip("gestures")


def test_without_a_window_events_are_json_lines(run, clip):
    ran = run("live", clip.path, "--no-window")
    assert ran.code == 0
    events = [json.loads(line) for line in ran.out.splitlines()]
    assert set(events[0]) == {
        "event", "gesture", "hand", "handedness", "started_ms", "ended_ms", "score",
    }  # fmt: skip
    assert [e["event"] for e in events] == ["started", "ended"] * (len(events) // 2)
    assert {e["gesture"] for e in events} == {"0", "1", "2", "3", "4", "5", "9"}
    assert "252 frames" in ran.err


def test_a_recording_has_every_frame_with_the_hand_drawn_on_it(run, tmp_path, picture):
    frames = tmp_path / "frames"
    for index in range(5):
        picture(f"frames/{index}.png", 640, 480, seed=0)
    ran = run("live", frames, "--no-window", "--record", tmp_path / "out" / "seen.avi")
    assert ran.code == 0
    assert ran.out == ""
    recorded = list(hp.read_frames(tmp_path / "out" / "seen.avi"))
    assert len(recorded) == 5
    plain = hp.read_image(frames / "4.png").astype(int)
    assert (abs(recorded[4].rgb - plain) > 60).any(2)[:40, :100].mean() > 0.1  # the status


def test_without_a_display_it_says_so_and_what_to_do(run, clip, no_display):
    ran = run("live", clip.path)
    assert ran.code == 1
    (line,) = ran.complaints
    assert "no display" in line
    assert "--no-window" in line


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.mp4"], "absent.mp4: no such file"),
        (["97"], "camera 97: cannot be opened"),
        (["{clip}", "--record", "seen.gif"], "seen.gif: a video is written as"),
        (["{clip}", "--model", "absent.handpose"], "absent.handpose: no such file"),
    ],
)
def test_what_cannot_be_opened_is_one_line(run, clip, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = run("live", *(a.format(clip=clip.path) for a in arguments), "--no-window")
    assert ran.code == 1
    assert ran.out == ""
    (line,) = ran.complaints
    assert message in line
    assert list(tmp_path.iterdir()) == []
