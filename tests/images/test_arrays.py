from itertools import count, islice

import numpy as np
import pytest

import handpose as hp
from handpose.images import Frame, read_frames
from tests.images.pictures import numbered, numbers_of


def test_arrays_come_as_they_are_at_an_even_rate():
    pictures = [numbered(i) for i in range(4)]
    frames = list(read_frames(pictures, fps=20))
    assert all(frame.rgb is picture for frame, picture in zip(frames, pictures, strict=True))
    assert [(f.index, f.timestamp_ms) for f in frames] == [(0, 0), (1, 50), (2, 100), (3, 150)]


def test_one_array_of_many_pictures_will_do():
    assert numbers_of(read_frames(np.stack([numbered(i) for i in (3, 1, 2)]))) == [3, 1, 2]


def test_an_endless_iterator_is_asked_for_no_more_than_is_taken():
    asked = []

    def pictures():
        for number in count():
            asked.append(number)
            yield numbered(number)

    assert numbers_of(islice(read_frames(pictures()), 5)) == asked == [0, 1, 2, 3, 4]


def test_timestamps_that_come_along_are_kept():
    pairs = [(numbered(0), 500), (numbered(1), 533.4), (numbered(2), np.int64(700))]
    assert [frame.timestamp_ms for frame in read_frames(iter(pairs))] == [500, 533, 700]


def test_frames_pass_through():
    frames = [Frame(numbered(i), i + 7, i * 10, dropped=i) for i in range(3)]
    assert all(a is b for a, b in zip(read_frames(frames), frames, strict=True))


def test_a_view_becomes_contiguous():
    mirrored = numbered(1)[:, ::-1]
    for item in (mirrored, (mirrored, 0), Frame(mirrored, 0, 0)):
        (frame,) = read_frames([item])
        assert frame.rgb.flags.c_contiguous
        np.testing.assert_array_equal(frame.rgb, mirrored)


GOOD = numbered(0)

BAD = {
    "flat": ([GOOD, GOOD[0, :, 0]], r"frame 1: an image must have shape .* \(160,\)"),
    "complex": ([GOOD * 1j], "frame 0: an image must hold bytes, .* but got complex128"),
    "path": (["a.png"], "frame 0: .* but got str; read_image"),
    "bytes": (b"abc", "frame 0: .* but got int"),
    "small": ([GOOD[:8]], "frame 0: 160x8 pixels are too few"),
    "size": ([GOOD, numbered(1, height=34)], "frame 1: 160x34 pixels, but the first .* 160x32"),
    "same time": ([(GOOD, 5), (GOOD, 5)], "frame 1: its timestamp is 5 ms, but .* before is 5 ms"),
    "earlier": ([Frame(GOOD, 0, 9), Frame(GOOD, 1, 3)], "frame 1: its timestamp is 3 ms.*grow"),
    "same ms": ([(GOOD, 5.1), (GOOD, 5.4)], "frame 1: .*grow by at least a millisecond"),
    "negative": ([(GOOD, -1)], "frame 0: its timestamp is -1 ms; timestamps start at 0 or later"),
    "text": ([(GOOD, "5")], "frame 0: a timestamp is a number of milliseconds, not '5'"),
    "nan": ([(GOOD, float("nan"))], "frame 0: a timestamp is a number of milliseconds, not nan"),
    "bool": ([(GOOD, True)], "frame 0: a timestamp is a number of milliseconds, not True"),
    "triple": ([(GOOD, 1, 2)], "frame 0: .* but got tuple"),
    "nothing": ([], "no frame can be read from an empty iterable"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_picture_is_one_line_that_names_the_frame(case):
    pictures, message = BAD[case]
    with pytest.raises(hp.ImageError, match=message) as caught:
        list(read_frames(pictures))
    assert "\n" not in str(caught.value)


def test_frames_before_a_bad_one_are_delivered():
    frames = read_frames([GOOD, "no picture"])
    assert next(frames).index == 0
    with pytest.raises(hp.ImageError, match="frame 1"):
        next(frames)


def test_an_error_of_the_iterator_is_left_as_it_is():
    def pictures():
        yield GOOD
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        list(read_frames(pictures()))
