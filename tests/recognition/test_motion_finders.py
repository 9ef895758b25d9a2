"""Motions that are told because they begin and end as motions do."""

import numpy as np
import pytest

import handpose as hp
from handpose.containers.motion import Motion, Motions
from handpose.recognition.finding import events_in_time
from handpose.recognition.motion_finders import LENGTH, SurestFinder, WholeFinder, finder_for
from handpose.recognition.windows import EVERY_MS
from tests.motions import FRAME_MS, carried, changed
from tests.recognition.test_video import FRAME, Script

SIZE = [(800, 600)]
REST, WAY = 20, 8


def there_and_back(hand, rng, by, n):
    """A hand that opens while it goes one way, and closes while it comes back."""
    out = carried(hand, n=n, by=(by, 0.0), opening=80.0)
    points = np.concatenate([out.points, out.points[::-1]])
    made = Motion(points, np.arange(2 * n) * FRAME_MS, "Right")
    return changed(made, lambda points: points + rng.normal(0, 0.5, points.shape))


@pytest.fixture(scope="module")
def takes(people):
    rng = np.random.default_rng(0)
    X, y = [], []
    for i in range(30):
        hand = np.asarray(people.X.points[i % 3, :, :2], np.float64)
        hand += rng.normal(0, 1.0, hand.shape)
        by = rng.uniform(250, 350) * (1 if i % 2 else -1)
        X.append(there_and_back(hand, rng, by, int(rng.integers(10, 15))))
        y.append("right" if i % 2 else "left")
    return hp.Dataset(Motions(X), y, [f"p{i % 3}" for i in range(30)])


@pytest.fixture(scope="module")
def taught(takes):
    model = hp.make_model("logistic", features="motion")
    model.fit(*hp.with_nothing(takes, model))
    return hp.learn_phases(model, takes)


def stream_of(*motions):
    """Motions with rests before, between and after them, and a way from each to the next."""
    rng, pieces = np.random.default_rng(1), []
    for motion in motions:
        points = motion.points
        if pieces:
            way = np.linspace(0, 1, WAY)[:, None, None, None]
            pieces.append(pieces[-1][-1] + way * (points[0] - pieces[-1][-1]))
        before, after = (np.repeat(points[i][None], REST, 0) for i in (0, -1))
        pieces += [before + rng.normal(0, 0.3, before.shape), points, after]
    joined = np.concatenate(pieces)
    return Motion(joined, np.arange(len(joined)) * FRAME_MS, "Right")


@pytest.fixture
def stream(takes):
    motions = list(takes.X)
    return stream_of(motions[0], motions[1], motions[2])


def told(events):
    return [(e.gesture, e.started_ms, e.ended_ms) for e in events if e.has_ended]


def test_a_model_with_phases_is_asked_by_them(taught, takes):
    plain = hp.make_model("logistic", features="motion").fit(*takes)
    settings = {"min_score": 0.5, "hold_ms": 100.0}
    assert isinstance(finder_for(taught, 0, **settings), WholeFinder)
    assert isinstance(finder_for(plain, 0, **settings), SurestFinder)


def test_each_whole_motion_is_told_once(taught, stream):
    events = hp.find_motions(taught, stream, min_score=0.75)
    assert [event.gesture for event in events] == ["left", "right", "left"]


@pytest.mark.parametrize("seed", range(1, 4))
def test_few_takes_do_not_name_the_way_between(takes, stream, seed):
    model = hp.make_model("logistic", features="motion")
    model.fit(*hp.with_nothing(takes, model, random_state=seed))
    events = hp.find_motions(hp.learn_phases(model, takes), stream, min_score=0.75)
    assert [event.gesture for event in events] == ["left", "right", "left"]


def test_of_two_windows_that_look_alike_the_longer_one_is_surer(taught, stream):
    finder = finder_for(taught, 0, min_score=0.5, hold_ms=100.0)
    finder._phases = lambda lately, last: np.zeros((last + 1, 3))
    nothing = finder._nothing
    chances = [np.where(nothing, 0.2, 0.8 / (~nothing).sum())] * 2
    short, long = finder._candidates(stream, [(20, 30), (0, 30)], chances)
    odds = [one.score / (1 - one.score) for one in (short, long)]
    assert odds[1] / odds[0] == pytest.approx(3**LENGTH)


@pytest.fixture(scope="module", params=[True, False])
def careful(request, takes):
    """Tells by distance too what was not taught; names nothing, or does not."""
    model = hp.make_model(
        "logistic", features="motion", none="neighbors", names_nothing=request.param
    )
    model.fit(*hp.with_nothing(takes, model))
    return hp.learn_phases(model, takes)


def test_what_is_not_known_speaks_against_a_motion(careful, stream):
    finder = finder_for(careful, 0, min_score=0.5, hold_ms=100.0)
    finder._phases = lambda lately, last: np.zeros((last + 1, 3))
    labels = careful.classes_.tolist()
    shown = np.array([{"left": 0.7, "right": 0.1, "no_gesture": 0.2}[label] for label in labels])
    (sure,), (strange,) = (
        finder._candidates(stream, [(0, 30)], [known * shown]) for known in (1.0, 0.1)
    )
    assert sure.label == strange.label == "left"
    odds = [one.score / (1 - one.score) for one in (sure, strange)]
    assert odds[0] / odds[1] == pytest.approx((0.7 / 0.2) / (0.07 / 0.92), rel=1e-4)


def test_motions_are_told_whether_nothing_is_named_or_not(careful, stream):
    events = hp.find_motions(careful, stream, min_score=0.5)
    assert [event.gesture for event in events] == ["left", "right", "left"]


def test_half_a_motion_is_not_told(taught, takes):
    for motion in list(takes.X)[:8]:
        half = stream_of(motion[: len(motion) // 2])
        assert hp.find_motions(taught, half, min_score=0.75) == []


def test_it_is_told_within_ten_frames(taught, takes):
    motion = next(iter(takes.X))
    end = (REST + len(motion)) * FRAME_MS
    now = next(now for now, _ in events_in_time(taught, stream_of(motion), min_score=0.75))
    assert now - end <= 10 * FRAME_MS


def test_a_motion_at_the_end_of_a_video_is_told(taught, takes):
    motion = next(iter(takes.X))
    lately = stream_of(motion)[: REST + len(motion)]
    assert [e.gesture for e in hp.find_motions(taught, lately, min_score=0.75)] == ["left"]


def test_a_video_has_the_events_of_its_landmarks(taught, model, stream):
    frames = [
        hp.Landmarks(points, handedness=["Right"], image_size=SIZE) for points in stream.points
    ]
    recognizer = hp.GestureRecognizer(Script(frames), model, motions=taught, min_score=0.75)
    times = [(FRAME, round(t)) for t in stream.timestamps_ms]
    events = [e for e in recognizer.events(times) if e.kind == "motion"]
    exact = Motion(stream.points, [t for _, t in times], "Right")
    found = told(hp.find_motions(taught, exact, min_score=0.75))
    assert [name for name, *_ in told(events)] == [name for name, *_ in found]
    assert len(found) == 3
    for one, other in zip(told(events), found, strict=True):
        assert np.abs(np.subtract(one[1:], other[1:])).max() <= EVERY_MS


def test_a_hand_that_leaves_the_picture_ends_it(taught, stream):
    gone = np.full((90, *stream.points.shape[1:]), np.nan)
    points = np.concatenate([stream.points, gone, stream.points])
    twice = Motion(points, np.arange(len(points)) * FRAME_MS, "Right")
    events = hp.find_motions(taught, twice, min_score=0.75)
    assert [event.gesture for event in events] == ["left", "right", "left"] * 2


@pytest.mark.parametrize("gap_ms", [500.0, 3000.0])
def test_a_motion_just_before_a_gap_in_time_is_told(taught, takes, gap_ms):
    motion = next(iter(takes.X))
    one = stream_of(motion)[: REST + len(motion)]
    times = np.concatenate([one.timestamps_ms, one.timestamps_ms + one.timestamps_ms[-1] + gap_ms])
    twice = Motion(np.concatenate([one.points, one.points]), times, "Right")
    events = hp.find_motions(taught, twice, min_score=0.75)
    assert [event.gesture for event in events] == ["left", "left"]
