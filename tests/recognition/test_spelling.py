"""Letters that hands show in a video become text."""

import numpy as np
import pytest

import handpose as hp
from handpose.containers.labels import DEFAULT_MIN_SCORE
from handpose.recognition.spelling import Speller

LABELS = ("a", "B", "i", "l", "space", "no_gesture")
FRAME = np.zeros((4, 4, 3), np.uint8)
STEP = 33


@pytest.fixture(scope="module")
def hand(strangers):
    return strangers.X[np.flatnonzero(strangers.X.detected)[:1]]


class Video:
    """Makes results frame by frame."""

    def __init__(self, hand, step=STEP):
        self._hand, self._frame, self._step = hand, 0, step

    def shows(self, label, frames, at=0.0, events=()):
        """Results of frames that show a label ("" for no hand), so many pixels to the right."""
        for number in range(frames):
            now = self._frame = self._frame + 1
            there = bool(label)
            hands = self._hand if there else hp.Landmarks.empty()
            if there:
                moved = hands.points + np.array([at, 0, 0])
                hands = hp.Landmarks(moved, handedness=hands.handedness)
            scores = [[0.9 if name == label else 0.02 for name in LABELS]] if there else []
            yield hp.VideoRecognition(
                hands,
                (label,) * len(hands),
                np.array([0.9] * len(hands)),
                np.reshape(scores, (len(hands), len(LABELS))),
                np.arange(len(hands)),
                (label,) * len(hands),
                tuple(events) if number == frames - 1 else (),
                hp.Frame(FRAME, now, now * self._step),
                labels=LABELS,
                min_score=DEFAULT_MIN_SCORE,
            )


def spelled(hand, *parts, words=None, step=STEP, **settings):
    speller, video = Speller(words, **settings), Video(hand, step)
    for part in parts:
        for result in video.shows(*part):
            speller.update(result)
    return speller


def test_letters_are_read_whatever_their_case(hand):
    speller = spelled(hand, ("B", 20), ("a", 20), ("l", 20))
    assert speller.text == speller.word == "bal"
    assert speller.end() == "bal"


def test_a_double_letter_is_carried_aside(hand):
    aside = float(np.ptp(hand.points[0, :, 0]))
    slide = [("l", 1, aside * step / 4) for step in range(1, 4)]
    assert spelled(hand, ("l", 20), *slide, ("l", 20, aside)).text == "ll"
    assert spelled(hand, ("l", 44)).text == "l"


def test_a_space_ends_a_word_and_so_does_a_hand_that_is_gone(hand):
    assert spelled(hand, ("B", 20), ("space", 20), ("a", 20)).text == "b a"
    assert spelled(hand, ("B", 20), ("", 60), ("a", 20)).text == "b a"
    assert spelled(hand, ("B", 20), ("", 20), ("a", 20)).text == "ba"
    assert spelled(hand, ("", 90)).end() == ""


def test_no_gesture_is_no_letter(hand):
    assert spelled(hand, ("B", 20), ("no_gesture", 20), ("a", 20)).text == "ba"


def event(letter, started, ended=None):
    return hp.GestureEvent(letter, 0, started, ended, 0.9, kind="motion")


def test_a_drawn_letter_replaces_what_was_held_meanwhile(hand):
    far = 2 * float(np.ptp(hand.points[0, :, 0]))
    hold = ("i", 8)
    drawing = [("i", 1, far * step / 12) for step in range(1, 12)]

    def told(letter):
        return ("i", 1, far, [event(letter, 21 * STEP)])

    assert spelled(hand, ("B", 20), hold, *drawing, told("j")).text == "bj"
    known = told("l")  # the model of stills knows better
    assert spelled(hand, ("B", 20), hold, *drawing, known).text == "bi"
    deleted = told("del")
    assert spelled(hand, ("B", 20), hold, *drawing, deleted).text == "b"


def test_no_j_on_the_way_between_two_held_letters(hand):
    far = float(np.ptp(hand.points[0, :, 0]))
    way = [("", 1), *(("a", 1, far * step / 4) for step in range(1, 4))]
    last = ("l", 1, far, [event("j", 12 * STEP)])
    held = [("i", 20), *way, ("l", 19, far)]
    assert spelled(hand, ("B", 8), *held, last).text == "bil"


def ways_between(hands, rng):
    """A hand that holds one shape after the other, slow at both ends of each way between them."""
    pieces = []
    for points in hands.points:
        here = (points - points[0]) / np.linalg.norm(points[9, :2] - points[0, :2]) * 100
        if pieces:
            share = np.linspace(0, 1, int(rng.integers(6, 12)))[1:-1, None, None]
            share = share * share * (3 - 2 * share)
            pieces.append(pieces[-1][-1] + share * (here - pieces[-1][-1]))
        pieces.append(here + rng.normal(0, 0.5, (20, 21, 3)))
    points = np.concatenate(pieces).astype(np.float32)
    return hp.Motion(points, np.arange(len(points)) * 1000 / 30, "Right")


def test_the_shipped_model_takes_no_way_between_held_hands_for_a_j(digits):
    model = hp.load_model("asl_letters_moving")
    hands = digits.X[digits.X.detected]
    told = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        shown = hands[rng.integers(len(hands), size=8)]
        told += hp.find_motions(model, ways_between(shown, rng))
    assert not told


def test_a_hand_that_trembles_holds_still(hand):
    tremble = 0.06 * float(np.ptp(hand.points[0, :, 0]))
    frames = [("l", 1, tremble * (number % 2)) for number in range(30)]
    assert spelled(hand, *frames).text == "l"


@pytest.mark.parametrize("step", [33, 100, 112, 125, 200])
def test_a_hand_that_moves_holds_no_letter_at_any_frame_rate(hand, step):
    """With fewer than nine frames a second every hand seemed to be held still."""
    far = 20 * float(np.ptp(hand.points[0, :, 0])) * step / 1000
    assert spelled(hand, *(("l", 1, far * n) for n in range(20)), step=step).text == ""
    assert spelled(hand, ("l", 20), step=step).text == "l"


def test_a_letter_can_be_taken_back(hand):
    speller = spelled(hand, ("B", 20), ("a", 20))
    speller.backspace()
    assert speller.text == "b"
    speller.space()
    speller.backspace()
    assert speller.text == ""
    speller.backspace()
    assert speller.end() == ""


def test_a_word_becomes_the_most_similar_of_the_list(hand):
    parts = ("B", 20), ("a", 20), ("l", 20)
    assert spelled(hand, *parts, words=["Ball", "bi"]).text == "ball"
    assert spelled(hand, *parts, words=["zzzzzzzz"]).text == "bal"


def test_the_other_hand_does_not_disturb(hand):
    speller, video = Speller(), Video(hand)
    for result in video.shows("a", 20):
        both = hp.VideoRecognition(
            hp.Landmarks.concat([hand, hand]),
            ("a", "l"),
            np.array([0.9, 0.95]),
            np.concatenate([result.probabilities, np.roll(result.probabilities, 1, axis=1)]),
            np.array([0, 1]),
            ("a", "l"),
            (),
            result.frame,
            labels=LABELS,
        )
        speller.update(result if result.frame.index < 5 else both)
    assert speller.text == "a"
