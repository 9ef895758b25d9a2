"""Gestures one after another: what counts, what ends a sequence, which limits hold."""

import pytest

from handpose.errors import LandmarksError
from handpose.temporal import GestureEvent, GestureSequence, GestureSequences, encode_gestures


def events_of(*shown):
    """(time, event) of gestures ``(name, start, end)`` or ``(name, start, end, track_id)``."""
    found = []
    for name, start, end, *rest in shown:
        hand = rest[0] if rest else 0
        found.append((start + 100, GestureEvent(name, hand, start, None, 0.9)))
        found.append((end + 100, GestureEvent(name, hand, start, end, 0.95)))
    return sorted(found, key=lambda item: (item[0], not item[1].has_ended))


def told(sequences, *shown, until=20_000, step=50):
    """What is given when each frame comes with the events up to its time."""
    waiting, found = events_of(*shown), []
    for time in range(0, until, step):
        now = [event for at, event in waiting if at <= time]
        waiting = [item for item in waiting if item[0] > time]
        found += [(time, sequence) for sequence in sequences.update(now, time)]
    return found


def test_a_pause_ends_a_sequence_and_gives_it_once():
    ((time, found),) = told(GestureSequences(), ("2", 0, 600), ("5", 900, 1500))
    assert found.gestures == ("2", "5")
    assert found.fault is None
    assert (found.started_ms, found.ended_ms, len(found)) == (0, 1500, 2)
    assert time == 3000
    assert [event.ended_ms for event in found.events] == [600, 1500]
    assert found.score == 0.95


def test_after_a_pause_another_sequence_begins():
    found = told(GestureSequences(), ("2", 0, 600), ("5", 900, 1500), ("1", 4000, 4500))
    assert [sequence.gestures for _, sequence in found] == [("2", "5"), ("1",)]


def test_a_pause_is_seen_where_frames_come_late():
    sequences = GestureSequences(pause_ms=1000)
    for at, event in events_of(("2", 0, 600)):
        assert sequences.update([event], at) == []
    (found,) = sequences.update([GestureEvent("5", 0, 1900, None, 0.9)], 2000)
    assert found.gestures == ("2",)
    assert sequences.gestures == ("5",)


def test_a_gesture_that_is_held_is_no_pause():
    found = told(GestureSequences(pause_ms=500), ("2", 0, 3000), ("5", 3100, 3700))
    assert [sequence.gestures for _, sequence in found] == [("2", "5")]


@pytest.mark.parametrize(("gap", "gestures"), [(250, ("2",)), (350, ("2", "2"))])
def test_the_same_gesture_counts_again_after_it_was_gone(gap, gestures):
    ((_, found),) = told(GestureSequences(repeat_ms=300), ("2", 0, 600), ("2", 600 + gap, 1500))
    assert found.gestures == gestures
    assert (found.started_ms, found.ended_ms) == (0, 1500)


def test_a_gesture_comes_again_after_another_one():
    ((_, found),) = told(GestureSequences(), ("2", 0, 600), ("5", 650, 900), ("2", 950, 1500))
    assert found.gestures == ("2", "5", "2")


def test_another_number_of_the_same_hand_is_no_fault():
    ((_, found),) = told(GestureSequences(), ("2", 0, 600, 0), ("5", 1200, 1800, 7))
    assert found.gestures == ("2", "5")
    assert found.fault is None


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({"step_ms": 800}, "slow"),
        ({"total_ms": 1400}, "slow"),
        ({"most": 1}, "many"),
        ({"step_ms": 901, "total_ms": 1501, "most": 2}, None),
    ],
)
def test_limits(limits, fault):
    ((_, found),) = told(GestureSequences(**limits), ("2", 0, 600), ("5", 900, 1500))
    assert found.fault == fault
    assert found.matches(["2", "5"]) is (fault is None)


def test_a_gesture_that_is_held_too_long_is_slow():
    ((_, found),) = told(GestureSequences(step_ms=1000), ("2", 0, 1100))
    assert found.fault == "slow"


def test_a_faulty_sequence_is_one_attempt_until_the_pause():
    shown = [(str(i % 3), i * 500, i * 500 + 400) for i in range(12)]
    ((_, found),) = told(GestureSequences(most=4, total_ms=5000), *shown)
    assert found.fault == "many"
    assert found.gestures == ("0", "1", "2", "0")


def test_two_hands_at_a_time_are_a_fault():
    ((_, found),) = told(GestureSequences(), ("2", 0, 600, 0), ("5", 300, 1500, 1))
    assert found.fault == "overlap"
    assert not found.matches(found.gestures)


def test_hands_that_take_turns_in_one_frame_are_none():
    sequences = GestureSequences()
    sequences.update([GestureEvent("2", 0, 0, None, 0.9)], 100)
    both = [GestureEvent("5", 1, 500, None, 0.9), GestureEvent("2", 0, 0, 450, 0.9)]
    sequences.update(both, 600)
    (found,) = sequences.end([GestureEvent("5", 1, 500, 900, 0.9)])
    assert found.gestures == ("2", "5")
    assert found.fault is None


def test_reset_forgets_what_was_shown_and_what_is_being_shown():
    sequences = GestureSequences()
    begun = GestureEvent("2", 0, 0, None, 0.9)
    sequences.update([begun], 100)
    assert sequences.gestures == ("2",)
    sequences.reset()
    assert sequences.gestures == ()
    assert sequences.update([GestureEvent("2", 0, 0, 600, 0.9)], 700) == []
    assert sequences.update([], 5000) == []
    assert sequences.end() == []


def test_hands_without_a_gesture_are_left_out():
    unknown = GestureEvent(None, 0, 0, None, 0.4, rejected="3")
    assert told(GestureSequences(), ("2", 2000, 2500))[0][1].gestures == ("2",)
    assert GestureSequences().update([unknown], 0) == []


def test_the_end_of_the_video_gives_what_was_shown_and_time_may_start_again():
    sequences = GestureSequences()
    sequences.update([GestureEvent("2", 0, 0, None, 0.9)], 1000)
    (found,) = sequences.end([GestureEvent("2", 0, 0, 900, 0.9)])
    assert found.gestures == ("2",)
    assert sequences.update([], 0) == []


def test_time_must_grow():
    sequences = GestureSequences()
    sequences.update([], 100)
    with pytest.raises(LandmarksError, match="must grow"):
        sequences.update([], 100)


def test_a_match_is_the_whole_sequence():
    event = GestureEvent("2", 0, 0, 100, 0.9)
    shown = GestureSequence((event, event))
    assert shown.matches(["2", "2"])
    assert shown.matches(("2", "2"))
    for other in ([], ["2"], ["2", "2", "2"], ["2", "5"], ["22"], ["2,2"], ['2","2']):
        assert not shown.matches(other)


def test_other_names_are_other_bytes():
    names = [[], [""], ["", ""], ["1", "2"], ["12"], ["1,2"], ['1","2'], ["é"], ["e"]]
    assert len({encode_gestures(of_one) for of_one in names}) == len(names)


@pytest.mark.parametrize(
    "limits", [{"pause_ms": 0}, {"most": 0}, {"repeat_ms": 1500}, {"step_ms": float("nan")}]
)
def test_limits_are_checked(limits):
    with pytest.raises(ValueError, match=next(iter(limits))):
        GestureSequences(**limits)
