import os
import tracemalloc
from contextlib import suppress
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

import handpose as hp
from handpose.images import VIDEO_SUFFIXES, read_frames, videos
from handpose.images.videos import PresentationTimes, video_rate
from tests.images.mp4 import find, replaced, rotate_a_quarter, set_durations
from tests.images.pictures import CODECS, numbered, numbers_of, write_video

COLOURS = [(250, 20, 20), (20, 250, 20), (20, 20, 250), (240, 240, 20)]


@pytest.fixture(params=CODECS)
def suffix(request):
    return request.param


@pytest.fixture
def clip(tmp_path):
    """60 numbered frames, 40 ms apart."""
    return write_video(tmp_path / "a.mp4", map(numbered, range(60)), fps=25)


def test_frames_of_a_video_come_in_order_as_rgb_with_growing_times(tmp_path, suffix):
    pictures = [np.full((48, 64, 3), colour, np.uint8) for colour in COLOURS]
    frames = list(read_frames(str(write_video(tmp_path / f"a{suffix}", pictures, fps=10))))
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.timestamp_ms for frame in frames] == [0, 100, 200, 300]
    assert all(frame.rgb.flags.c_contiguous and frame.dropped == 0 for frame in frames)
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert np.abs(frame.rgb[24, 32].astype(int) - colour).max() < 40


def test_each_of_300_frames_comes_once_in_order_at_its_time(tmp_path, suffix):
    path = write_video(tmp_path / f"a{suffix}", map(numbered, range(300)))
    frames = list(read_frames(path))
    assert numbers_of(frames) == [frame.index for frame in frames] == list(range(300))
    assert [frame.timestamp_ms for frame in frames] == [round(i * 1000 / 30) for i in range(300)]


def test_each_of_300_frames_of_a_phone_has_its_own_time(tmp_path):
    durations = [40] * 100 + [100] * 50 + [17, 33, 250] * 50
    path = write_video(tmp_path / "a.mp4", map(numbered, range(300)), fps=25)
    frames = list(read_frames(set_durations(path, durations)))
    assert numbers_of(frames) == list(range(300))
    expected = [0, *accumulate(durations)][:300]
    assert np.abs([f.timestamp_ms - e for f, e in zip(frames, expected, strict=True)]).max() <= 1


def test_a_video_taken_with_the_camera_turned_comes_upright(tmp_path):
    left_bright = np.full((48, 64, 3), 20, np.uint8)
    left_bright[:, :32] = 230
    path = rotate_a_quarter(write_video(tmp_path / "a.mp4", [left_bright] * 3))
    frame = next(read_frames(path))
    assert frame.rgb.shape == (64, 48, 3)
    assert frame.rgb[10].min() > 200
    assert frame.rgb[-10].max() < 60


def test_a_video_that_is_cut_off_gives_the_frames_it_has(tmp_path):
    path = write_video(tmp_path / "a.avi", map(numbered, range(60)))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    frames = list(read_frames(path))
    assert 10 < len(frames) < 50
    assert numbers_of(frames) == list(range(len(frames)))


def test_a_damaged_frame_does_not_hide_those_after_it(clip):
    data = clip.read_bytes()
    sizes = np.frombuffer(
        find(data, (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz"))[12:], ">u4"
    )
    pictures = bytearray(find(data, (b"mdat",)))
    start = int(sizes[:30].sum())
    pictures[start : start + sizes[30]] = b"\xff" * int(sizes[30])
    clip.write_bytes(replaced(data, (b"mdat",), bytes(pictures)))
    frames = list(read_frames(clip))
    assert len(frames) >= 59
    assert [frame.index for frame in frames] == list(range(len(frames)))
    assert frames[-1].timestamp_ms == 59 * 40


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.mp4", None, "absent.mp4: no such file"),
        ("0", None, "0: no such file; a camera is given by its number"),
        ("text.mp4", b"not a video", "text.mp4: no frame can be read from it; it is damaged or no"),
        ("empty.mov", b"", "empty.mov: no frame can be read"),
        ("noise.mkv", bytes(range(256)) * 40, "noise.mkv: no frame can be read"),
    ],
)
def test_a_bad_video_is_an_image_error_that_names_it(tmp_path, name, content, message, capfd):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(hp.ImageError, match=message) as caught:
        next(read_frames(tmp_path / name))
    assert "\n" not in str(caught.value)
    capfd.readouterr()  # FFmpeg may complain where a test has written a video before


@pytest.mark.parametrize("suffix", [".wmv", ".ts", ".3gp", ".mpg"])
def test_containers_of_old_phones_and_cameras_are_read(tmp_path, suffix):
    path = write_video(tmp_path / f"a{suffix}", (np.full((144, 176, 3), 90, np.uint8),) * 8, 25)
    assert suffix in VIDEO_SUFFIXES
    assert len(list(read_frames(path))) == 8


@pytest.mark.parametrize(
    ("codec", "message"),
    [
        (
            "AV01",
            "AV1 video, which this OpenCV cannot decode; convert it to H.264: ffmpeg -i a.mp4",
        ),
        ("hvc1", "HEVC video, which this OpenCV cannot decode; convert"),
        ("xyz9", "it is damaged, or this OpenCV cannot decode xyz9; then convert"),
        ("", "it is damaged or not a video"),
    ],
)
def test_a_codec_that_is_not_decoded_is_named_with_the_remedy(clip, monkeypatch, codec, message):
    monkeypatch.setattr(videos, "_decoded", lambda capture: iter(()))
    monkeypatch.setattr(videos, "_codec", lambda capture: codec)
    with pytest.raises(hp.ImageError, match=message):
        list(read_frames(clip))


@pytest.mark.photos
def test_a_real_av1_video_is_read_or_named(data_root, capfd):
    path = data_root.parent / "cases" / "av1.mp4"
    if not path.is_file():
        pytest.skip("the failing inputs are not here")
    with suppress(hp.ImageError):
        assert len(list(read_frames(path))) == 15
        return
    with pytest.raises(hp.ImageError, match="AV1 video"):
        list(read_frames(path))
    capfd.readouterr()


def test_a_video_of_too_many_pixels_is_refused_before_it_is_decoded(clip, monkeypatch):
    monkeypatch.setattr(videos, "MAX_PIXELS", 160 * 32 - 1)
    monkeypatch.setattr(videos, "_decoded", lambda capture: pytest.fail("it was decoded"))
    with pytest.raises(hp.ImageError, match="frames of 160x32 pixels, more than"):
        list(read_frames(clip))


def test_a_file_whose_name_looks_like_an_address_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_video(tmp_path / "a.mp4", map(numbered, range(3))).rename("take:1.mp4")
    assert len(list(read_frames("take:1.mp4"))) == 3


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="Linux tells which files are open")
def test_a_video_that_is_left_early_is_closed(clip):
    def is_open():
        names = [os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.exists()]
        return str(clip) in names

    frames = read_frames(clip)
    next(frames)
    assert is_open()
    frames.close()
    assert not is_open()
    for _ in read_frames(clip):
        break
    assert not is_open()


def test_reading_holds_one_frame_at_a_time(tmp_path):
    path = write_video(tmp_path / "a.mp4", [np.zeros((240, 320, 3), np.uint8)] * 100)
    next(read_frames(path))  # what is imported on the way does not count
    tracemalloc.start()
    try:
        for frame in read_frames(path):
            size = frame.rgb.nbytes
        assert tracemalloc.get_traced_memory()[1] < 6 * size
    finally:
        tracemalloc.stop()


def times_of(milliseconds, fps=25):
    times = PresentationTimes(fps)
    return [times.next(value) for value in milliseconds]


def test_times_count_from_the_first_frame():
    assert times_of([5000.0, 5040.4, 5100.6]) == [0, 40, 101]


def test_frames_without_a_time_follow_at_the_rate_of_the_file():
    assert times_of([80, 120, 160, 0, 0]) == [0, 40, 80, 120, 160]
    assert times_of([0, 0, 0, 0], fps=30) == [0, 33, 67, 100]


def test_times_grow_strictly_also_above_a_thousand_frames_per_second():
    assert times_of([0, 0.3, 0.6, 0.9, 5]) == [0, 1, 2, 3, 5]


@pytest.mark.parametrize("fps", [10, 25, 29.97, 60])
def test_the_rate_of_a_video_is_what_it_says(tmp_path, fps):
    path = write_video(tmp_path / "a.mp4", [numbered(0)] * 5, fps)
    assert video_rate(path) == pytest.approx(fps, rel=1e-3)


def test_a_rate_that_no_camera_has_is_not_believed(tmp_path):
    assert video_rate(write_video(tmp_path / "a.mp4", [numbered(0)] * 5, 1000)) is None
