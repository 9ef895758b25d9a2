from itertools import accumulate

import numpy as np
import pytest

import handpose as hp
from handpose.images import VideoRecorder, frame_rate, read_frames
from tests.images.pictures import CODECS, number_of, numbered, numbers_of


@pytest.fixture(params=sorted(CODECS))
def path(request, tmp_path):
    return tmp_path / f"a{request.param}"


def record(path, times, fps=30.0):
    with VideoRecorder(path, fps) as recorder:
        for number, time in enumerate(times):
            recorder.add(numbered(number), time)
    return list(read_frames(path))


def test_an_even_video_comes_back_frame_for_frame(path):
    frames = record(path, [round(i * 1000 / 25) for i in range(50)], fps=25)
    assert numbers_of(frames) == list(range(50))
    assert [frame.timestamp_ms for frame in frames] == [i * 40 for i in range(50)]
    assert frame_rate(path) == pytest.approx(25)
    assert [child.name for child in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("fps", [29.97, 23.976, 59.94])
def test_a_broken_rate_neither_repeats_nor_leaves_out_a_frame(tmp_path, fps):
    frames = record(tmp_path / "a.mp4", [round(i * 1000 / fps) for i in range(500)], fps)
    assert numbers_of(frames) == list(range(500))


def test_an_uneven_camera_is_shown_at_its_own_pace(tmp_path):
    rng = np.random.default_rng(0)
    times = [0, *accumulate(rng.integers(15, 120, 150).tolist())]
    frames = record(tmp_path / "a.mp4", times)
    assert len(frames) == round(times[-1] * 30 / 1000) + 1
    for frame in frames:
        shown = max(i for i, time in enumerate(times) if round(time * 30 / 1000) <= frame.index)
        assert number_of(frame.rgb) == shown


def test_a_fast_source_loses_frames_and_keeps_its_pace(tmp_path):
    frames = record(tmp_path / "a.mp4", range(0, 1000, 10), fps=20)
    assert [frame.timestamp_ms for frame in frames] == list(range(0, 1001, 50))
    assert np.diff(numbers_of(frames)).tolist()[:-1] == [5] * 19


def test_the_file_starts_at_the_first_timestamp(tmp_path):
    assert numbers_of(record(tmp_path / "a.mp4", [9000, 9100, 9200], fps=10)) == [0, 1, 2]


def test_a_single_picture_is_one_frame(path):
    assert numbers_of(record(path, [0])) == [0]


def test_what_is_added_may_be_drawn_over_afterwards(tmp_path):
    picture = numbered(5)
    with VideoRecorder(tmp_path / "a.mp4") as recorder:
        recorder.add(picture, 0)
        picture[:] = 0
    assert numbers_of(read_frames(tmp_path / "a.mp4")) == [5]


@pytest.mark.parametrize(("height", "width"), [(33, 160), (32, 161), (33, 161)])
def test_an_odd_side_loses_one_row_or_column(path, height, width):
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:, :160] = numbered(77)[0, :160]
    with VideoRecorder(path) as recorder:
        recorder.add(picture, 0)
    (frame,) = read_frames(path)
    assert frame.rgb.shape == (32, 160, 3)
    assert number_of(frame.rgb) == 77


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupted_recording_keeps_what_it_has(path, error):
    def interrupted():
        with VideoRecorder(path) as recorder:
            for number in range(10):
                recorder.add(numbered(number), number * 1000 // 30)
            raise error

    with pytest.raises(error):
        interrupted()
    assert numbers_of(read_frames(path)) == list(range(10))


def test_nothing_is_seen_under_the_name_before_the_end(path):
    path.write_bytes(b"an older one")
    recorder = VideoRecorder(path)
    recorder.add(numbered(0), 0)
    recorder.add(numbered(1), 40)
    assert path.read_bytes() == b"an older one"
    recorder.close()
    recorder.close()
    assert numbers_of(read_frames(path)) == [0, 1]


def test_without_a_picture_there_is_no_file(tmp_path):
    with VideoRecorder(tmp_path / "new" / "a.mp4"):
        pass
    assert list((tmp_path / "new").iterdir()) == []


def test_pictures_that_cannot_follow_are_refused_and_the_others_kept(tmp_path):
    with VideoRecorder(tmp_path / "a.mp4") as recorder:
        recorder.add(numbered(0), 100)
        with pytest.raises(hp.ImageError, match="160x34 pixels, but the first frame has 160x32"):
            recorder.add(numbered(1, height=34), 200)
        with pytest.raises(hp.ImageError, match="picture at 100 ms cannot follow one at 100 ms"):
            recorder.add(numbered(1), 100)
        with pytest.raises(hp.ImageError, match=r"must hold bytes, .* but got complex128"):
            recorder.add(numbered(1) * 1j, 200)
        recorder.add(numbered(2), 133)
    assert numbers_of(read_frames(tmp_path / "a.mp4")) == [0, 2]


def test_a_closed_recorder_takes_no_more(tmp_path):
    recorder = VideoRecorder(tmp_path / "a.mp4")
    recorder.close()
    with pytest.raises(hp.ImageError, match="the recorder is closed; make a new one"):
        recorder.add(numbered(0), 0)


def test_a_rate_that_makes_no_video_is_refused(tmp_path):
    with pytest.raises(hp.ImageError, match="fps must be above 0"):
        VideoRecorder(tmp_path / "a.mp4", fps=0)
