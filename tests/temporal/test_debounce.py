"""Steady labels: hysteresis and hold time, in milliseconds."""

import pytest

from handpose.temporal import Debouncer, GestureEvent


def told(debouncer, frames):
    """Events of frames ``(timestamp_ms, {gesture: score})``, in short."""
    return [
        ("end" if e.has_ended else "begin", e.gesture, e.started_ms, e.ended_ms)
        for t, scores in frames
        for e in debouncer.update(scores, t)
    ]


def shown(gesture, score, *times):
    return [(t, {gesture: score, "other": 1 - score}) for t in times]


@pytest.fixture
def debouncer():
    return Debouncer(3, enter=0.8, exit=0.5, hold_ms=100)


def test_a_gesture_begins_once_it_was_held(debouncer):
    assert told(debouncer, shown("fist", 0.9, 0, 30, 70)) == []
    assert debouncer.gesture is None
    assert told(debouncer, shown("fist", 0.9, 100, 150)) == [("begin", "fist", 0, None)]
    assert debouncer.gesture == "fist"


def test_a_flash_of_another_gesture_changes_nothing(debouncer):
    frames = shown("fist", 0.9, 0, 100) + shown("palm", 0.95, 130, 160) + shown("fist", 0.9, 190)
    assert told(debouncer, frames) == [("begin", "fist", 0, None)]


def test_a_break_starts_the_hold_anew(debouncer):
    frames = shown("fist", 0.9, 0, 60) + shown("fist", 0.7, 90) + shown("fist", 0.9, 120, 180)
    assert told(debouncer, frames) == []
    assert told(debouncer, shown("fist", 0.9, 220)) == [("begin", "fist", 120, None)]


def test_between_the_thresholds_a_gesture_stays_and_none_begins(debouncer):
    unsure = shown("fist", 0.6, *range(0, 500, 50))
    assert told(debouncer, unsure) == []
    assert told(debouncer, shown("fist", 0.9, 500, 550, 600)) == [("begin", "fist", 500, None)]
    assert told(debouncer, shown("fist", 0.6, *range(650, 2000, 50))) == []
    assert debouncer.gesture == "fist"


def test_a_gesture_ends_when_it_was_gone_for_the_hold_time(debouncer):
    told(debouncer, shown("fist", 0.9, 0, 100, 200))
    assert told(debouncer, shown("fist", 0.3, 230, 260)) == []
    assert told(debouncer, shown("fist", 0.3, 300)) == [("end", "fist", 0, 200)]
    assert debouncer.gesture is None


def test_another_gesture_ends_the_one_before(debouncer):
    told(debouncer, shown("fist", 0.9, 0, 100, 200))
    frames = shown("palm", 0.9, 230, 280, 330)
    assert told(debouncer, frames) == [("end", "fist", 0, 200), ("begin", "palm", 230, None)]


def test_no_scores_are_no_gesture(debouncer):
    told(debouncer, shown("fist", 0.9, 0, 100))
    assert told(debouncer, [(150, {}), (200, {})]) == [("end", "fist", 0, 100)]


def test_the_end_of_the_video_ends_the_gesture(debouncer):
    told(debouncer, shown("fist", 0.9, 0, 100))
    (event,) = debouncer.end()
    assert (event.gesture, event.started_ms, event.ended_ms) == ("fist", 0, 100)
    assert debouncer.end() == []


def test_the_old_name_of_the_track_id_warns_and_works():
    with pytest.warns(DeprecationWarning, match=r"use GestureEvent.track_id"):
        assert GestureEvent("fist", 3, 0, None, 0.9).hand == 3


def test_a_gesture_may_take_longer_to_end_than_to_begin():
    debouncer = Debouncer(hold_ms=60, exit_hold_ms=200, kind="motion")
    events = []
    for t in range(0, 900, 30):
        shown = {"swipe": 0.9} if t < 300 or 420 < t < 600 else {"rest": 0.1}
        events += debouncer.update(shown, t)
    assert [(e.kind, e.gesture, e.ended_ms) for e in events] == [
        ("motion", "swipe", None), ("motion", "swipe", 570),
    ]  # fmt: skip


def test_an_event_has_the_mean_score_the_hand_and_its_side(debouncer):
    debouncer.update({"fist": 0.8}, 0, "Left")
    (event,) = debouncer.update({"fist": 1.0}, 100, "Left")
    assert event == GestureEvent("fist", 3, 0, None, pytest.approx(0.9), "Left")
    assert event.to_dict() == {
        "event": "started",
        "kind": "gesture",
        "gesture": "fist",
        "track_id": 3,
        "hand": 3,
        "handedness": "Left",
        "started_ms": 0,
        "ended_ms": None,
        "score": 0.9,
        "rejected": None,
    }


def test_without_hold_time_a_gesture_begins_at_once():
    debouncer = Debouncer(enter=0.8, exit=0.5, hold_ms=0)
    assert told(debouncer, shown("fist", 0.9, 7)) == [("begin", "fist", 7, None)]
    assert told(debouncer, shown("fist", 0.1, 8)) == [
        ("end", "fist", 7, 7),
        ("begin", "other", 8, None),
    ]


@pytest.mark.parametrize(
    "bad", [{"enter": 0.4, "exit": 0.5}, {"enter": 1.2}, {"exit": -0.1}, {"hold_ms": -1}]
)
def test_bad_settings_are_refused(bad):
    with pytest.raises(ValueError, match="must"):
        Debouncer(**bad)


def test_the_threshold_to_leave_is_relative_to_the_one_to_enter():
    debouncer = Debouncer(enter=0.4, hold_ms=0)
    assert told(debouncer, [(0, {"fist": 0.41})]) == [("begin", "fist", 0, None)]
    assert told(debouncer, [(33, {"fist": 0.26})]) == []
    assert told(debouncer, [(66, {"fist": 0.24})]) == [("end", "fist", 0, 33)]


def test_with_a_threshold_of_zero_the_most_probable_gesture_is_shown():
    debouncer = Debouncer(enter=0, hold_ms=60)
    frames = [(33 * t, {"a": 0.3, "b": 0.2, "c": 0.1}) for t in range(6)]
    assert told(debouncer, frames) == [("begin", "a", 0, None)]
    frames = [(33 * t, {"a": 0.2, "b": 0.3, "c": 0.1}) for t in range(6, 10)]
    assert told(debouncer, frames) == [("end", "a", 0, 165), ("begin", "b", 198, None)]


def test_a_label_that_rejects_is_no_gesture_and_outweighs_less_probable_ones():
    debouncer = Debouncer(enter=0.3, hold_ms=50, rejecting=["none"])
    frames = [(33 * t, {"none": 0.6, "fist": 0.4}) for t in range(9)]
    assert told(debouncer, frames) == []
    told(debouncer, [(33 * t, {"none": 0.1, "fist": 0.9}) for t in range(9, 12)])
    assert debouncer.gesture == "fist"
    frames = [(33 * t, {"none": 0.6, "fist": 0.4}) for t in range(12, 15)]
    assert told(debouncer, frames) == [("end", "fist", 297, 363)]


@pytest.fixture
def watchful():
    return Debouncer(3, hold_ms=60, unknown_ms=300)


def unsure(*times, best="fist"):
    return [(t, {best: 0.6, "other": 0.2}) for t in times]


def test_a_hand_that_shows_nothing_known_for_long_is_told(watchful):
    frames = unsure(*range(0, 660, 33))
    (event,) = [e for t, scores in frames for e in watchful.update(scores, t, "Left")]
    assert event == GestureEvent(None, 3, 0, None, pytest.approx(0.6), "Left", "fist")
    assert event.to_dict()["gesture"] is None
    assert event.to_dict()["rejected"] == "fist"
    assert watchful.gesture is None
    (event,) = watchful.end()
    assert (event.gesture, event.started_ms, event.ended_ms) == (None, 0, 627)
    assert watchful.end() == []


def test_a_gesture_ends_what_is_unknown_and_the_other_way_round(watchful):
    frames = [
        *shown("palm", 0.9, *range(0, 330, 33)),
        *unsure(*range(330, 990, 33)),
        *shown("fist", 0.9, *range(990, 1320, 33)),
    ]
    assert told(watchful, frames) == [
        ("begin", "palm", 0, None),
        ("end", "palm", 0, 297),
        ("begin", None, 330, None),
        ("end", None, 330, 957),
        ("begin", "fist", 990, None),
    ]


def test_a_short_time_between_gestures_is_not_unknown(watchful):
    frames = [
        *shown("palm", 0.9, *range(0, 330, 33)),
        *unsure(*range(330, 560, 33)),
        *shown("palm", 0.9, *range(560, 990, 33)),
    ]
    assert [gesture for _, gesture, *_ in told(watchful, frames)] == ["palm"] * 3


def test_what_is_rejected_most_is_named(watchful):
    frames = unsure(*range(0, 200, 33)) + unsure(*range(200, 660, 33), best="palm")
    told(watchful, frames)
    assert [event.rejected for event in watchful.end()] == ["palm"]


def test_a_gesture_that_flickers_is_unknown(watchful):
    frames = [f for t in range(0, 660, 66) for f in (*shown("fist", 0.9, t), *unsure(t + 33))]
    assert told(watchful, frames)[0][:3] == ("begin", None, 33)


def test_by_default_what_is_unknown_is_not_told(debouncer):
    assert told(debouncer, unsure(*range(0, 5000, 33))) == []
