from itertools import pairwise
from time import perf_counter

import numpy as np
import pytest

from handpose.errors import ImageError
from handpose.images.frame import (
    Frame,
    check_same_size,
    checked_rate,
    swap_red_and_blue,
    timestamp_at,
)
from tests.images.pictures import numbered


def test_a_frame_without_more_was_received_now_and_dropped_nothing():
    before = perf_counter()
    frame = Frame(numbered(0), 3, 100)
    assert before <= frame.received <= perf_counter()
    assert (frame.index, frame.timestamp_ms, frame.dropped) == (3, 100, 0)


@pytest.mark.parametrize("fps", [0, -1, 1001, float("inf"), float("nan")])
def test_a_rate_that_makes_no_times_is_refused(fps):
    with pytest.raises(ImageError, match="fps must be above 0 and at most 1000, but got"):
        checked_rate(fps)


@pytest.mark.parametrize("fps", [0.5, 29.97, 30, 720, 999.9, 1000])
def test_times_grow_strictly_and_do_not_drift(fps):
    times = [timestamp_at(index, fps) for index in range(5000)]
    assert all(after > before for before, after in pairwise(times))
    assert abs(times[-1] - 4999 * 1000 / fps) <= 0.5


def test_a_picture_of_another_size_is_named_with_both_sizes():
    check_same_size(numbered(0), (32, 160, 3), "a")
    with pytest.raises(ImageError, match=r"picture 7: 160x40 pixels, but the first .* 160x32"):
        check_same_size(numbered(0, height=40), (32, 160, 3), "picture 7")


def test_red_and_blue_change_places_in_an_array_of_its_own():
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    swapped = swap_red_and_blue(picture[:, ::-1])
    np.testing.assert_array_equal(swapped, picture[:, ::-1, ::-1])
    assert swapped.flags.c_contiguous
    assert not np.shares_memory(swapped, picture)
