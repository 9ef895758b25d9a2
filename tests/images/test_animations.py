import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.images import read_frames
from handpose.images.animations import animation_rate
from tests.images.test_videos import COLOURS

LOSSLESS = {"webp": {"lossless": True}}


def animated(path, durations, size=(40, 30), colours=COLOURS):
    frames = [Image.new("RGB", size, colour) for colour in colours]
    more = LOSSLESS.get(path.suffix[1:], {})
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, **more)
    return path


@pytest.fixture(params=["gif", "webp", "png"])
def animation(request, tmp_path):
    return animated(tmp_path / f"a.{request.param}", [100, 50, 0, 70])


def test_frames_of_an_animation_come_in_order_as_rgb(animation):
    frames = list(read_frames(animation))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [tuple(int(v) for v in frame.rgb[5, 5]) for frame in frames] == COLOURS
    assert all(frame.rgb.shape == (30, 40, 3) for frame in frames)


def test_times_of_an_animation_are_sums_of_durations(animation):
    times = [frame.timestamp_ms for frame in read_frames(animation)]
    assert times == [0, 100, 150, 250]  # a frame without duration stands for 100 ms


def test_fractions_of_a_millisecond_add_up(tmp_path):
    path = animated(tmp_path / "a.png", 1000 / 30, colours=[(i, i, i) for i in range(0, 240, 8)])
    assert [frame.timestamp_ms for frame in read_frames(path)] == [
        round(i * 1000 / 30) for i in range(30)
    ]


def test_the_picture_for_viewers_that_know_no_animation_is_no_frame(tmp_path):
    fallback, *frames = (Image.new("RGB", (40, 30), colour) for colour in COLOURS)
    fallback.save(
        tmp_path / "a.png", save_all=True, append_images=frames, default_image=True, duration=50
    )
    seen = list(read_frames(tmp_path / "a.png"))
    assert [frame.rgb[0, 0].tolist() for frame in seen] == [list(c) for c in COLOURS[1:]]
    assert [(frame.index, frame.timestamp_ms) for frame in seen] == [(0, 0), (1, 50), (2, 100)]


def test_a_still_image_is_one_frame(picture):
    path = picture("a.png")
    (frame,) = read_frames(path)
    np.testing.assert_array_equal(frame.rgb, hp.read_image(path))
    assert (frame.index, frame.timestamp_ms) == (0, 0)


def test_a_photo_with_a_second_picture_inside_is_one_frame(tmp_path):
    first, second = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (20, 20), "blue")
    first.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[second])
    assert len(list(read_frames(tmp_path / "a.jpg"))) == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.gif", None, "absent.gif: no such file"),
        ("text.gif", b"not a video", "text.gif: damaged animation; not an image; expected one of"),
        ("short.gif", b"GIF89a\x20\x00\x20\x00\x80\x00\x00", "short.gif: damaged animation"),
    ],
)
def test_a_bad_animation_is_an_image_error_that_names_it(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(hp.ImageError, match=message) as caught:
        next(read_frames(tmp_path / name))
    assert "\n" not in str(caught.value)


def test_an_animation_of_too_few_pixels_is_refused(tmp_path):
    path = animated(tmp_path / "a.gif", 50, size=(10, 30))
    with pytest.raises(hp.ImageError, match=r"a\.gif: 10x30 pixels are too few"):
        next(read_frames(path))


def test_the_rate_is_that_of_most_frames(tmp_path):
    assert animation_rate(animated(tmp_path / "a.gif", [40, 40, 1000, 40])) == 25
    assert animation_rate(animated(tmp_path / "b.gif", 40, colours=COLOURS[:1])) is None
