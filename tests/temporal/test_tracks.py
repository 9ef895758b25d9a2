"""Track ids: they survive crossings, short losses and a wrong handedness."""

from dataclasses import replace

import numpy as np
import pytest

from handpose.temporal import Tracker, sights_of, with_sides

FRAME = 33


@pytest.fixture
def sights_at(hands_at):
    """Hands at these places, as a tracker takes them."""
    return lambda *places, **more: sights_of(hands_at(*places, **more))


def ids(tracker, frames):
    return [tracker.update(sights_of(hands), t * FRAME).tolist() for t, hands in enumerate(frames)]


def test_hands_keep_their_numbers_while_they_move(hands_at):
    frames = [hands_at((100 + 15 * t, 300), (900 - 10 * t, 300 + 5 * t)) for t in range(20)]
    assert ids(Tracker(), frames) == [[0, 1]] * 20


def test_the_order_of_the_hands_does_not_matter(sights_at):
    tracker = Tracker()
    assert tracker.update(sights_at((100, 300), (900, 300)), 0).tolist() == [0, 1]
    assert tracker.update(sights_at((900, 300), (100, 300)), FRAME).tolist() == [1, 0]


@pytest.mark.parametrize("sides", [["Right", "Left"], None])
def test_numbers_survive_a_crossing(hands_at, sides):
    frames = [hands_at((100 + 25 * t, 300), (900 - 25 * t, 320), sides=sides) for t in range(32)]
    assert ids(Tracker(), frames) == [[0, 1]] * 32


def test_numbers_survive_a_crossing_in_which_one_hand_is_hidden(sights_at):
    tracker, numbers = Tracker(), []
    for t in range(32):
        places = [(100 + 25 * t, 300), (900 - 25 * t, 320)]
        sides = ["Right", "Left"]
        if 13 <= t <= 19:  # the left hand is behind the right one
            places, sides = places[:1], sides[:1]
        numbers.append(tracker.update(sights_at(*places, sides=sides), t * FRAME).tolist())
    assert numbers[13:20] == [[0]] * 7
    assert numbers[20:] == [[0, 1]] * 12


def test_one_wrong_handedness_changes_nothing(hands_at, sights_at):
    tracker = Tracker()
    for t in range(10):
        tracker.update(sights_at((300, 300), (420, 300), sides=["Right", "Left"]), t * FRAME)
    wrong = hands_at((300, 300), (420, 300), sides=["Left", "Left"])
    assert tracker.update(sights_of(wrong), 10 * FRAME).tolist() == [0, 1]


@pytest.mark.parametrize(("lost_ms", "number"), [(100, 0), (450, 0), (700, 1)])
def test_a_hand_that_comes_back_soon_has_its_number_again(sights_at, lost_ms, number):
    tracker = Tracker(max_lost_ms=500)
    tracker.update(sights_at((300, 300)), 0)
    tracker.update(sights_at(), FRAME)
    assert tracker.update(sights_at((340, 300)), lost_ms).tolist() == [number]


def test_a_hand_far_from_where_the_other_was_is_another_one(sights_at):
    tracker = Tracker()
    tracker.update(sights_at((100, 300)), 0)
    assert tracker.update(sights_at((1800, 300)), FRAME).tolist() == [1]


def test_the_gone_are_named_once_and_their_numbers_are_not_used_again(sights_at):
    tracker = Tracker(max_lost_ms=120)
    tracker.update(sights_at((100, 300), (600, 300)), 0)
    tracker.update(sights_at((100, 300)), 150)
    assert tracker.gone == ()
    tracker.update(sights_at((100, 300)), 300)
    assert tracker.gone == (1,)
    assert tracker.update(sights_at((100, 300), (600, 300)), 333).tolist() == [0, 2]
    assert tracker.gone == ()


def test_a_time_below_zero_is_refused():
    with pytest.raises(ValueError, match="max_lost_ms"):
        Tracker(max_lost_ms=-1)


def test_no_hands_have_no_numbers(sights_at):
    result = Tracker().update(sights_at(), 0)
    assert result.shape == (0,)
    assert np.issubdtype(result.dtype, np.integer)


# --- at every rate ----------------------------------------------------------------------------

RATES = [0.5, 1, 2, 5, 10, 30, 60, 240]


@pytest.mark.parametrize("jitter", [0, 0.4])
@pytest.mark.parametrize("fps", RATES)
def test_hands_keep_their_numbers_at_every_rate(sights_at, fps, jitter):
    """Also from the first frame to the second, when the rate is not known yet."""
    rng = np.random.default_rng(0)
    steps = 1000 / fps * (1 + jitter * rng.uniform(-1, 1, 40))
    tracker = Tracker()
    for t in np.cumsum(np.maximum(1, np.round(steps))):
        x, y = rng.normal(0, 4, 2)
        assert tracker.update(sights_at((200 + x, 300), (700 + y, 310)), t).tolist() == [0, 1]


@pytest.mark.parametrize("fps", RATES)
def test_a_hand_that_is_not_found_is_gone_after_its_time_at_every_rate(sights_at, fps):
    tracker, step = Tracker(max_lost_ms=500), 1000 / fps
    for frame in range(10):
        tracker.update(sights_at((200, 300)), frame * step)
    missed = 0
    while not tracker.gone:
        missed += 1
        tracker.update(sights_at(), (9 + missed) * step)
    assert 500 < missed * step <= 500 + 2.1 * step


def test_a_short_stall_while_the_rate_is_unknown_loses_no_hand(sights_at):
    """A camera's first frame waits for the networks to be opened."""
    tracker = Tracker()
    for t in (0, 1500, 1533, 1566):
        assert tracker.update(sights_at((200, 300)), t).tolist() == [0]


def test_a_long_stall_is_another_hand(sights_at):
    tracker = Tracker()
    for frame in range(10):
        tracker.update(sights_at((200, 300)), 33 * frame)
    assert tracker.update(sights_at((200, 300)), 5000).tolist() == [1]


@pytest.mark.parametrize("fps", [30, 60, 120, 240])
def test_handedness_that_flickers_for_a_moment_swaps_no_numbers_at_any_rate(sights_at, fps):
    """Frames that lie near each other err together: 60 ms of wrong sides are two frames or 15."""
    tracker = Tracker()
    places, sides = [(300, 300), (420, 300)], ["Right", "Left"]
    for frame in range(fps):
        now = ["Left", "Left"] if 500 <= frame * 1000 / fps < 560 else sides
        assert tracker.update(sights_at(*places, sides=now), frame * 1000 / fps).tolist() == [0, 1]


def sides_of(frames):
    """The side of one hand in each frame, as its track has it."""
    tracker, sides = Tracker(), []
    for t, hands in enumerate(frames):
        tracker.update(sights_of(hands), t * FRAME)
        sides.append(str(with_sides(hands, tracker.sides).handedness[0]))
    return sides


@pytest.mark.parametrize(("certainty", "length"), [(1.0, 3), (0.7, 6)])
def test_a_flip_of_a_few_frames_does_not_change_a_hands_side(hands_at, certainty, length):
    frames = [hands_at((300, 300), sides=["Left"]) for _ in range(20)]
    for t in range(10, 10 + length):
        frames[t] = replace(
            hands_at((300, 300), sides=["Right"]), handedness_score=np.array([certainty])
        )
    assert sides_of(frames) == ["Left"] * 20


def test_a_hand_that_was_taken_for_the_other_at_first_is_put_right(hands_at):
    sides = ["Right"] * 3 + ["Left"] * 17
    shown = sides_of([hands_at((300, 300), sides=[side]) for side in sides])
    assert shown[0] == "Right"
    assert shown[8:] == ["Left"] * 12


def test_a_hand_of_unknown_side_stays_one(hands_at):
    assert sides_of([hands_at((300, 300))] * 3) == [""] * 3


def test_the_first_frame_keeps_its_own_confidence(hands_at):
    hands = replace(hands_at((300, 300), sides=["Left"]), handedness_score=np.array([0.8]))
    tracker = Tracker()
    tracker.update(sights_of(hands), 0)
    assert with_sides(hands, tracker.sides).handedness_score == pytest.approx([0.8])
