import threading
from time import perf_counter

import numpy as np
import pytest

import handpose as hp
from handpose.images import read_frames
from handpose.images.camera import Camera
from tests.images.fake_camera import FAILURE, FakeCamera
from tests.images.pictures import number_of, numbers_of

READER = "handpose-camera"


@pytest.fixture
def make_camera():
    """Make fake cameras. A test that leaves one in use unplugs it: its reader would wait on."""
    made = []

    def make(*given, **more):
        made.append(FakeCamera(*given, **more))
        return made[-1]

    yield make
    for fake in made:
        fake.unplug()
    for thread in readers():
        thread.join(5)


def readers():
    return [thread for thread in threading.enumerate() if thread.name == READER]


def frames_of(fake, patience=5.0, warm_up=5.0):
    return iter(Camera(1, open_capture=fake, patience=patience, warm_up=warm_up))


def unplugged(fake):
    fake.unplug()
    return fake


def test_each_frame_that_is_taken_in_time_comes_once_as_rgb(make_camera):
    fake = make_camera(0)
    frames = frames_of(fake)
    seen = [next(frames)]
    for number in (1, 2, 3):
        fake.give(number)
        seen.append(next(frames))
    assert fake.opened == [1]
    assert numbers_of(seen) == [frame.index for frame in seen] == [0, 1, 2, 3]
    assert [frame.dropped for frame in seen] == [0, 0, 0, 0]
    fake.unplug()


def test_red_is_red(make_camera):
    fake = make_camera()
    fake.read = lambda: (True, np.full((32, 32, 3), (0, 0, 255), np.uint8))
    assert next(frames_of(fake)).rgb[0, 0].tolist() == [255, 0, 0]


def test_who_is_slow_gets_the_newest_frame_and_learns_how_many_were_skipped(make_camera):
    fake = make_camera(0)
    frames = frames_of(fake)
    next(frames)
    fake.give_all(1, 2, 3, 4, 5)
    late = next(frames)
    fake.give(6)
    after = next(frames)
    assert (number_of(late.rgb), late.index, late.dropped) == (5, 1, 4)
    assert (number_of(after.rgb), after.index, after.dropped) == (6, 2, 0)
    fake.unplug()


def test_of_a_camera_that_is_far_too_fast_every_frame_is_delivered_or_counted(make_camera):
    frames = list(frames_of(unplugged(make_camera(*range(1000))), patience=0.3))
    numbers = numbers_of(frames)
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 999
    assert len(frames) + sum(frame.dropped for frame in frames) == 1000


def test_times_start_at_0_and_grow_strictly(make_camera):
    frames = list(frames_of(unplugged(make_camera(*range(200))), patience=0.3))
    times = [frame.timestamp_ms for frame in frames]
    assert times[0] == 0
    assert np.diff(times).min(initial=1) >= 1


def test_times_are_those_of_the_capture_not_of_the_taking(make_camera):
    fake = make_camera(0)
    frames = frames_of(fake)
    first = next(frames)
    threading.Event().wait(0.02)
    fake.give_all(1)
    captured = perf_counter()
    threading.Event().wait(0.02)
    second = next(frames)
    assert first.received + 0.02 <= second.received <= captured
    assert second.timestamp_ms == round((second.received - first.received) * 1000)
    fake.unplug()


def test_the_stream_ends_when_the_camera_is_unplugged(make_camera):
    fake = make_camera(0, 1)
    frames = frames_of(fake, patience=0.3)
    seen = [next(frames)]
    fake.unplug()
    seen.extend(frames)
    assert numbers_of(seen)[-1] == 1
    assert fake.released == 1
    assert not readers()


def test_reads_that_fail_now_and_then_are_tried_again(make_camera):
    fake = make_camera(FAILURE, FAILURE, 0)
    frames = frames_of(fake)
    assert number_of(next(frames).rgb) == 0
    fake.give(FAILURE, 1)
    frame = next(frames)
    assert (number_of(frame.rgb), frame.dropped) == (1, 0)
    fake.unplug()


def test_a_camera_that_hangs_ends_the_stream(make_camera):
    fake = make_camera(0)
    assert numbers_of(frames_of(fake, patience=0.3)) == [0]
    assert fake.released == 0  # not while the driver is at it
    (reader,) = readers()
    fake.unplug()
    reader.join(5)
    assert fake.released == 1


@pytest.mark.parametrize("way", ["close", "forget", "exhaust"])
def test_the_camera_is_given_back(make_camera, way):
    fake = make_camera(0, 1, 2)
    frames = read_frames(Camera(0, open_capture=fake, patience=0.3))
    next(frames)
    fake.unplug()
    if way == "close":
        frames.close()
    elif way == "exhaust":
        list(frames)
    del frames
    assert fake.released == 1
    assert not readers()


def test_a_camera_can_be_opened_again(make_camera):
    fake = make_camera(0, 1)
    camera = Camera(2, open_capture=fake)
    for _ in range(2):
        frames = iter(camera)
        assert next(frames).index == 0
        fake.unplug()
        frames.close()
        fake.plug_in()
        fake.give(7)
    assert fake.opened == [2, 2]


def failing(fake, message):
    with pytest.raises(hp.ImageError, match=message) as caught:
        list(frames_of(fake, patience=0.3, warm_up=0.2))
    assert "\n" not in str(caught.value)
    assert not readers()
    return str(caught.value)


def test_a_camera_that_cannot_be_opened_is_an_error_with_a_remedy(make_camera):
    fake = make_camera(opens=False)
    message = failing(fake, "camera 1: cannot be opened; it is absent, in use .* or not permitted")
    assert "choose another" in message
    assert fake.released == 1


def test_a_camera_that_opens_but_gives_no_picture_is_an_error(make_camera):
    failing(unplugged(make_camera()), "camera 1: it opens but gives no picture; close other")


def test_what_the_driver_raises_is_an_error_after_the_frames_before_it(make_camera):
    fake = make_camera(0)
    frames = frames_of(fake)
    next(frames)
    fake.give(RuntimeError("bus\nerror"))
    with pytest.raises(hp.ImageError, match="camera 1: bus error"):
        next(frames)
    assert not readers()


def test_a_real_camera_that_is_absent_says_so_on_one_line_and_nothing_else(capfd):
    with pytest.raises(hp.ImageError, match=r"camera 97: cannot be opened; .*absent"):
        next(read_frames(97))
    assert capfd.readouterr() == ("", "")


def test_cameras_are_numbered_from_0():
    with pytest.raises(hp.ImageError, match="camera -1: cameras are numbered from 0"):
        next(read_frames(-1))


def test_nothing_is_opened_before_the_first_frame_is_asked_for(make_camera):
    fake = make_camera(0)
    frames_of(fake)
    assert fake.opened == []
