"""Steady labels at every rate: made sequences of gestures, sampled by clocks of all kinds."""

import numpy as np
import pytest

from handpose.temporal import Debouncer

HOLD = 100
RATES = [0.5, 1, 2, 5, 10, 15, 24, 30, 60, 120, 240]


def told(times, labels, hold_ms=HOLD, **settings):
    """Events of a hand that surely shows these labels (None: nothing), in the order told."""
    debouncer = Debouncer(hold_ms=hold_ms, **settings)
    events = []
    for t, label in zip(times, labels, strict=True):
        events += debouncer.update({label: 0.95} if label else {"x": 0.5, "y": 0.5}, int(t))
    return events + debouncer.end()


def spans(events):
    return [(e.gesture, e.started_ms, e.ended_ms) for e in events if e.has_ended]


def check_order(events):
    """Each gesture begins, then ends, then the next one begins."""
    assert [e.has_ended for e in events] == [False, True] * (len(events) // 2)
    begun = [(e.gesture, e.started_ms) for e in events[::2]]
    assert begun == [(e.gesture, e.started_ms) for e in events[1::2]]


def test_two_single_frames_far_apart_begin_nothing():
    assert told([0, 450], ["fist", "fist"]) == []
    ordinary = [33 * k for k in range(12)]
    assert told([*ordinary, 400, 850], [None] * 12 + ["fist", "fist"]) == []


def test_a_stall_is_not_held():
    times = [33 * k for k in range(10)]
    labels = [None] * 8 + ["fist"] * 2
    assert told([*times, times[-1] + 5000], [*labels, "fist"]) == []
    after = [times[-1] + 5000 + 33 * k for k in range(4)]
    assert spans(told([*times, *after], labels + ["fist"] * 4)) == [("fist", after[0], after[-1])]


def test_one_frame_after_a_stall_ends_nothing():
    times = [33 * k for k in range(10)] + [33 * 9 + 450]
    debouncer = Debouncer(hold_ms=HOLD)
    for t in times[:-1]:
        debouncer.update({"fist": 0.95}, t)
    assert debouncer.update({"palm": 0.95}, times[-1]) == []
    assert debouncer.update({"fist": 0.95}, times[-1] + 33) == []
    assert debouncer.gesture == "fist"


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_frames_in_which_the_hand_is_not_seen_only_delay(missing):
    times = [33 * k for k in range(10 + missing) if k not in range(8, 8 + missing)]
    labels = [None] * 6 + ["fist"] * 4
    assert told(times[:9], labels[:9])[:1] == []
    assert spans(told(times[:10], labels)) == [("fist", 33 * 6, times[9])]


@pytest.mark.parametrize("fps", [0.5, 1, 2])
def test_at_two_frames_a_second_and_below_one_sure_frame_is_enough(fps):
    times = np.round(np.arange(10) * 1000 / fps)
    labels = [None, None, None, "a", "b", None, "c", "c", None, None]
    events = told(times, labels)
    check_order(events)
    assert spans(events) == [
        ("a", times[3], times[3]),
        ("b", times[4], times[4]),
        ("c", times[6], times[7]),
    ]


@pytest.mark.parametrize("fps", [0.5, 1])
def test_the_first_frames_of_a_slow_video_are_not_lost(fps):
    times = np.round(np.arange(4) * 1000 / fps)
    assert spans(told(times, ["a", "a", "b", "b"])) == [
        ("a", 0, times[1]),
        ("b", times[2], times[3]),
    ]


@pytest.mark.parametrize("step", [33, 100 / 3, 34])
@pytest.mark.parametrize("frames", [4, 5, 6])
def test_quick_changes_are_all_told(frames, step):
    labels = [label for label in "abcde" for _ in range(frames)]
    times = [round(step * k) for k in range(len(labels))]
    events = told(times, labels)
    check_order(events)
    assert spans(events) == [
        (label, times[k * frames], times[(k + 1) * frames - 1]) for k, label in enumerate("abcde")
    ]


@pytest.mark.parametrize("step", [33, 100 / 3, 34])
def test_what_flashes_past_is_not_told(step):
    labels = [label for label in "abcde" * 3 for _ in range(3)]
    assert told([round(step * k) for k in range(len(labels))], labels) == []


def needed(fps, hold_ms):
    """Frames that a gesture needs: the hold time, to a quarter of a frame, and one more."""
    return int(np.ceil(hold_ms * fps / 1000 - 0.25)) + 1


def is_between(fps, hold_ms):
    """Whether the hold time is so near to a quarter of a frame that whole milliseconds decide."""
    return abs(hold_ms * fps / 1000 % 1 - 0.25) < 0.1


EVEN = [(f, h) for f in RATES for h in (0, 50, 100, 230, 500) if not is_between(f, h)]


@pytest.mark.parametrize(("fps", "hold_ms"), EVEN)
def test_on_an_even_clock_every_gesture_is_told_by_the_rule(fps, hold_ms):
    """Random gestures and pauses of every length: told are those that last, each exactly once."""
    rng = np.random.default_rng(0)
    least = needed(fps, hold_ms)
    for _ in range(15):
        labels, expected = [None] * 3, []
        for index in range(14):
            length = int(rng.integers(1, 2 * least + 3))
            label = "abcdefg"[index % 7]
            if length >= least:
                expected.append((label, len(labels), len(labels) + length - 1))
            labels += [label] * length + [None] * int(rng.choice([0, 0, rng.integers(0, 9)]))
        times = (np.arange(len(labels)) * 1000 / fps).astype(int)
        events = told(times, labels, hold_ms)
        check_order(events)
        assert spans(events) == [(g, times[i], times[j]) for g, i, j in expected]


def uneven(fps, jitter, rng, frames):
    """Whole milliseconds of an uneven clock."""
    steps = 1000 / fps * (1 + jitter * rng.uniform(-1, 1, frames))
    return np.cumsum(np.maximum(1, np.round(steps))).astype(int)


def played(times, start, rng, period):
    """Labels of random gestures, one after the other, and what was shown for how long."""
    labels, shown = np.full(len(times), None, object), []
    for index in range(10_000):
        length = rng.uniform(0.1, 3) * (HOLD + 2 * period)
        frames = np.flatnonzero((times >= start) & (times < start + length))
        start += length
        if start >= times[-1]:
            return labels, shown
        if len(frames):
            labels[frames] = "abcdefg"[index % 7]
            shown.append((labels[frames[0]], times[frames[0]], times[frames[-1]], length))
        start += rng.choice([0, period, 5 * period])
    raise AssertionError("the clock does not end")


@pytest.mark.parametrize("jitter", [0.1, 0.5])
@pytest.mark.parametrize("fps", RATES)
def test_on_an_uneven_clock_what_is_long_is_told_and_what_is_short_is_not(fps, jitter):
    rng = np.random.default_rng(1)
    period = 1000 / fps * (1 + jitter)
    for _ in range(20):
        times = uneven(fps, jitter, rng, 300)
        labels, shown = played(times, times[4], rng, period)
        events = told(times, labels)
        check_order(events)
        found = spans(events)
        allowed = [row[:3] for row in shown]
        assert found == [row for row in allowed if row in found]
        for *row, length in shown:
            assert length < HOLD + 2 * period or tuple(row) in found
            assert length > HOLD - period or tuple(row) not in found


@pytest.fixture(params=[15, 30, 60, 240])
def stalling(request):
    """Clocks with stalls, at most two among nine intervals: ``(frames a gesture needs, times)``."""
    rng, least = np.random.default_rng(2), needed(request.param, HOLD)
    steps = np.full((20, 12 * (least + 9)), 1000 / request.param)
    for row in steps:
        row[40 :: rng.integers(5, 30)] += rng.uniform(200, 3000)
    return least, np.cumsum(steps, axis=1).astype(int)


def test_a_few_frames_and_a_stall_are_no_gesture(stalling):
    least, clocks = stalling
    labels = ([None] * 9 + ["a"] * (least - 1)) * 12
    for times in clocks:
        assert told(times[: len(labels)], labels) == []


def test_a_stall_and_a_few_other_frames_end_no_gesture(stalling):
    least, clocks = stalling
    labels = ["a"] * 40 + (["b"] * max(1, least - 3) + ["a"] * 3) * 12
    for times in clocks:
        events = told(times[: len(labels)], labels[: len(times)])
        assert [(e.gesture, e.started_ms) for e in events] == [("a", times[0])] * 2


def test_bursts_hold_as_long_as_their_pauses():
    times = np.cumsum([0, *[5, 5, 190] * 8])
    labels = [None] * 10 + ["a"] * 3 + ["b"] * 6 + [None] * 6
    assert [e.gesture for e in told(times, labels) if e.has_ended] == ["a", "b"]
