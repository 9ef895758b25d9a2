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
    sure = model.predict_proba(strangers.X).max(1) > 0.9
    known = (model.predict(strangers.X) == strangers.y) & sure

    def shape(label, x=0.0):
        hand = strangers.X[np.flatnonzero(known & (strangers.y == label))[:1]]
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
    with pytest.raises(hp.LandmarksError, match=r"must grow from frame to .*end_video\(\)"):
        made.recognize_for_video(FRAME, 40)


def test_a_gesture_never_begins_below_the_lowest_score(recognizer, shapes):
    strict = recognizer([shapes("5")] * 6, min_score=0.9999)
    assert strict.steadying.enter == 0.9999
    assert list(strict.events([FRAME] * 6)) == []


# --- streams have a state of their own -------------------------------------------------------


@pytest.fixture
def native(model):
    """A recogniser whose extractor follows several videos at once."""
    with hp.make_extractor("native", threads=1) as extractor:
        yield hp.GestureRecognizer(extractor, model)


@pytest.fixture(scope="module")
def clip_frames():
    """Two parts of a clip, each with times that start at 0."""
    frames = list(hp.read_frames(read_clip("gestures").path))[:80]
    return [
        [(frame.rgb, frame.timestamp_ms - part[0].timestamp_ms) for frame in part]
        for part in (frames[:40:2], frames[40::2])
    ]


def told(results):
    return [(r.track_ids.tolist(), r.gestures, r.hands.points.tolist()) for r in results]


def test_two_streams_at_once_see_what_each_sees_alone(native, clip_frames):
    alone = [told(native.stream(frames)) for frames in clip_frames]
    both = zip(*(native.stream(frames) for frames in clip_frames), strict=True)
    assert [told(results) for results in zip(*both, strict=True)] == alone


def test_a_stream_does_not_touch_the_video_of_single_frames(native, clip_frames):
    first, second = clip_frames
    alone = [native.recognize_for_video(*frame) for frame in first]
    native.end_video()
    beside = []
    for frame in first:
        beside.append(native.recognize_for_video(*frame))
        next(native.stream(second))
    assert told(beside) == told(alone)


def test_an_extractor_that_follows_one_video_says_so_instead_of_mixing_two(recognizer, shapes):
    made = recognizer([shapes("5")] * 9)
    first, second = (made.stream([FRAME] * 4) for _ in range(2))
    next(first), next(second)
    with pytest.raises(hp.HandposeError, match="Script follows one video at a time"):
        next(first)
    assert len(list(second)) == 3


def test_a_stream_that_is_left_tells_the_ends_of_its_gestures_once(recognizer, shapes):
    for leave in (lambda stream: None, lambda stream: stream.close()):
        stream = recognizer([shapes("5")] * 9).stream([FRAME] * 9)
        for _ in range(5):
            next(stream)
        leave(stream)
        (event,) = stream.end()
        assert (event.gesture, event.ended_ms) == ("5", 133)
        assert stream.end() == ()
        assert list(stream) == []


def test_a_stream_that_has_ended_by_itself_tells_them_too(recognizer, shapes):
    with recognizer([shapes("5")] * 5).stream([FRAME] * 5) as stream:
        assert len(list(stream)) == 5
        assert [e.gesture for e in stream.end()] == ["5"]


class Source:
    """Gives frames, then fails; says whether it was closed."""

    def __init__(self, error):
        self.error, self.closed = error, False

    def __iter__(self):
        try:
            yield from [FRAME] * 5
            raise self.error
        finally:
            self.closed = True


@pytest.mark.parametrize("error", [hp.ImageError("unplugged"), KeyboardInterrupt(), OSError()])
def test_an_error_of_the_source_first_ends_what_is_shown(recognizer, shapes, error):
    made, source, told = recognizer([shapes("5")] * 9), Source(error), []
    with pytest.raises(type(error)):
        told.extend((event.gesture, event.has_ended) for event in made.events(source))
    assert told == [("5", False), ("5", True)]
    stream = made.stream(Source(error))
    with pytest.raises(type(error)):
        list(stream)
    assert [event.gesture for event in stream.end()] == ["5"]


def test_events_that_are_left_early_tell_what_is_left(recognizer, shapes):
    made, source = recognizer([shapes("5")] * 9), Source(OSError())
    events = made.events(source)
    assert not next(events).has_ended
    assert [(e.gesture, e.has_ended) for e in events.end()] == [("5", True)]
    assert source.closed
    assert (events.end(), list(events)) == ((), [])


def test_a_forgotten_stream_closes_its_source(recognizer, shapes):
    source = Source(OSError())
    for _ in recognizer([shapes("5")] * 9).events(source):
        break
    assert source.closed


def test_a_stream_reads_nothing_before_it_is_asked(recognizer, shapes):
    source = Source(OSError())
    stream = recognizer([shapes("5")]).stream(source)
    assert stream.end() == ()
    assert not source.closed


# --- thresholds and unknown gestures ---------------------------------------------------------


@pytest.fixture(scope="module")
def unsure(model, shapes):
    """The hand between two digits of which the model is least sure."""
    one, five = shapes("1"), shapes("5")
    weights = np.linspace(0, 1, 21)[:, None, None]
    between = weights * one.points + (1 - weights) * five.points
    hands = hp.Landmarks(between, handedness=np.repeat(five.handedness, len(between)))
    scores = model.predict_proba(hands).max(1)
    assert scores.min() < 0.7
    return hands[[scores.argmin()]]


def test_a_threshold_of_zero_names_whatever_is_most_probable(recognizer, unsure):
    assert list(recognizer([unsure] * 60).events([FRAME] * 60)) == []
    made = recognizer([unsure] * 60, min_score=0)
    (name,) = made.classify(unsure).gestures
    assert [e.gesture for e in made.events([FRAME] * 60)] == [name, name]


def test_an_unknown_gesture_that_is_held_is_told_where_that_is_asked_for(model, shapes, unsure):
    steadying = hp.Steadying(unknown_ms=300)
    script = Script([unsure] * 30 + [shapes("5")] * 10)
    made = hp.GestureRecognizer(script, model, steadying=steadying)
    events = list(made.events([FRAME] * 40))
    assert [(e.gesture, e.has_ended) for e in events] == [
        (None, False), (None, True), ("5", False), ("5", True),
    ]  # fmt: skip
    assert events[0].started_ms == 0
    assert events[1].ended_ms == 967
    assert events[0].rejected == made.classify(unsure)[0].rejected
    assert events[0].score == pytest.approx(made.classify(unsure)[0].score)


def test_no_gesture_is_no_event(people, strangers, recognizer, shapes):
    labels = np.where(people.y == "5", "no_gesture", people.y)
    model = hp.make_model("svm", augmentation=None).fit(people.X, labels)
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


@pytest.mark.parametrize("fps", [1, 3])
def test_the_digits_of_a_clip_are_told_in_order_at_every_rate(fps):
    clip = read_clip("gestures")
    frames = list(hp.read_frames(clip.path))[:: 30 // fps]
    of_zeros = 0.35  # rendered ones are doubtful: the door asks for no more
    with hp.load_recognizer("digits", num_hands=1, min_score=of_zeros) as recognizer:
        events = list(recognizer.events([(frame.rgb, frame.timestamp_ms) for frame in frames]))
    ended = [e for e in events if e.has_ended]
    shown = [g for g in clip.gestures[:, 0] if g is not None]
    order = [g for g, before in zip(shown, [None, *shown], strict=False) if g != before]
    assert list(dict.fromkeys(e.gesture for e in ended)) == order
    assert {e.track_id for e in ended} == {0}


@pytest.mark.photos
def test_two_hands_at_one_frame_a_second_keep_numbers_and_have_events(data_root):
    video = data_root.parent / "cases" / "one_frame_a_second_no_events.mp4"
    if not video.is_file():
        pytest.skip(f"{video.name} is not here")
    with hp.load_recognizer("digits", min_score=0) as recognizer:
        results = list(recognizer.stream(video))
        assert [sorted(r.track_ids.tolist()) for r in results] == [[0, 1]] * len(results)
        events = list(recognizer.events(video))
    assert {e.track_id for e in events if not e.has_ended} == {0, 1}
    assert all(e.ended_ms - e.started_ms >= 2000 for e in events if e.has_ended)


def test_the_digits_of_a_rendered_clip_are_told_in_order():
    clip = read_clip("gestures")
    with hp.load_recognizer("digits") as recognizer:
        events = [e for e in recognizer.events(clip.path) if e.has_ended]
    shown = [g for g in clip.gestures[:, 0] if g is not None]
    order = [g for g, before in zip(shown, [None, *shown], strict=False) if g != before]
    assert [e.gesture for e in events] == order
    for event in events:
        (true,) = np.flatnonzero(clip.gestures[:, 0] == event.gesture)[:1]
        assert abs(event.started_ms - clip.timestamps_ms[true]) < 250
