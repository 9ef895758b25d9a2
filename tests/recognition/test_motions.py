"""Motions of hands in videos, told beside gestures."""

import json

import numpy as np
import pytest

import handpose as hp
from handpose.recognition.motions import MotionRecognizer, VideoMotions
from tests.motions import FRAME_MS, carried, changed, circle, examples, line
from tests.recognition.test_video import FRAME, Script

HEIGHT = 500
SIZE = [(800, HEIGHT)]


@pytest.fixture(scope="module")
def fitted():
    """A model of tracks: circles to both sides, lines, rest."""
    return hp.make_model("logistic", features="motion").fit(*examples(0))


@pytest.fixture(scope="module")
def hand(strangers):
    """A right hand that shows a 5, its wrist at the origin."""
    rows = (strangers.y == "5") & (strangers.X.handedness == "Right")
    points = strangers.X.points[rows][0]
    return points - points[0]


def moving(hand, track, side="Right", shift=0.0):
    """Hands whose index finger's tip goes along a track in image heights; one a frame."""
    tips = np.pad(track * HEIGHT, ((0, 0), (0, 1)))
    points = hand + (tips - hand[8])[:, None] + np.array([shift, 0, 0])
    return [hp.Landmarks(p[None], handedness=[side], image_size=SIZE) for p in points]


def rest(n, seed=0):
    tremor = np.random.default_rng(seed).normal(0, 0.002, (n, 2))
    return np.array([[0.1, 0.0]]) + tremor


def track_of(motion):
    return motion.points[:, 0, 0]


RESTING, CIRCLING = 24, 46
SCENE = np.concatenate([rest(RESTING), track_of(circle(CIRCLING, turns=3)), rest(RESTING, 1)])


def told(events):
    return [(e.gesture, e.track_id) for e in events if e.kind == "motion" and e.has_ended]


@pytest.fixture
def recognizer(model, fitted):
    def make(frames, motions=fitted, **settings):
        return hp.GestureRecognizer(Script(frames), model, motions=motions, **settings)

    return make


def times(n):
    return [(FRAME, t * FRAME_MS) for t in range(n)]


def test_motions_are_told_beside_gestures(recognizer, hand):
    frames = moving(hand, SCENE)
    events = list(recognizer(frames).events(times(len(frames))))
    assert told(events) == [("rest", 0), ("clockwise", 0), ("rest", 0)]
    assert {(e.gesture, e.kind) for e in events if e.kind == "gesture"} == {("5", "gesture")}
    begun, ended = [e for e in events if e.gesture == "clockwise"]
    circling = RESTING * FRAME_MS, (RESTING + CIRCLING) * FRAME_MS
    assert not begun.has_ended
    assert circling[0] - 100 < begun.started_ms < circling[0] + 500
    assert circling[1] - 100 < ended.ended_ms < circling[1] + 400
    assert ended.handedness == "Right"


def test_a_frame_has_the_motion_of_each_hand(recognizer, hand):
    left = moving(hand * [-1, 1, 1], track_of(circle(46, turns=-3)), "Left", shift=-3000)
    right = moving(hand, track_of(circle(46, turns=3)))
    frames = [hp.Landmarks.concat(pair) for pair in zip(left, right, strict=True)]
    results = list(recognizer(frames).stream(times(46)))
    assert results[-1].motions == ("anticlockwise", "clockwise")
    assert [h.motion for h in results[-1]] == ["anticlockwise", "clockwise"]
    assert (results[-1].motion_scores > 0.5).all()
    assert [shown.motion for shown in results[-1].shown()] == ["anticlockwise", "clockwise"]
    assert results[3].motions == (None, None)  # less than half a window
    assert np.isnan(results[3].motion_scores).all()
    document = json.loads(json.dumps(results[3].to_dict(), allow_nan=False))["hands"][0]
    assert (document["motion"], document["motion_score"]) == (None, None)
    assert results[-1].to_dict()["hands"][1]["motion"] == "clockwise"


def test_one_motion_is_one_event_however_it_flickers(fitted, hand, monkeypatch):
    frames = moving(hand, track_of(circle(60, turns=4)))
    sure = fitted.classes_ == "clockwise"
    answers = iter([1] * 8 + [1, 1, 1, 1, 0, 0] * 20)  # then lost for 130 ms every 400 ms
    asked = []

    def flickering(motions):
        asked.append(motions)
        return np.where(sure, 0.99 if next(answers) else 0.0, 0.0)[None].repeat(len(motions), 0)

    monkeypatch.setattr(fitted, "window_scores", flickering)
    motions, events = VideoMotions(fitted, 0.8, hold_ms=100), []
    for t, hands in enumerate(frames):
        events += motions.update(hands, np.array([7]), round(t * FRAME_MS))[2]
    assert len(asked) > 20
    assert [(e.gesture, e.track_id, e.has_ended) for e in events] == [("clockwise", 7, False)]
    assert [e.has_ended for e in motions.end()] == [True]
    assert motions.end() == []


def test_no_motion_is_told_below_the_threshold_or_by_a_label_of_none(recognizer, hand):
    frames = moving(hand, SCENE)
    strict = recognizer(frames, min_score=1.0)
    assert told(strict.events(times(len(frames)))) == []
    X, y = examples(0)
    silent = hp.make_model("logistic", features="motion").fit(
        X, np.where(y == "rest", "no_gesture", y)
    )
    made = recognizer(frames, motions=silent)
    assert told(made.events(times(len(frames)))) == [("clockwise", 0)]


def test_a_hand_that_is_gone_ends_its_motion(recognizer, hand):
    frames = moving(hand, track_of(circle(40, turns=3))) + [hp.Landmarks.empty()] * 30
    results = list(recognizer(frames).stream(times(70)))
    (ended,) = [e for r in results for e in r.events if e.kind == "motion" and e.has_ended]
    assert ended.ended_ms < 39 * FRAME_MS + 251  # half a window after it was seen last
    (frame,) = [r.frame.index for r in results if ended in r.events]
    assert 40 < frame < 63  # the longest window is 0.75 s


def test_a_model_of_two_hands_sees_both_as_one_motion(recognizer, hand):
    rng = np.random.default_rng(0)

    def pair(apart, n=24):
        """Two hands that go apart (or together) by some pixels each."""
        left = carried((hand * [-1, 1, 1])[:, :2] + [300, 0], n, by=(-apart, 0)).points
        right = carried(hand[:, :2] + [900, 0], n, by=(apart, 0)).points
        both = np.concatenate([left, right], axis=1)
        return hp.Motion(both + rng.normal(0, 1, both.shape), (np.arange(n) * FRAME_MS).round())

    windows = [(w, by > 0) for by in (200, 240, -200, -240) for w in pair(by).windows(400, 66)]
    motions, labels = zip(*windows, strict=True)
    two = hp.make_model("knn", features="motion", n_neighbors=1)
    two.fit(motions, np.where(labels, "apart", "together"))
    frames = [
        hp.Landmarks(np.pad(p, ((0, 0), (0, 0), (0, 1))), handedness=["Left", "Right"])
        for p in pair(230).points
    ]
    made = recognizer([f[[1, 0]] for f in frames], motions=two)
    results = list(made.stream(times(24)))
    assert results[-1].motions == ("apart", "apart")
    events = [e for r in results for e in r.events if e.kind == "motion"]
    assert [(e.gesture, e.track_id) for e in events] == [("apart", None)]
    assert events[0].to_dict()["track_id"] is None


def test_without_a_model_of_motions_there_are_none(recognizer, hand):
    (result,) = recognizer(moving(hand, rest(1)), motions=None).stream([FRAME])
    assert (result.motion_scores, result[0].motion, result[0].motion_score) == (None, None, None)
    assert "motion" not in result.to_dict()["hands"][0]


def test_motions_alone_are_told_without_a_model_of_gestures(fitted, hand, tmp_path):
    frames = moving(hand, SCENE)
    recognizer = hp.GestureRecognizer(Script(frames), None, motions=fitted)
    assert (recognizer.model, recognizer.labels) == (None, [])
    seen = list(recognizer.stream(times(len(frames))))
    assert {hand.motion for frame in seen for hand in frame} >= {"rest", "clockwise"}
    assert {event.kind for frame in seen for event in frame.events} == {"motion"}
    (one,) = seen[-1]
    assert (one.gesture, one.steady_gesture, one.rejected, one.caption) == (None, None, None, "?")
    json.dumps(seen[-1].to_dict())
    assert (
        hp.GestureRecognizer(Script(frames), None, motions=fitted).classify(frames[0]).labels == ()
    )
    with pytest.raises(hp.HandposeError, match="no model of still hands"):
        recognizer.save(tmp_path / "x.handpose")
    with pytest.raises(TypeError, match="NoneType"):
        hp.GestureRecognizer(Script(frames), None)


def test_models_in_the_wrong_place_are_refused(model, fitted):
    with pytest.raises(hp.ModelKindError, match=r"motions takes .* give it as model"):
        hp.GestureRecognizer("native", model, motions=model)
    with pytest.raises(hp.ModelKindError, match=r"model takes .* give it as motions"):
        hp.load_recognizer(fitted)


# --- the old name, for one version -------------------------------------------------------------


def tip(x, y):
    """A hand in an image of 800 x 500 whose index finger's tip is at a place in image heights."""
    points = np.zeros((1, 21, 2))
    points[0, 8] = x * HEIGHT, y * HEIGHT
    return hp.Landmarks(points, image_size=SIZE)


@pytest.fixture
def old(fitted):
    def make(model=fitted, **options):
        with pytest.warns(DeprecationWarning, match=r"use GestureRecognizer\(..., motions=model\)"):
            return MotionRecognizer(model, **options)

    return make


def last_answer(recognizer, motion, start_ms=0):
    for point, time in zip(track_of(motion), motion.timestamps_ms, strict=True):
        answer = recognizer.update(tip(*point), start_ms + time)
    return answer


def test_the_old_recognizer_warns_and_works(old, fitted):
    recognizer = old()
    motion = circle(16)
    answer = last_answer(recognizer, motion)
    assert answer.motion == "clockwise"
    assert answer.score == pytest.approx(fitted.gesture_scores([motion]).max(), abs=1e-4)
    still = changed(line(20, to=(0, 0)), lambda p: p + rest(20)[:, None, None])
    assert last_answer(recognizer, still, start_ms=2000).motion == "rest"
    recognizer.reset()
    assert recognizer.update(hp.Landmarks.empty(), 0).motion is None


def test_the_old_recognizer_refuses_what_it_did(old, people):
    with pytest.raises(hp.LandmarksError, match="one hand, but got 3"):
        old().update(people.X[:3], 0)
    recognizer = old()
    recognizer.update(hp.Landmarks(np.zeros((1, 21, 2))), 0)
    with pytest.raises(hp.LandmarksError, match=r"must grow .* got 0 after 0"):
        recognizer.update(hp.Landmarks.empty(), 0)
    with pytest.raises(hp.LandmarksError, match="needs image_size"):
        recognizer.update(hp.Landmarks(np.zeros((1, 21, 2))), 300)
    for options in ({"window_ms": 0}, {"min_score": 1.5}):
        with pytest.raises(ValueError, match=f"{next(iter(options))} must be"):
            old(**options)
