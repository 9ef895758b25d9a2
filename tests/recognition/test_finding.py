"""Motions found in a long one, without a video."""

import numpy as np
import pytest

import handpose as hp
from handpose.containers.motion import Motion
from handpose.recognition.finding import events_in_time, find_motions
from tests.motions import FRAME_MS, circle, examples, line

BEGIN, LENGTH = 40, 24


@pytest.fixture(scope="module")
def fitted():
    """A model of tracks; rest is no gesture."""
    X, y = examples(0)
    return hp.make_model("logistic", features="motion").fit(X, np.where(y == "rest", "nothing", y))


def scene(*tracks, rest=BEGIN, seed=0):
    """Tracks with rests between them."""
    rng, points, at = np.random.default_rng(seed), [], np.zeros(2)
    for track in (*tracks, None):
        points.append(at + rng.normal(0, 0.002, (rest, 2)))
        if track is not None:
            path = track.points[:, 0, 0]
            points.append(path - path[0] + at)
            at = points[-1][-1]
    joined = np.concatenate(points)
    return Motion(joined, np.arange(len(joined)) * FRAME_MS)


def test_each_motion_is_one_event_with_begin_and_end(fitted):
    found = find_motions(fitted, scene(circle(LENGTH), line(LENGTH, to=(0.4, 0.1))))
    assert [(e.gesture, e.kind, e.track_id) for e in found] == [
        ("clockwise", "motion", 0),
        ("line", "motion", 0),
    ]
    first = found[0]
    span = BEGIN * FRAME_MS, (BEGIN + LENGTH) * FRAME_MS
    shared = min(first.ended_ms, span[1]) - max(first.started_ms, span[0])
    assert shared > 0.5 * (span[1] - span[0])


def test_rest_alone_has_no_event(fitted):
    assert find_motions(fitted, scene()) == []
    lost = Motion(np.full((50, 2), np.nan), np.arange(50) * FRAME_MS)
    assert find_motions(fitted, lost) == []


def test_nothing_is_found_above_the_threshold(fitted):
    assert find_motions(fitted, scene(circle(LENGTH)), min_score=1.0) == []


def test_a_motion_is_told_soon_after_its_end(fitted):
    told = list(events_in_time(fitted, scene(circle(LENGTH))))
    now = next(now for now, event in told if event.gesture == "clockwise")
    assert now <= (BEGIN + LENGTH + 15) * FRAME_MS
    assert [event.has_ended for _, event in told] == [False, True]


def test_a_model_of_still_hands_is_refused(model, fitted):
    with pytest.raises(hp.ModelKindError, match="still hands"):
        find_motions(model, scene())
    with pytest.raises(hp.LandmarksError, match="motions of 1 point, but this one has 21"):
        find_motions(fitted, Motion(np.zeros((20, 21, 2)) + np.arange(21)[:, None], range(20)))


def test_one_hand_of_two_is_asked_about_by_a_model_of_one(fitted):
    one = scene(circle(LENGTH))
    nobody = np.full_like(one.points, np.nan)
    both = Motion(np.concatenate([one.points, nobody], axis=1), one.timestamps_ms)
    assert [e.gesture for e in find_motions(fitted, both)] == ["clockwise"]


def test_one_hand_is_a_motion_of_two_for_a_model_of_two():
    def pair(motion):
        nobody = np.full_like(motion.points, np.nan)
        return Motion(np.concatenate([nobody, motion.points], axis=1), motion.timestamps_ms)

    X, y = examples(0)
    y = np.where(y == "rest", "nothing", y)
    of_two = hp.make_model("logistic", features="motion").fit([pair(m) for m in X], y)
    (found,) = find_motions(of_two, scene(circle(LENGTH)))
    assert (found.gesture, found.track_id) == ("clockwise", None)


@pytest.mark.parametrize("gap_ms", [500.0, 3000.0, 60_000.0])
def test_a_gap_in_time_is_no_error(fitted, gap_ms):
    """A gap longer than the longest window left one frame, which is no motion."""
    one = scene(circle(LENGTH))
    times = np.concatenate([one.timestamps_ms, one.timestamps_ms + one.timestamps_ms[-1] + gap_ms])
    twice = Motion(np.concatenate([one.points, one.points]), times)
    assert [e.gesture for e in find_motions(fitted, twice)] == ["clockwise", "clockwise"]
