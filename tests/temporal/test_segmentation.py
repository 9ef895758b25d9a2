"""The segmenter: each motion told once, with its begin and end."""

import pytest

from handpose.errors import LandmarksError
from handpose.temporal import Look, Segmenter

STEP = 33


def look(start, **scores):
    rest = 1 - sum(scores.values())
    return Look(start, {"no_gesture": rest, "wave": 0.0, "nod": 0.0} | scores)


def run(segmenter, frames):
    """Events of a stream: a list of looks a frame."""
    return [
        (frame * STEP, event)
        for frame, looks in enumerate(frames)
        for event in segmenter.update(looks, frame * STEP)
    ]


def sign(begin, label, best=0.95):
    """12 frames of windows that begin with a sign and show ever more of it, at last all."""
    rising = [best * min(1, (i + 1) / 7) for i in range(12)]
    return [[look(begin * STEP, **{label: score})] for score in rising]


def resting(n, at):
    return [[look(at * STEP)] for _ in range(n)]


def make(**settings):
    return Segmenter(3, rejecting=["no_gesture"], smooth_ms=70, **settings)


def test_a_motion_is_told_once_when_no_window_is_surer():
    frames = resting(20, 0) + sign(20, "wave") + resting(30, 35)
    told = run(make(), frames)
    assert [(e.gesture, e.has_ended, e.track_id, e.kind) for _, e in told] == [
        ("wave", False, 3, "motion"),
        ("wave", True, 3, "motion"),
    ]
    (now, begun), (_, ended) = told
    assert begun.started_ms == 20 * STEP
    assert 26 * STEP <= now <= 34 * STEP
    assert 26 * STEP <= ended.ended_ms <= 31 * STEP
    assert 0.7 <= begun.score <= 0.95


def test_what_a_part_looks_like_is_not_told():
    """The first half of a nod looks like a wave; the whole is surely a nod."""
    part = [[look(20 * STEP, wave=0.9)]] * 4
    whole = [[look(20 * STEP, nod=0.92 + 0.015 * i)] for i in range(5)]
    told = run(make(), resting(20, 0) + part + whole + resting(30, 30))
    assert {e.gesture for _, e in told} == {"nod"}
    assert len(told) == 2


def test_windows_that_lie_in_a_motion_tell_no_other():
    frames = resting(20, 0) + sign(20, "wave") + resting(5, 20)
    tail = [[look(24 * STEP, nod=0.95)]] * 5  # begins within the wave
    told = run(make(), frames + tail + resting(30, 40))
    assert {e.gesture for _, e in told} == {"wave"}


def test_the_same_motion_again_is_another_event():
    frames = resting(9, 0) + sign(9, "wave") + resting(20, 20) + sign(40, "wave")
    told = run(make(), frames + resting(30, 60))
    assert [e.gesture for _, e in told if e.has_ended] == ["wave", "wave"]


def test_a_motion_that_goes_on_is_one_event():
    frames = [[look(max(0, f - 15) * STEP, wave=0.95)] for f in range(90)]
    told = run(make(), frames + resting(30, 90))
    assert [e.has_ended for _, e in told] == [False, True]
    assert told[-1][1].ended_ms >= 80 * STEP


def test_a_motion_lasts_as_long_as_the_windows_that_show_it_together():
    """Of windows about as sure, the longest begins first and the newest ends last."""
    longer = [[look(begin * STEP, wave=0.9)] for begin in (20, 20, 20, 19, 18, 17)]
    told = run(make(), resting(20, 0) + longer + resting(30, 40))
    assert [e.started_ms for _, e in told] == [17 * STEP] * 2
    assert told[-1][1].ended_ms >= 25 * STEP


def test_one_sure_window_among_others_is_averaged_away():
    frames = [*resting(9, 0), [look(9 * STEP, wave=0.99)]] * 6
    assert run(Segmenter(3, hold_ms=0, rejecting=["no_gesture"]), frames) == []


def test_too_short_or_too_unsure_is_nothing():
    short = [*resting(20, 0), [look(10 * STEP, wave=0.95)], *resting(20, 20)]
    assert run(make(hold_ms=100), short) == []
    unsure = resting(9, 0) + sign(9, "wave", best=0.79) + resting(20, 20)
    assert run(make(), unsure) == []


def test_what_is_under_way_at_the_end_is_told_and_ended():
    segmenter = make()
    assert run(segmenter, resting(9, 0) + sign(9, "wave")) == []
    begun, ended = segmenter.end()
    assert (begun.gesture, begun.has_ended, ended.has_ended) == ("wave", False, True)
    assert segmenter.end() == []


def test_without_looks_a_motion_ends():
    segmenter = make()
    told = run(segmenter, resting(9, 0) + sign(9, "wave") + [[]] * 30)
    assert [e.has_ended for _, e in told] == [False, True]


def test_time_must_grow_and_settings_make_sense():
    segmenter = make()
    segmenter.update([], 10)
    with pytest.raises(LandmarksError, match="must grow"):
        segmenter.update([], 10)
    with pytest.raises(ValueError, match="exit <= enter"):
        Segmenter(enter=0.5, exit=0.6)
    for name in ("settle_ms", "smooth_ms"):
        with pytest.raises(ValueError, match=name):
            Segmenter(**{name: -1})
