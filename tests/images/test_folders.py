import shutil

import numpy as np
import pytest

import handpose as hp
from handpose.images import folders, read_frames
from handpose.images.folders import natural_key


def test_pictures_come_in_natural_order_at_an_even_rate(picture, tmp_path):
    names = ["frame2.png", "frame10.PNG", "frame1.jpg", "Frame3.bmp"]
    for seed, name in enumerate(names):
        picture(f"clip/{name}", seed=seed)
    frames = list(read_frames(tmp_path / "clip", fps=8))
    in_order = ["frame1.jpg", "frame2.png", "Frame3.bmp", "frame10.PNG"]
    for frame, name in zip(frames, in_order, strict=True):
        np.testing.assert_array_equal(frame.rgb, hp.read_image(tmp_path / "clip" / name))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.timestamp_ms for frame in frames] == [0, 125, 250, 375]


def test_thirty_frames_per_second_unless_told_otherwise(picture, tmp_path):
    for number in range(4):
        picture(f"clip/{number}.png")
    assert [frame.timestamp_ms for frame in read_frames(str(tmp_path / "clip"))] == [0, 33, 67, 100]


def test_what_is_no_visible_picture_is_left_out(picture, tmp_path):
    picture("clip/1.png")
    picture("clip/.2.png")
    picture("clip/more/3.png")
    (tmp_path / "clip" / "notes.txt").write_text("light from the left")
    assert len(list(read_frames(tmp_path / "clip"))) == 1


def test_a_folder_without_a_picture_is_refused(tmp_path):
    with pytest.raises(hp.ImageError, match=r"no frame can be read from it; .*\.png"):
        next(read_frames(tmp_path))


def test_frames_that_need_the_extra_are_not_passed_over(picture, tmp_path, monkeypatch):
    picture("clip/1.png")
    (tmp_path / "clip" / "2.HEIC").touch()
    monkeypatch.setattr(folders, "heic_is_readable", lambda: False)
    with pytest.raises(hp.ImageError, match=r"clip: left out: 1 HEIC photo \(2\.HEIC\); install"):
        next(read_frames(tmp_path / "clip"))


def test_a_damaged_frame_is_named_after_those_before_it(picture, tmp_path):
    picture("clip/1.png")
    (tmp_path / "clip" / "2.png").write_bytes(b"not a picture")
    frames = read_frames(tmp_path / "clip")
    assert next(frames).index == 0
    with pytest.raises(hp.ImageError, match=r"2\.png: not an image"):
        next(frames)


def test_a_frame_of_another_size_is_named(picture, tmp_path):
    picture("clip/1.png", width=48, height=40)
    shutil.copy(picture("wide.png", width=50, height=40), tmp_path / "clip" / "2.png")
    frames = read_frames(tmp_path / "clip")
    next(frames)
    with pytest.raises(hp.ImageError, match=r"2\.png: 50x40 pixels, but the first .* 48x40; scale"):
        next(frames)


def test_names_sort_by_their_numbers():
    names = ["b1", "a10", "a9", "a09", "a", "10", "9", "A1b2", "a1b10"]
    in_order = ["9", "10", "a", "A1b2", "a1b10", "a09", "a9", "a10", "b1"]
    assert sorted(names, key=natural_key) == in_order
