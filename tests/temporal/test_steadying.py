"""Everything together, for the hands of one video."""

import pytest

from handpose.temporal import SteadyHands, Steadying


@pytest.fixture
def steady():
    return SteadyHands(Steadying(hold_ms=50, max_lost_ms=200))


def play(steady, t, hands, *gestures):
    """One frame in which each hand surely shows a gesture."""
    smooth, ids, ended = steady.follow(hands, t)
    scores = [{gesture: 0.95} for gesture in gestures]
    labels, events = steady.label(ids, scores, smooth.handedness.tolist(), t)
    return labels, [(e.gesture, e.hand, e.ended_ms) for e in (*ended, *events)]


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
