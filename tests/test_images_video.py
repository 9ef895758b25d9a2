"""`read_frames`: animated images and video files."""

import cv2
import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.images import read_frames

COLOURS = [(250, 20, 20), (20, 250, 20), (20, 20, 250), (240, 240, 20)]


@pytest.fixture(params=["gif", "webp", "png"])
def animation(request, tmp_path):
    frames = [Image.new("RGB", (40, 30), colour) for colour in COLOURS]
    path = tmp_path / f"a.{request.param}"
    more = {"lossless": True} if request.param == "webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[100, 50, 0, 70], **more)
    return path


@pytest.fixture(params=[("avi", "MJPG"), ("mp4", "mp4v")], ids=lambda p: p[0])
def video(request, tmp_path):
    suffix, codec = request.param
    path = tmp_path / f"a.{suffix}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 10, (64, 48))
    if not writer.isOpened():
        pytest.skip(f"this OpenCV cannot write {codec}")
    for colour in COLOURS:
        writer.write(np.full((48, 64, 3), colour[::-1], np.uint8))
    writer.release()
    return path


def test_frames_of_an_animation_come_in_order_as_rgb(animation):
    frames = list(read_frames(animation))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [tuple(int(v) for v in frame.rgb[5, 5]) for frame in frames] == COLOURS
    assert all(frame.rgb.shape == (30, 40, 3) for frame in frames)


def test_timestamps_of_an_animation_grow_also_over_a_frame_without_duration(animation):
    times = [frame.timestamp_ms for frame in read_frames(animation)]
    assert times[:3] == [0, 100, 150]
    assert times[3] > 150


def test_frames_of_a_video_come_in_order_as_rgb_with_growing_times(video):
    frames = list(read_frames(str(video)))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert np.abs(frame.rgb[24, 32].astype(int) - colour).max() < 40
    times = [frame.timestamp_ms for frame in frames]
    assert times[0] == 0
    np.testing.assert_allclose(np.diff(times), 100, atol=2)


def test_a_still_image_is_one_frame(picture):
    path = picture("a.png")
    (frame,) = read_frames(path)
    np.testing.assert_array_equal(frame.rgb, hp.read_image(path))
    assert (frame.index, frame.timestamp_ms) == (0, 0)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.mp4", None, "absent.mp4: no such file"),
        ("absent.gif", None, "absent.gif: no such file"),
        ("text.mp4", b"not a video", "text.mp4: no frame can be read"),
        ("text.gif", b"not a video", "text.gif: damaged animation"),
        ("short.gif", b"GIF89a\x20\x00\x20\x00\x80\x00\x00", "short.gif: damaged animation"),
    ],
)
def test_a_bad_video_is_an_image_error_that_names_it(tmp_path, name, content, message, capfd):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(hp.ImageError, match=message):
        next(read_frames(tmp_path / name))
    capfd.readouterr()  # OpenCV complains on standard error
