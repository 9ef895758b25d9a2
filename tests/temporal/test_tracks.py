"""Track ids: they survive crossings, short losses and a wrong handedness."""

import numpy as np
import pytest

from handpose.temporal import HandTracker

FRAME = 33


def ids(tracker, frames):
    return [tracker.update(hands, t * FRAME).tolist() for t, hands in enumerate(frames)]


def test_hands_keep_their_numbers_while_they_move(hands_at):
    frames = [hands_at((100 + 15 * t, 300), (900 - 10 * t, 300 + 5 * t)) for t in range(20)]
    assert ids(HandTracker(), frames) == [[0, 1]] * 20


def test_the_order_of_the_hands_does_not_matter(hands_at):
    tracker = HandTracker()
    assert tracker.update(hands_at((100, 300), (900, 300)), 0).tolist() == [0, 1]
    assert tracker.update(hands_at((900, 300), (100, 300)), FRAME).tolist() == [1, 0]


@pytest.mark.parametrize("sides", [["Right", "Left"], None])
def test_numbers_survive_a_crossing(hands_at, sides):
    frames = [hands_at((100 + 25 * t, 300), (900 - 25 * t, 320), sides=sides) for t in range(32)]
    assert ids(HandTracker(), frames) == [[0, 1]] * 32


def test_numbers_survive_a_crossing_in_which_one_hand_is_hidden(hands_at):
    tracker, numbers = HandTracker(), []
    for t in range(32):
        places = [(100 + 25 * t, 300), (900 - 25 * t, 320)]
        sides = ["Right", "Left"]
        if 13 <= t <= 19:  # the left hand is behind the right one
            places, sides = places[:1], sides[:1]
        numbers.append(tracker.update(hands_at(*places, sides=sides), t * FRAME).tolist())
    assert numbers[13:20] == [[0]] * 7
    assert numbers[20:] == [[0, 1]] * 12


def test_one_wrong_handedness_changes_nothing(hands_at):
    tracker = HandTracker()
    for t in range(10):
        tracker.update(hands_at((300, 300), (420, 300), sides=["Right", "Left"]), t * FRAME)
    wrong = hands_at((300, 300), (420, 300), sides=["Left", "Left"])
    assert tracker.update(wrong, 10 * FRAME).tolist() == [0, 1]


@pytest.mark.parametrize(("lost_ms", "number"), [(100, 0), (450, 0), (700, 1)])
def test_a_hand_that_comes_back_soon_has_its_number_again(hands_at, lost_ms, number):
    tracker = HandTracker(max_lost_ms=500)
    tracker.update(hands_at((300, 300)), 0)
    tracker.update(hands_at(), FRAME)
    assert tracker.update(hands_at((340, 300)), lost_ms).tolist() == [number]


def test_a_hand_far_from_where_the_other_was_is_another_one(hands_at):
    tracker = HandTracker()
    tracker.update(hands_at((100, 300)), 0)
    assert tracker.update(hands_at((1800, 300)), FRAME).tolist() == [1]


def test_the_gone_are_named_once_and_their_numbers_are_not_used_again(hands_at):
    tracker = HandTracker(max_lost_ms=200)
    tracker.update(hands_at((100, 300), (600, 300)), 0)
    tracker.update(hands_at((100, 300)), 150)
    assert tracker.gone == ()
    tracker.update(hands_at((100, 300)), 300)
    assert tracker.gone == (1,)
    assert tracker.update(hands_at((100, 300), (600, 300)), 333).tolist() == [0, 2]
    assert tracker.gone == ()


def test_a_time_below_zero_is_refused():
    with pytest.raises(ValueError, match="max_lost_ms"):
        HandTracker(max_lost_ms=-1)


def test_no_hands_have_no_numbers(hands_at):
    result = HandTracker().update(hands_at(), 0)
    assert result.shape == (0,)
    assert np.issubdtype(result.dtype, np.integer)
