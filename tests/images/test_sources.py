from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import handpose as hp
from handpose.images import IMAGE_SUFFIXES, VIDEO_SUFFIXES, frame_rate, read_frames
from tests.images.pictures import numbered, numbers_of, write_video


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "frames").mkdir()
    for number in range(3):
        Image.fromarray(numbered(number)).save(tmp_path / "frames" / f"{number}.png")
    return tmp_path / "frames"


@pytest.fixture
def animation(tmp_path):
    first, *more = (Image.fromarray(numbered(number)) for number in range(3))
    first.save(tmp_path / "a.gif", save_all=True, append_images=more, duration=50)
    return tmp_path / "a.gif"


@pytest.fixture
def video(tmp_path):
    return write_video(tmp_path / "a.mp4", map(numbered, range(3)), fps=25)


@pytest.mark.parametrize("kind", ["folder", "animation", "video"])
@pytest.mark.parametrize("as_path", [str, Path])
def test_every_kind_of_file_is_one_stream(kind, as_path, request):
    frames = list(read_frames(as_path(request.getfixturevalue(kind))))
    assert numbers_of(frames) == [frame.index for frame in frames] == [0, 1, 2]


def test_every_kind_of_iterable_is_one_stream():
    pictures = [numbered(number) for number in range(3)]
    for source in (pictures, tuple(pictures), iter(pictures), np.stack(pictures)):
        assert numbers_of(read_frames(source)) == [0, 1, 2]


@pytest.mark.parametrize("suffix", sorted(VIDEO_SUFFIXES - {".webm", ".avi"}))
def test_a_video_is_read_whatever_of_the_suffixes_it_has(video, suffix):
    assert numbers_of(read_frames(video.rename(video.with_suffix(suffix)))) == [0, 1, 2]


def test_suffixes_may_be_capitals(video, animation):
    assert len(list(read_frames(video.rename(video.with_suffix(".MP4"))))) == 3
    assert len(list(read_frames(animation.rename(animation.with_suffix(".GIF"))))) == 3


@pytest.mark.parametrize("source", [None, True, 1.5, object()])
def test_what_is_no_source_is_one_line_that_lists_what_is(source):
    with pytest.raises(
        hp.ImageError, match=r"number of a camera.* video.* folder.* arrays"
    ) as caught:
        next(read_frames(source))
    assert type(source).__name__ in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_single_picture_is_no_sequence():
    with pytest.raises(hp.ImageError, match=r"a single array is not a sequence .* give a list"):
        next(read_frames(numbered(0)))


@pytest.mark.parametrize("name", ["absent.mp4", "absent.gif", "absent"])
def test_an_absent_file_is_an_error_on_the_first_frame_and_no_earlier(tmp_path, name):
    frames = read_frames(tmp_path / name)
    with pytest.raises(hp.ImageError, match=f"{name}: no such file"):
        next(frames)


def test_a_rate_that_makes_no_times_is_refused(folder):
    with pytest.raises(hp.ImageError, match="fps must be above 0"):
        next(read_frames(folder, fps=0))


def test_images_and_videos_do_not_share_a_suffix():
    assert not IMAGE_SUFFIXES & VIDEO_SUFFIXES


def test_the_rate_is_that_of_the_file_or_30(folder, animation, video, picture):
    assert frame_rate(str(video)) == 25
    assert frame_rate(animation) == 20
    for unknown in (folder, picture("still.png"), 0, [numbered(0)], iter([])):
        assert frame_rate(unknown) == 30


@pytest.mark.parametrize("name", ["absent.mp4", "absent.gif"])
def test_an_absent_file_has_no_rate(tmp_path, name):
    with pytest.raises(hp.ImageError, match=f"{name}: no such file"):
        frame_rate(tmp_path / name)
