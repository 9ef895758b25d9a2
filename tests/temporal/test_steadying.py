"""Everything together, for the hands of one video."""

import pytest

from handpose.temporal import SteadyHands, Steadying


@pytest.fixture
def steady():
    return SteadyHands(Steadying(hold_ms=50, max_lost_ms=200))


def play(steady, t, hands, *gestures):
    """One frame in which each hand surely shows a gesture."""
    smooth, _, ids, ended = steady.follow(hands, t)
    scores = [{gesture: 0.95} for gesture in gestures]
    labels, events = steady.label(ids, scores, smooth.handedness.tolist(), t)
    return labels, [(e.gesture, e.track_id, e.ended_ms) for e in (*ended, *events)]


def test_two_hands_have_labels_of_their_own(steady, hands_at):
    sides = ["Left", "Right"]
    for t in (0, 33):
        play(steady, t, hands_at((100, 300), (700, 300), sides=sides), "fist", "palm")
    labels, events = play(
        steady, 66, hands_at((700, 300), (100, 300), sides=sides[::-1]), "palm", "fist"
    )
    assert labels == ("palm", "fist")
    assert sorted(events) == [("fist", 0, None), ("palm", 1, None)]


def test_a_short_loss_interrupts_nothing(steady, hands_at):
    for t in (0, 33, 66):
        play(steady, t, hands_at((300, 300)), "fist")
    assert play(steady, 99, hands_at())[1] == []
    assert play(steady, 200, hands_at((310, 300)), "fist") == (("fist",), [])


def test_the_gesture_of_a_hand_that_is_gone_ends(steady, hands_at):
    for t in (0, 33, 66):
        play(steady, t, hands_at((300, 300)), "fist")
    assert play(steady, 300, hands_at())[1] == [("fist", 0, 66)]


def test_the_end_ends_all_gestures_once(steady, hands_at):
    for t in (0, 60):
        play(steady, t, hands_at((100, 300), (700, 300)), "fist", "palm")
    assert [(e.gesture, e.ended_ms) for e in steady.end()] == [("fist", 60), ("palm", 60)]
    assert steady.end() == []


def test_time_must_grow(steady, hands_at):
    play(steady, 100, hands_at((300, 300)), "fist")
    for t in (100, 50):
        with pytest.raises(ValueError, match=f"timestamp_ms must grow .* got {t} after 100"):
            steady.follow(hands_at((300, 300)), t)


@pytest.mark.parametrize(
    "bad", [{"min_cutoff": 0}, {"beta": -1}, {"enter": 2}, {"hold_ms": -1}, {"max_lost_ms": -5}]
)
def test_bad_settings_are_refused_at_once(bad):
    with pytest.raises(ValueError, match="must"):
        Steadying(**bad)


@pytest.mark.parametrize("fps", [0.5, 1, 2, 5, 10, 30, 120])
def test_two_hands_keep_numbers_and_tell_their_gestures_at_every_rate(hands_at, fps):
    steady, events = SteadyHands(Steadying()), []
    frames = max(12, fps)
    for frame in range(frames):
        t = round(frame * 1000 / fps)
        gestures = ("fist", "palm") if frame < frames // 2 else ("palm", "fist")
        events += play(steady, t, hands_at((100, 300), (700, 300)), *gestures)[1]
    events += [(e.gesture, e.track_id, e.ended_ms) for e in steady.end()]
    before, last = (round(n * 1000 / fps) for n in (frames // 2 - 1, frames - 1))
    ended = [event for event in events if event[2] is not None]
    assert sorted(ended, key=lambda event: event[1:]) == [
        ("fist", 0, before), ("palm", 0, last), ("palm", 1, before), ("fist", 1, last),
    ]  # fmt: skip
    assert len(events) == 8


def test_a_hand_seen_now_and_then_begins_no_gesture(steady, hands_at):
    """Frames without it are frames: two sights 450 ms apart are not a gesture that was held."""
    steady = SteadyHands(Steadying())
    for frame in range(40):
        seen = frame in (10, 23)
        hands, gestures = (hands_at((300, 300)), ["fist"]) if seen else (hands_at(), [])
        assert play(steady, 33 * frame, hands, *gestures)[1] == []
