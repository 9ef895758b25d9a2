"""The windows that together explain a stream best."""

import pytest

from handpose.errors import LandmarksError
from handpose.temporal import Candidate, CoveringSegmenter


def told(candidates, *, until=3000, **settings):
    """Events of candidates that are given when they end, and the time of each."""
    segmenter = CoveringSegmenter(**{"enter": 0.6, "settle_ms": 200} | settings)
    found = []
    for now in range(0, until, 50):
        own = [one for one in candidates if now - 50 < one.ended_ms <= now]
        found += [(now, event) for event in segmenter.update(own, now)]
    return found + [(None, event) for event in segmenter.end()]


def whole(candidates, **settings):
    return [
        (event.gesture, event.started_ms, event.ended_ms)
        for _, event in told(candidates, **settings)
        if event.has_ended
    ]


WAVE = Candidate("wave", 0.9, 400, 1000)


def test_a_window_is_told_once_soon_after_its_end():
    events = told([WAVE])
    assert [(now, event.has_ended) for now, event in events] == [(1200, False), (1500, True)]
    assert whole([WAVE]) == [("wave", 400, 1000)]


def test_a_whole_window_wins_over_a_piece_that_ended_before():
    piece = Candidate("tap", 0.85, 400, 850)
    assert whole([piece, WAVE]) == [("wave", 400, 1000)]


def test_two_pieces_win_over_a_window_that_explains_them_worse():
    both = Candidate("tap", 0.65, 400, 1600)
    second = Candidate("wave", 0.9, 1000, 1600)
    assert whole([WAVE, both, second]) == [("wave", 400, 1000), ("wave", 1000, 1600)]


def test_windows_may_overlap_by_a_little_and_events_do_not():
    second = Candidate("tap", 0.9, 900, 1500)
    assert whole([WAVE, second]) == [("wave", 400, 1000), ("tap", 1000, 1500)]
    assert whole([WAVE, Candidate("tap", 0.9, 700, 1300)]) in (
        [("wave", 400, 1000)],
        [("tap", 700, 1300)],
    )


def test_what_lies_in_a_motion_that_was_told_is_not_told():
    late = Candidate("tap", 0.99, 500, 1400)
    assert whole([WAVE, late]) == [("wave", 400, 1000)]


def test_nothing_is_told_below_the_threshold_or_of_what_is_too_short():
    assert whole([WAVE], enter=0.95) == []
    assert whole([WAVE], hold_ms=700) == []
    assert whole([WAVE], enter=0.9) == [("wave", 400, 1000)]
    assert whole([Candidate("wave", 1.0, 400, 1000)], enter=1.0) == [("wave", 400, 1000)]


def test_the_end_tells_what_is_left_and_what_came_up_since():
    segmenter = CoveringSegmenter()
    segmenter.update([WAVE], 1000)
    assert segmenter.gesture is None
    last = Candidate("tap", 0.9, 1000, 1500)
    ends = [event for event in segmenter.end([last]) if event.has_ended]
    assert [event.gesture for event in ends] == ["wave", "tap"]
    assert segmenter.end() == []


def test_a_motion_is_shown_for_a_moment_after_it_was_told():
    segmenter = CoveringSegmenter(settle_ms=0)
    segmenter.update([WAVE], 1000)
    assert segmenter.gesture == "wave"
    segmenter.update([], 1200)
    assert segmenter.gesture == "wave"
    segmenter.update([], 1300)
    assert segmenter.gesture is None


def test_settings_and_times_are_checked():
    for wrong in ({"enter": 1.2}, {"enter": float("nan")}, {"hold_ms": -1}, {"settle_ms": -1}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            CoveringSegmenter(**wrong)
    segmenter = CoveringSegmenter()
    segmenter.update([], 100)
    with pytest.raises(LandmarksError):
        segmenter.update([], 100)
