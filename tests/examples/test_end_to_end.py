"""From pixels and files to the bolt: rendered clips, still pictures, the commands, kills."""

import json
import subprocess
import sys
import threading

import numpy as np
import pytest

import handpose as hp
from benchmarks.door.__main__ import killed
from benchmarks.door.pictures import HELD, held
from examples.door.__main__ import main
from tests.conftest import ROOT
from tests.examples.conftest import CHALLENGE, SEQUENCE

CLIP = "gestures"
SHOWN_MS = 7300
"""Until the first six digits of the clip were shown: those of `CHALLENGE` and `SEQUENCE`."""


@pytest.fixture(scope="module")
def frames():
    """The clip's first six digits, and two seconds in which no hand is there."""
    shown = [f.rgb for f in hp.read_frames(hp.read_clip(CLIP).path) if f.timestamp_ms < SHOWN_MS]
    return [*shown, *[np.full_like(shown[0], 120)] * 60]


@pytest.fixture(scope="module")
def seen(recognizer, frames):
    return list(recognizer.stream(frames, fps=30))


@pytest.fixture(scope="module")
def backwards(recognizer, frames):
    """The same digits in the opposite order: 0 5 4 3 2 1."""
    return list(recognizer.stream([*frames[-61::-1], *frames[-60:]], fps=30))


def test_a_rendered_hand_opens_it(visit, seen):
    door = visit(min_score=0.8)
    assert door.see(seen, step=1 / 30)[-1] == "open"


@pytest.mark.parametrize("place", range(4))
def test_a_door_of_one_other_gesture_stays_shut(visit, seen, place, monkeypatch):
    other = list(SEQUENCE)
    other[place] = "7"
    monkeypatch.setattr("tests.examples.conftest.SEQUENCE", tuple(other))
    door = visit(min_score=0.8)
    door.see(seen, step=1 / 30)
    assert door.reasons == [["sequence"]]
    assert not door.bolt.opened


def test_another_challenge_is_no_attempt(visit, seen):
    door = visit(challenge=("4", "1"), min_score=0.8)
    door.see(seen, step=1 / 30)
    assert door.events("attempt") == []
    assert not door.bolt.opened


def test_the_same_film_backwards_stays_shut(visit, backwards):
    door = visit(challenge=("0", "5"), min_score=0.8)
    door.see(backwards, step=1 / 30)
    assert door.events("attempt") == ["attempt"]
    assert door.reasons == [["sequence"]]


@pytest.mark.parametrize("way", HELD)
def test_a_still_picture_does_not_open_it(visit, recognizer, frames, way):
    """The picture shows the first gesture of the challenge."""
    door = visit(min_score=0.8)
    still = [*held([frames[15]], way, 50, 0), *frames[-40:]]
    door.see(recognizer.stream(still, fps=20))
    assert not door.bolt.opened


def test_a_slide_show_of_the_right_pictures_does_not_open_it(visit, recognizer, frames):
    """Frame 15 of each digit, 1.25 s apart in the clip, each for 0.8 s."""
    pictures = [frames[round(15 + 37.5 * number)] for number in range(6)]
    slides = [picture for picture in pictures for _ in range(16)]
    door = visit(min_score=0.8)
    door.see(recognizer.stream([*slides, *frames[-40:]], fps=20))
    assert door.reasons == [["not alive"]]
    assert not door.bolt.opened


def write_clip(path, frames):
    with hp.VideoRecorder(path, 30) as recorder:
        for number, frame in enumerate(frames):
            recorder.add(frame, round(number * 1000 / 30))
    return path


def test_the_commands(tmp_path, frames, capsys):
    """Enrol, see the challenge, watch a film of another one, reset, check the log."""
    folder, clip = tmp_path / "mine", write_clip(tmp_path / "clip.mp4", frames)
    main(["enrol", str(folder), "--sequence", *SEQUENCE])
    kept = (folder / "door.json").read_text()
    assert json.dumps(list(SEQUENCE)) not in kept
    main(["watch", str(folder), "--source", str(clip)])
    main(["reset", str(folder)])
    main(["log", str(folder)])
    told = capsys.readouterr().out
    assert "then your sequence" in told
    assert "open\n" not in told
    for event in ("enrolled", "started", "challenge", "failed", "reset"):
        assert f" {event} " in told
    assert not (folder / "open").exists()


def test_a_door_that_drew_the_challenge_of_the_film_opens(tmp_path, frames, capsys, monkeypatch):
    folder, clip = tmp_path / "mine", write_clip(tmp_path / "clip.mp4", frames)
    main(["enrol", str(folder), "--sequence", *SEQUENCE])
    monkeypatch.setattr("examples.door.policy.Policy.drawn", lambda self, known: [*CHALLENGE])
    main(["watch", str(folder), "--source", str(clip)])
    assert "open\n" in capsys.readouterr().out
    assert not (folder / "open").exists(), "shut when the film is over"


def test_a_sequence_that_is_shown_twice_is_enrolled(tmp_path, frames, capsys):
    folder, clip = tmp_path / "mine", write_clip(tmp_path / "clip.mp4", [*frames, *frames])
    main(["enrol", str(folder), "--source", str(clip)])
    assert "6 gestures of 10" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no sequence was shown twice"):
        main(["enrol", str(tmp_path / "b"), "--source", str(write_clip(clip, frames))])


@pytest.mark.parametrize(
    ("sequence", "message"),
    [(["1", "2", "3"], "at least 4 gestures"), (["1", "2", "3", "horns"], "no gesture 'horns'")],
)
def test_bad_sequences_are_one_line(tmp_path, sequence, message):
    with pytest.raises(SystemExit, match=message):
        main(["enrol", str(tmp_path), "--sequence", *sequence])
    assert not (tmp_path / "door.json").exists()


def test_a_log_of_another_door_or_none_keeps_it_shut(tmp_path, frames):
    folder = tmp_path / "mine"
    main(["enrol", str(folder), "--sequence", *SEQUENCE])
    (folder / "log.jsonl").unlink()
    with pytest.raises(SystemExit, match="not the log of this door"):
        main(["watch", str(folder), "--source", "nothing.mp4"])


def test_a_camera_that_is_not_there_is_one_line(tmp_path):
    folder = tmp_path / "mine"
    main(["enrol", str(folder), "--sequence", *SEQUENCE])
    with pytest.raises(SystemExit, match=r"nothing\.mp4.*the door is shut"):
        main(["watch", str(folder), "--source", "nothing.mp4"])
    assert not (folder / "open").exists()


def test_help_is_found():
    command = [sys.executable, "-m", "examples.door", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert "enrol" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_kills_leave_the_log_whole_and_the_bolt_shut(tmp_path):
    """Three of the sixty of `benchmarks.door`, at once: each starts a Python."""
    found = []
    folders = [tmp_path / str(seed) for seed in range(3)]

    def kill(seed, folder):
        folder.mkdir()
        found.append(killed(folder, seed, 0.3 + 0.4 * seed))

    threads = [threading.Thread(target=kill, args=item) for item in enumerate(folders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3, "a log was not whole"
    assert all(one["shut half a second later"] for one in found)
    assert sum(one["attempts before"] for one in found)
