"""Letters that are held one after the other."""

import pytest

from handpose.temporal.letters import LetterReader

STEP = 33


def read(shown, **settings):
    """Letters of (letter or "", frames, speed) one after the other."""
    reader, now = LetterReader(**settings), 0
    for letter, frames, speed in shown:
        for _ in range(frames):
            now += STEP
            reader.update({letter: 0.9, "?": 0.1} if letter else {}, now, speed)
    return reader


def spelled(reader):
    return "".join(letter.label for letter in reader.letters)


def test_held_letters_are_read_once_each():
    reader = read([("h", 20, 0.2), ("", 8, 9.0), ("i", 40, 0.2)])
    assert spelled(reader) == "hi"
    first, second = reader.letters
    assert first.ended_ms <= second.started_ms
    assert first.scores["h"] == pytest.approx(0.9)


def test_what_is_shown_on_the_way_is_not_read():
    assert spelled(read([("h", 20, 0.2), ("x", 2, 0.2), ("i", 20, 0.2)])) == "hi"
    assert spelled(read([("h", 20, 0.2), ("x", 10, 6.0), ("i", 20, 0.2)])) == "hi"


def test_a_letter_that_is_carried_aside_and_held_again_is_a_double_one():
    assert spelled(read([("l", 20, 0.2), ("l", 5, 6.0), ("l", 20, 0.2)])) == "ll"
    assert spelled(read([("l", 20, 0.2), ("l", 1, 6.0), ("l", 20, 0.2)])) == "l"


def carried(*places):
    """What is read of a hand that shows an L and moves fast between places, each held a while."""
    reader, now = LetterReader(), 0
    for number, x in enumerate(places):
        for speed in [6.0] * 5 * bool(number) + [0.2] * 15:
            now += STEP
            reader.update({"l": 0.9, "i": 0.1}, now, speed, (100.0 * x, 50.0, 100.0))
    return spelled(reader)


def test_a_hand_that_moves_a_little_has_shown_its_letter_once():
    assert carried(0.0, 0.3) == "l"
    assert carried(0.0, 0.3, 0.6, 0.3, 0.0) == "l"  # drifts, step by step
    assert carried(0.0, 1.0) == "ll"
    assert carried(0.0, 0.3, 1.3) == "ll"


def test_a_letter_beside_another_is_no_piece_of_it():
    reader, now = LetterReader(), 0
    for letter in "lil":
        for speed in [6.0] * 5 + [0.2] * 15:
            now += STEP
            reader.update({letter: 0.9, "?": 0.1}, now, speed, (0.0, 0.0, 100.0))
    assert spelled(reader) == "lil"


def test_a_hand_that_is_lost_for_a_frame_goes_on():
    assert spelled(read([("a", 10, 0.2), ("", 1, 0.0), ("a", 10, 0.2)])) == "a"


def test_an_unsure_letter_is_not_read():
    assert spelled(read([("a", 20, 0.2)], least=0.95)) == ""


def test_the_mean_follows_what_is_held():
    reader = LetterReader()
    for i in range(30):
        reader.update({"m": 0.6, "n": 0.4} if i < 15 else {"m": 0.5, "n": 0.5}, i * STEP, 0.1)
    (letter,) = reader.letters
    assert letter.scores["n"] == pytest.approx(0.45, abs=0.01)
    assert letter.ended_ms == 29 * STEP


def shown_still(*pieces):
    """What is read of a hand that holds still: (frames, probabilities) one after the other."""
    reader, now = LetterReader(), 0
    for frames, scores in pieces:
        for _ in range(frames):
            now += STEP
            reader.update(scores, now, 0.2)
    return spelled(reader)


def test_pieces_of_a_still_hand_are_one_letter_where_one_explains_both():
    unsure, other = {"i": 0.55, "y": 0.4}, {"i": 0.45, "y": 0.55}
    assert shown_still((10, unsure), (8, other)) == "i"
    assert shown_still((10, unsure), (8, other), (10, unsure)) == "i"
    assert shown_still((6, unsure), (12, {"i": 0.1, "y": 0.9})) == "y"


def test_a_still_hand_shows_another_letter_where_that_is_surely_another():
    assert shown_still((10, {"i": 0.9, "y": 0.1}), (10, {"i": 0.02, "y": 0.98})) == "iy"
    assert shown_still((10, {"i": 0.9, "y": 0.1}), (40, {"i": 0.3, "y": 0.7})) == "iy"


def test_a_letter_that_flickers_while_the_hand_is_still_was_shown_once():
    assert spelled(read([("t", 10, 0.2), ("s", 4, 0.2), ("t", 10, 0.2)])) == "t"


def test_a_drawn_letter_replaces_what_was_read_of_it():
    reader = read([("h", 20, 0.2), ("i", 8, 0.2), ("d", 12, 9.0)])
    assert spelled(reader) == "hi"
    reader.insert("j", 0.9, 21 * STEP, 41 * STEP)
    assert spelled(reader) == "hj"


def test_nothing_is_drawn_while_letters_are_held():
    shown = [("h", 20, 0.2), ("", 5, 0.0), ("i", 20, 0.2), ("", 5, 0.0), ("c", 20, 0.2)]
    reader = read(shown)
    reader.insert("j", 0.9, 24 * STEP, 68 * STEP)
    assert spelled(reader) == "hic"


def test_a_letter_that_began_before_a_drawing_was_told_comes_after_it():
    reader = read([("d", 6, 0.2), ("", 20, 0.0), ("e", 8, 0.2)])
    reader.insert("z", 0.9, 0, 27 * STEP)
    assert spelled(reader) == "ze"
    reader.update({"e": 0.9}, 35 * STEP, 0.2)
    assert spelled(reader) == "ze"


def test_the_hand_that_draws_is_no_letter_just_before_and_after():
    reader = read([("h", 20, 0.2), ("i", 8, 0.2), ("i", 25, 5.0)])
    assert spelled(reader) == "hi"
    reader.insert("j", 0.9, 29 * STEP, 53 * STEP)
    assert spelled(reader) == "hj"
    now = 53 * STEP
    for letter, frames in (("i", 15), ("", 5), ("u", 15)):
        for _ in range(frames):
            now += STEP
            reader.update({letter: 0.9} if letter else {}, now, 0.2)
    assert spelled(reader) == "hju"


def test_settings_are_checked():
    with pytest.raises(ValueError, match="hold_ms"):
        LetterReader(-1)
