import json
import pickle
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.datasets import photo_folder
from handpose.images import listing


@pytest.fixture
def hand(rendered_folder, tmp_path):
    """A picture of a hand that shows a 5."""
    return Path(shutil.copy(rendered_folder / "5" / "render0.jpg", tmp_path / "five.jpg"))


@pytest.fixture
def blank(tmp_path):
    Image.new("RGB", (80, 60), "grey").save(tmp_path / "blank.png")
    return tmp_path / "blank.png"


def test_names_the_gesture_with_the_model_that_ships(run, hand):
    ran = run("recognize", hand)
    assert ran.code == 0
    assert ran.out.startswith(f"{hand}: 5 (")
    assert "hand)" in ran.out
    assert ran.complaints == []


def test_json_is_one_object_for_each_image_and_nothing_else(run, hand, blank, model_file):
    ran = run("recognize", hand, blank, "--model", model_file, "--json")
    assert ran.code == 0
    five, nothing = (json.loads(line) for line in ran.out.splitlines())
    assert list(five) == [
        "source", "frame", "timestamp_ms", "width", "height", "min_score", "hands"
    ]  # fmt: skip
    assert (five["source"], five["frame"], five["timestamp_ms"]) == (str(hand), 0, 0)
    height, width = hp.read_image(hand).shape[:2]
    assert (five["width"], five["height"]) == (width, height)
    (found,) = five["hands"]
    assert found["gesture"] == "5"
    assert 0.5 <= found["score"] <= 1
    assert np.shape(found["landmarks"]) == (21, 3)
    assert nothing["hands"] == []


def test_an_image_without_a_hand_is_no_error(run, blank, model_file):
    ran = run("recognize", blank, "--model", model_file)
    assert (ran.code, ran.out) == (0, f"{blank}: no hand found\n")


def test_a_hand_below_the_lowest_score_is_null(run, model_file):
    unsure = photo_folder("rendered_hands") / "5" / "render5.jpg"
    strict = ("recognize", unsure, "--model", model_file, "--min-score", "0.9999")
    document = run(*strict, "--json").json
    assert document["min_score"] == 0.9999
    assert document["hands"][0]["gesture"] is None
    assert document["hands"][0]["rejected"] == "5"
    assert "no gesture" in run(*strict).out


@pytest.mark.parametrize("command", [["recognize"], ["live", "--no-window"]])
def test_a_rate_that_the_model_does_not_know_is_one_line(run, model_file, blank, command):
    failed = run(*command, blank, "--model", model_file, "--false-accepts", "0.01")
    assert failed.code != 0
    assert "train it with handpose train" in failed.err


def test_a_mirrored_image_shows_the_other_hand(run, hand, model_file):
    sides = [
        run("recognize", hand, "--model", model_file, "--json", *more).json["hands"][0][
            "handedness"
        ]
        for more in ((), ("--mirrored",))
    ]
    assert sorted(sides) == ["Left", "Right"]


def test_a_folder_is_all_of_its_pictures(run, photos, model_file):
    ran = run("recognize", photos, "--model", model_file, "--json")
    sources = [json.loads(line)["source"] for line in ran.out.splitlines()]
    assert sources == sorted(str(p) for p in photos.glob("*/*.jpg"))


@pytest.mark.parametrize("name", ["five.jpg", "clip.gif"])
def test_what_a_link_leads_to_is_never_written_over(run, hand, model_file, tmp_path, name):
    if name == "clip.gif":
        with Image.open(hand) as picture:
            picture.save(tmp_path / name, save_all=True, append_images=[picture], duration=40)
    suffix = ".mp4" if name == "clip.gif" else ".jpg"
    folder, precious = tmp_path / "out", tmp_path / "precious"
    folder.mkdir()
    precious.write_text("precious")
    link = folder / f"{Path(name).stem}-annotated{suffix}"
    link.symlink_to(precious)
    more = ["--video"] if name == "clip.gif" else []
    ran = run("recognize", tmp_path / name, "--model", model_file, "--annotate", folder, *more)
    assert ran.code == 0
    assert precious.read_text() == "precious"
    assert not link.is_symlink()
    assert list(folder.iterdir()) == [link]


def test_the_files_of_a_collected_data_set_are_not_called_left_out(run, photos, model_file):
    (photos / "manifest.csv").write_text("path,label\n")
    (photos / "landmarks.parquet").touch()
    assert "left out" not in run("recognize", photos, "--model", model_file).err


def test_what_is_left_out_of_a_folder_is_said(run, photos, model_file, monkeypatch):
    monkeypatch.setattr(listing, "heic_is_readable", lambda: False)
    (photos / "IMG_1.HEIC").touch()
    (photos / "notes.txt").touch()
    ran = run("recognize", photos, "--model", model_file)
    assert ran.code == 1
    assert len(ran.out.splitlines()) == 6
    assert f"{photos}: left out: 1 other file (notes.txt)" in ran.err
    (line,) = ran.complaints
    assert "left out: 1 HEIC photo (IMG_1.HEIC); install the reader of HEIC photos" in line


def test_annotated_pictures_are_written_each_under_its_own_name(run, photos, model_file, tmp_path):
    folder = tmp_path / "new" / "annotated"
    ran = run("recognize", photos, "--model", model_file, "--annotate", folder)
    assert ran.code == 0
    assert "6 annotated pictures" in ran.err
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        f"render{k}{suffix}-annotated.jpg" for k in (0, 2) for suffix in ("", "-2", "-3")
    )
    before = hp.read_image(photos / "1" / "render0.jpg")
    after = hp.read_image(folder / "render0-annotated.jpg")
    assert after.shape[0] >= before.shape[0]


def truncated(path):
    noise = np.random.default_rng(0).integers(0, 255, (80, 80, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:3000])


def animated(path):
    frames = [Image.new("RGB", (40, 40), c) for c in ("red", "green", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])


BAD = {
    "truncated.jpg": (truncated, "damaged"),
    "text.jpg": (lambda p: p.write_text("text"), "not an image"),
    "empty.jpg": (lambda p: p.touch(), "empty file"),
    "dot.png": (lambda p: Image.new("RGB", (1, 1)).save(p), "1x1 pixels are too few"),
    "strip.png": (lambda p: Image.new("RGB", (30000, 10)).save(p), "30000x10 pixels are too few"),
    "moving.gif": (animated, "--video"),
    "absent.png": (lambda p: None, "no such file"),
    "folder": (lambda p: p.mkdir(), "a folder, with no image or video in it"),
    "text.mp4": (lambda p: p.write_text("text"), "no frame can be read"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_input_is_named_in_one_line_and_the_others_are_done(
    run, hand, blank, model_file, tmp_path, name
):
    make, reason = BAD[name]
    make(tmp_path / name)
    ran = run("recognize", blank, tmp_path / name, hand, "--model", model_file, "--json")
    assert ran.code == 1
    assert [json.loads(line)["source"] for line in ran.out.splitlines()] == [str(blank), str(hand)]
    (line,) = ran.complaints
    assert str(tmp_path / name) in line
    assert reason in line


def test_an_address_is_a_stream_whose_password_is_not_shown(run, model_file):
    ran = run("recognize", "http://me:secret@127.0.0.1:1/cam.mp4", "--model", model_file)
    assert (ran.code, ran.out) == (1, "")
    (line,) = ran.complaints
    assert "http://me:***@127.0.0.1:1/cam.mp4: cannot be opened" in line


def test_several_bad_inputs_are_each_named(run, tmp_path, model_file):
    paths = []
    for name in ("text.jpg", "empty.jpg"):
        BAD[name][0](tmp_path / name)
        paths.append(tmp_path / name)
    ran = run("recognize", *paths, "--model", model_file)
    assert ran.code == 1
    assert len(ran.complaints) == 2
    assert ran.out == ""


def test_an_animation_is_read_as_a_video_when_asked(run, hand, model_file, tmp_path):
    small = Image.open(hand).resize((240, 240))
    small.save(tmp_path / "moving.gif", save_all=True, append_images=[small.rotate(3)], duration=80)
    ran = run("recognize", tmp_path / "moving.gif", "--video", "--model", model_file, "--json")
    assert ran.code == 0
    frames = [json.loads(line) for line in ran.out.splitlines()]
    assert [(f["frame"], f["timestamp_ms"]) for f in frames] == [(0, 0), (1, 80)]


def test_two_videos_are_read_one_after_the_other(run, hand, model_file, tmp_path):
    frame = cv2.resize(cv2.imread(str(hand)), (320, 320))
    for name in ("a.avi", "b.avi"):
        writer = cv2.VideoWriter(
            str(tmp_path / name), cv2.VideoWriter_fourcc(*"MJPG"), 25, (320, 320)
        )
        for _ in range(3):
            writer.write(frame)
        writer.release()
    ran = run(
        "recognize", tmp_path / "a.avi", tmp_path / "b.avi", "--model", model_file, "--json",
        "--annotate", tmp_path / "out",
    )  # fmt: skip
    assert ran.code == 0
    documents = [json.loads(line) for line in ran.out.splitlines()]
    assert [d["frame"] for d in documents] == [0, 1, 2, 0, 1, 2]
    assert [d["timestamp_ms"] for d in documents] == [0, 40, 80, 0, 40, 80]
    assert {hand["gesture"] for d in documents for hand in d["hands"]} == {"5"}
    assert "2 annotated videos" in ran.err
    for name in ("a", "b"):
        frames = list(hp.read_frames(tmp_path / "out" / f"{name}-annotated.mp4"))
        assert len(frames) == 3
        assert frames[0].rgb.shape == (480, 480, 3)


def test_a_model_that_is_a_pickle_is_refused_and_does_not_run(run, hand, tmp_path):
    marker = tmp_path / "code-has-run"

    class Bomb:
        def __reduce__(self):
            return Path.touch, (marker,)

    (tmp_path / "evil.handpose").write_bytes(pickle.dumps(Bomb()))
    ran = run("recognize", hand, "--model", tmp_path / "evil.handpose")
    assert ran.code == 1
    (line,) = ran.complaints
    assert "evil.handpose" in line
    assert "pickle" in line
    assert not marker.exists()


@pytest.mark.mediapipe
def test_another_extractor_than_the_models_is_a_warning(run, hand, model_file, digits):
    other = next(name for name in hp.EXTRACTORS if name != digits.provenance["name"])
    ran = run("recognize", hand, "--model", model_file, "--extractor", other)
    assert ran.code == 0
    assert "5 (" in ran.out
    (line,) = ran.complaints
    assert line.startswith("handpose: warning: the model was trained on landmarks of")
