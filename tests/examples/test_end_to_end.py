"""From pixels and files to the bolt: a rendered clip, still pictures, the commands, a kill."""

import json
import sys

import cv2
import numpy as np
import pytest

import handpose as hp
from benchmarks.door.__main__ import killed
from benchmarks.door.pictures import HELD, SIZE, held
from examples.door.__main__ import main, shown_twice
from tests.examples.conftest import CHALLENGE, SEQUENCE, moved

FPS = 15
SHOWN_MS = 7300
"""Until the first six digits of the clip were shown: those of `CHALLENGE` and `SEQUENCE`."""


@pytest.fixture(scope="module")
def frames():
    """The clip's first six digits, and two seconds in which no hand is there."""
    every = hp.read_frames(hp.read_clip("gestures").path)
    shown = [f.rgb for f in every if f.index % 2 == 0 and f.timestamp_ms < SHOWN_MS]
    small = [cv2.resize(rgb, SIZE, interpolation=cv2.INTER_AREA) for rgb in shown]
    return [*small, *[np.full_like(small[0], 120)] * 30]


@pytest.fixture(scope="module")
def seen(recognizer, frames):
    return list(recognizer.stream(frames, fps=FPS))


def test_a_rendered_hand_opens_it(visit, seen):
    door = visit(min_score=0.5)
    assert "open" in door.see(seen, step=1 / FPS)


@pytest.mark.parametrize("place", range(4))
def test_a_door_of_one_other_gesture_stays_shut(visit, seen, place):
    other = list(SEQUENCE)
    other[place] = "7"
    door = visit(sequence=tuple(other))
    door.see(seen, step=1 / FPS)
    assert door.reasons == [["sequence"]]
    assert not door.bolt.opened


def test_another_challenge_is_no_attempt(visit, seen):
    door = visit(challenge=("4", "1"))
    door.see(seen, step=1 / FPS)
    assert door.events("attempt") == []
    assert not door.bolt.opened


@pytest.mark.parametrize("way", HELD)
def test_a_still_picture_does_not_open_it(visit, recognizer, frames, way):
    """The picture shows the first gesture of the challenge."""
    door = visit()
    door.see(recognizer.stream([*held([frames[7]], way, 25, 0), *frames[-30:]], fps=FPS))
    assert not door.bolt.opened


def test_a_slide_show_of_the_right_pictures_does_not_open_it(visit, recognizer, frames):
    """The middle of each digit, for 0.8 s."""
    pictures = [frames[round(7 + 18.75 * number)] for number in range(6)]
    slides = [picture for picture in pictures for _ in range(12)]
    door = visit()
    door.see(recognizer.stream([*slides, *frames[-30:]], fps=FPS))
    assert door.reasons == [["not alive"]]
    assert not door.bolt.opened


def test_the_commands(tmp_path, frames, capsys, monkeypatch):
    """Enrol, watch a film that shows what the door asks for, reset, check the log."""
    folder, clip = tmp_path / "mine", tmp_path / "clip.mp4"
    with hp.VideoRecorder(clip, FPS) as recorder:
        for number, frame in enumerate(frames):
            recorder.add(frame, round(number * 1000 / FPS))
    main(["enrol", str(folder), "--sequence", *SEQUENCE])
    assert json.dumps(list(SEQUENCE)) not in (folder / "door.json").read_text()
    monkeypatch.setattr("examples.door.policy.Policy.drawn", lambda self, known: [*CHALLENGE])
    main(["watch", str(folder), "--source", str(clip)])
    assert not (folder / "open").exists(), "shut when the film is over"
    main(["reset", str(folder)])
    main(["log", str(folder)])
    told = capsys.readouterr().out
    assert "show 1 2, then your sequence\nopen\n" in told
    for event in ("enrolled", "started", "challenge", "attempt", "opened", "failed", "reset"):
        assert f" {event} " in told


class Shows:
    """A recogniser before which something is shown."""

    def __init__(self, *visits):
        self._seen = [frame for seen in visits for frame in seen]

    def stream(self, source):
        return self

    def __enter__(self):
        return iter(self._seen)

    def __exit__(self, *error):
        pass


def test_a_sequence_is_enrolled_when_it_is_shown_twice_alike(shows):
    once, other = shows(*SEQUENCE), shows(*SEQUENCE[::-1])
    later = 20_000
    again = [moved(frame, later) for frame in once]
    assert shown_twice(Shows(once, again), 0) == SEQUENCE
    with pytest.raises(ValueError, match="no sequence was shown twice"):
        shown_twice(Shows(once, [moved(frame, later) for frame in other]), 0)


@pytest.mark.parametrize(
    ("sequence", "message"),
    [(["1", "2", "3"], "at least 4 gestures"), (["1", "2", "3", "horns"], "no gesture 'horns'")],
)
def test_bad_sequences_are_one_line(tmp_path, sequence, message):
    with pytest.raises(SystemExit, match=message):
        main(["enrol", str(tmp_path), "--sequence", *sequence])
    assert not (tmp_path / "door.json").exists()


def test_what_is_missing_is_one_line_and_the_door_is_shut(tmp_path):
    folder = tmp_path / "mine"
    main(["enrol", str(folder), "--sequence", *SEQUENCE])
    with pytest.raises(SystemExit, match=r"nothing\.mp4.*the door is shut"):
        main(["watch", str(folder), "--source", "nothing.mp4"])
    assert not (folder / "open").exists()
    (folder / "log.jsonl").unlink()
    with pytest.raises(SystemExit, match="not the log of this door"):
        main(["watch", str(folder), "--source", "nothing.mp4"])


def test_help_is_found(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "enrol" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_kill_leaves_the_log_whole_and_the_bolt_shut(tmp_path):
    """One of those of `benchmarks.door`, which come at other moments too."""
    found = killed(tmp_path, seed=1, after=0.6)
    assert found["logs whole"]
    assert found["shut half a second later"]
