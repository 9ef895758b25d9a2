"""Videos: hands that keep their numbers, gestures that do not flicker, events."""

import json

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.rendered_clips import read_clip
from handpose.extractors import Extractor

FRAME = np.zeros((48, 64, 3), np.uint8)


class Script(Extractor):
    """Finds what was written for each frame."""

    def __init__(self, frames):
        self._frames, self._next = frames, 0

    def detect(self, image):
        return self._frames[0]

    def detect_for_video(self, image, timestamp_ms):
        self._next += 1
        return self._frames[self._next - 1]

    def reset(self):
        self._next = 0

    @property
    def provenance(self):
        return {}

    def close(self):
        pass


@pytest.fixture(scope="module")
def shapes(model, strangers):
    """A hand for each of three digits, of which the model is sure, moved to a place."""
    sure = model.predict_proba(strangers.hands).max(1) > 0.9
    known = (model.predict(strangers.hands) == strangers.labels) & sure

    def shape(label, x=0.0):
        hand = strangers.hands[np.flatnonzero(known & (strangers.labels == label))[:1]]
        return hp.Landmarks(hand.points + np.array([x, 0, 0]), handedness=hand.handedness)

    return shape


@pytest.fixture
def recognizer(model):
    def make(frames, **settings):
        steadying = hp.Steadying(hold_ms=60, max_lost_ms=200)
        return hp.GestureRecognizer(Script(frames), model, steadying=steadying, **settings)

    return make


def test_a_stream_gives_a_result_for_each_frame(recognizer, shapes):
    frames = [shapes("5"), hp.Landmarks.empty(), shapes("5")]
    results = list(recognizer(frames).stream([FRAME] * 3, fps=25))
    assert [r.frame.index for r in results] == [0, 1, 2]
    assert [r.frame.timestamp_ms for r in results] == [0, 40, 80]
    assert [r.gestures for r in results] == [("5",), (), ("5",)]


def test_a_flash_of_another_gesture_does_not_show(recognizer, shapes):
    frames = [shapes("5")] * 4 + [shapes("1")] + [shapes("5")] * 3
    results = list(recognizer(frames).stream([FRAME] * 8, fps=30))
    assert results[4].gestures == ("1",)
    assert [r.steady_gestures[0] for r in results[2:]] == ["5"] * 6


def test_events_begin_and_end_each_gesture(recognizer, shapes):
    frames = [shapes("5")] * 5 + [shapes("1")] * 5
    events = list(recognizer(frames).events([FRAME] * 10, fps=25))
    told = [(e.gesture, e.has_ended, e.started_ms, e.ended_ms) for e in events]
    assert told[0] == ("5", False, 0, None)
    assert [row[:2] for row in told] == [("5", False), ("5", True), ("1", False), ("1", True)]
    assert 120 <= events[1].ended_ms <= 240
    assert told[3][3] == 360  # what is still shown ends with the video


def test_two_hands_stay_apart_when_their_order_changes(recognizer, shapes):
    pair = hp.Landmarks.concat([shapes("5"), shapes("1", 500)])
    frames = [pair, pair[[1, 0]]] * 4
    results = list(recognizer(frames).stream([FRAME] * 8))
    assert [r.track_ids.tolist() for r in results] == [[0, 1], [1, 0]] * 4
    assert results[-1].steady_gestures == ("1", "5")


def test_frames_can_be_given_one_at_a_time(recognizer, shapes):
    made = recognizer([shapes("5")] * 4)
    results = [made.recognize_for_video(FRAME, 33 * t) for t in range(4)]
    assert [r.steady_gestures for r in results] == [(None,), (None,), ("5",), ("5",)]
    assert [len(r.events) for r in results] == [0, 0, 1, 0]
    (event,) = made.end_video()
    assert (event.gesture, event.started_ms, event.ended_ms) == ("5", 0, 99)
    assert made.end_video() == ()


def test_another_video_begins_anew(recognizer, shapes):
    made = recognizer([shapes("5")] * 4)
    first, second = (list(made.stream([FRAME] * 4)) for _ in range(2))
    assert [r.track_ids.tolist() for r in first] == [r.track_ids.tolist() for r in second]
    np.testing.assert_array_equal(first[-1].hands.points, second[-1].hands.points)


def test_time_must_grow_within_a_video(recognizer, shapes):
    made = recognizer([shapes("5")] * 2)
    made.recognize_for_video(FRAME, 40)
    with pytest.raises(ValueError, match="must grow from frame to frame"):
        made.recognize_for_video(FRAME, 40)


def test_a_gesture_never_begins_below_the_lowest_score(recognizer, shapes):
    strict = recognizer([shapes("5")] * 6, min_score=0.9999)
    assert strict.steadying.enter == 0.9999
    assert list(strict.events([FRAME] * 6)) == []


def test_no_gesture_is_no_event(people, strangers, recognizer, shapes):
    labels = np.where(people.labels == "5", "no_gesture", people.labels)
    model = hp.make_model("svm", augmentation=None).fit(people.hands, labels)
    made = hp.GestureRecognizer(Script([shapes("5")] * 8), model)
    assert list(made.events([FRAME] * 8)) == []


def test_the_hands_are_smoothed(recognizer, shapes):
    rng = np.random.default_rng(0)
    hand = shapes("5")
    noisy = [hp.Landmarks(hand.points + rng.normal(0, 0.5, hand.shape)) for _ in range(30)]
    smooth = [r.hands.points[0] for r in recognizer(noisy).stream([FRAME] * 30)]
    raw = [hands.points[0] for hands in noisy]
    assert np.abs(np.diff(smooth[5:], axis=0)).mean() < np.abs(np.diff(raw, axis=0)).mean() / 2


def test_the_json_of_a_video_has_the_number_and_the_steady_gesture(recognizer, shapes):
    made = recognizer([shapes("5")])
    (hand,) = json.loads(json.dumps(made.recognize_for_video(FRAME, 0).to_dict()))["hands"]
    assert hand["track_id"] == 0
    assert hand["steady_gesture"] is None
    assert hand["gesture"] == "5"


def test_the_digits_of_a_rendered_clip_are_told_in_order():
    clip = read_clip("gestures")
    with hp.load_recognizer("digits", min_score=0.8) as recognizer:
        events = [e for e in recognizer.events(clip.path) if e.has_ended]
    shown = [g for g in clip.gestures[:, 0] if g is not None]
    order = [g for g, before in zip(shown, [None, *shown], strict=False) if g != before]
    assert [e.gesture for e in events] == order
    for event in events:
        (true,) = np.flatnonzero(clip.gestures[:, 0] == event.gesture)[:1]
        assert abs(event.started_ms - clip.timestamps_ms[true]) < 250
