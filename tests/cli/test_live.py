"""``handpose live``, without a display."""

import json

import pytest
from PIL import Image

import handpose as hp
from handpose.datasets.rendered_clips import read_clip
from tests.drawn_faces import face_picture
from tests.motions import examples


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
        "event", "kind", "gesture", "track_id", "hand", "handedness", "started_ms", "ended_ms",
        "score", "rejected",
    }  # fmt: skip
    assert [e["event"] for e in events] == ["started", "ended"] * (len(events) // 2)
    assert {e["gesture"] for e in events} == {"0", "1", "2", "3", "4", "5", "9"}
    assert "252 frames" in ran.err


@pytest.fixture(scope="module")
def motions_file(tmp_path_factory):
    """A model of tracks: circles, lines, rest."""
    model = hp.make_model("logistic", features="motion").fit(*examples(0))
    return model.save(tmp_path_factory.mktemp("motions") / "tracks.handpose")


@pytest.mark.parametrize(("name", "motion"), [("still", "rest"), ("moving", "line")])
def test_motions_are_told_beside_gestures(run, motions_file, name, motion):
    path = read_clip(name).path
    ran = run("live", path, "--no-window", "--motions", motions_file)
    events = events_of(ran)
    assert {event["kind"] for event in events} == {"gesture", "motion"}
    assert {event["gesture"] for event in events if event["kind"] == "motion"} == {motion}
    frames = map(
        json.loads, run("recognize", path, "--motions", motions_file, "--json").out.splitlines()
    )
    hands = [hand for frame in frames for hand in frame["hands"]]
    assert {hand["motion"] for hand in hands} == {None, motion}
    assert hands[0]["motion_score"] is None
    assert 0.8 <= hands[-1]["motion_score"] <= 1


def test_a_model_of_still_gestures_is_no_model_of_motions(run, clip, model_file):
    ran = run("live", clip.path, "--no-window", "--motions", model_file)
    assert ran.code == 1
    (line,) = ran.complaints
    assert (
        "motions takes a model of motions, but this is one of still hands; give it as model" in line
    )


@pytest.fixture(scope="module")
def held(clip, tmp_path_factory):
    """Two seconds of a hand that the digits model knows but is not sure of."""
    folder = tmp_path_factory.mktemp("held")
    frame = next(hp.read_frames(clip.path)).rgb
    for index in range(60):
        Image.fromarray(frame).save(folder / f"{index:03}.png", compress_level=1)
    return folder


def events_of(ran):
    assert ran.code == 0
    return [json.loads(line) for line in ran.out.splitlines()]


def test_the_threshold_can_be_lowered_and_raised(run, held):
    assert events_of(run("live", held, "--no-window", "--min-score", 1)) == []
    begun, ended = events_of(run("live", held, "--no-window", "--min-score", 0))
    assert (begun["event"], ended["event"]) == ("started", "ended")
    assert (begun["gesture"], ended["started_ms"], ended["ended_ms"]) == ("1", 0, 1967)


def test_an_unknown_gesture_is_told_where_asked_for(run, held):
    unsure = ("live", held, "--no-window", "--min-score", 1, "--unknown-ms", 500)
    begun, ended = events_of(run(*unsure))
    assert (begun["gesture"], begun["rejected"], ended["ended_ms"]) == (None, "1", 1967)


def test_how_long_a_gesture_is_held_can_be_set(run, held):
    assert events_of(run("live", held, "--no-window", "--min-score", 0, "--hold-ms", 2500)) == []


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
        (["http://127.0.0.1:1/a.mp4"], "http://127.0.0.1:1/a.mp4: cannot be opened within 10 s"),
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


@pytest.fixture
def faces(tmp_path):
    """A folder of four frames with a face that moves."""
    folder = tmp_path / "frames"
    folder.mkdir()
    for t in range(4):
        picture, _ = face_picture(((200 + 10 * t, 240), 220, 0))
        Image.fromarray(picture).save(folder / f"{t}.png")
    return folder


@pytest.mark.torch
def test_a_net_for_faces_shows_its_points(run, faces, face_net, tmp_path):
    video = tmp_path / "seen.avi"
    ran = run("live", faces, "--extractor", face_net, "--no-window", "--record", video)
    assert ran.code == 0
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [[face["id"] for face in line["found"]] for line in lines] == [[0]] * 4
    x = [line["found"][0]["points"]["NOSE"][0] for line in lines]
    assert x == sorted(x)
    assert "4 frames" in ran.err
    *_, last = hp.read_frames(video)
    assert (abs(last.rgb - hp.read_image(faces / "3.png").astype(int)) > 60).any(2).mean() > 0.01


@pytest.mark.torch
def test_mirrored_frames_have_the_other_eye_on_the_left(run, faces, face_net):
    for options, first in ((), "RIGHT_EYE"), (["--mirrored"], "LEFT_EYE"):
        ran = run("live", faces, "--extractor", face_net, "--no-window", *options)
        points = json.loads(ran.out.splitlines()[0])["found"][0]["points"]
        assert min(points, key=lambda name: points[name][0]) == first


@pytest.mark.torch
def test_a_net_that_cannot_be_read_is_one_line(run, faces, tmp_path):
    (tmp_path / "broken.keypoints").write_bytes(b"nonsense")
    for name in ("broken.keypoints", "absent.keypoints"):
        ran = run("live", faces, "--extractor", tmp_path / name, "--no-window")
        assert ran.code == 1
        (line,) = ran.complaints
        assert name in line


@pytest.mark.parametrize(
    "command", [["live"], ["collect", "{place}", "--label", "a", "--subject", "b"]]
)
def test_a_source_that_is_not_there_is_said_before_a_window_opens(
    run, tmp_path, monkeypatch, command
):
    def opened(*_, **__):
        pytest.fail("a window was opened")

    for name in ("live", "collect"):
        monkeypatch.setattr(f"handpose.cli.{name}.Screen", opened)
    name, *rest = (word.format(place=tmp_path / "mine") for word in command)
    ran = run(name, *rest[:1], tmp_path / "absent.mp4", *rest[1:])
    assert ran.code == 1
    (line,) = ran.complaints
    assert "absent.mp4: no such file or folder; a camera is given by its number" in line
