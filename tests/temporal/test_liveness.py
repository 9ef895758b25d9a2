"""A hand changes its shape, and passes through shapes; a picture of one does neither."""

import numpy as np
import pytest

import handpose as hp
from handpose.temporal import GestureEvent, HandLiveness
from handpose.temporal.liveness import LEAST_BETWEEN_MS, LEAST_MOTION, HandMotion, change_of_shape

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def two(rendered):
    """A rendered 2 and a rendered 5 of one person, (21, 2) each, about 250 pixels tall."""
    found = []
    for label in ("2", "5"):
        rows = (rendered.y == label) & (rendered.X.handedness == "Right")
        points = rendered.X[rows].points[0, :, :2]
        found.append((points - points[0]) * 250 / np.ptp(points[:, 1]) + (300, 400))
    return found


def affine(frames, seed=0):
    """A picture that is moved, turned, tilted and brought nearer."""
    rng = np.random.default_rng(seed)
    maps = np.eye(2) + rng.uniform(-0.25, 0.25, (frames, 2, 2))
    return maps, rng.uniform(-80, 80, (frames, 1, 2))


def trembling(points, frames, percent):
    """The hand, each of its points drifting for itself."""
    size = percent / 100 * hp.features.palm_size(points[None])[0] / np.sqrt(2)
    return points + RNG.normal(0, size, (frames, 21, 2))


@pytest.mark.parametrize("frames", [4, 30])
def test_a_flat_picture_has_no_change_of_shape_however_it_is_moved(two, frames):
    maps, shifts = affine(frames)
    moved = two[0] @ maps.transpose(0, 2, 1) + shifts
    assert change_of_shape(moved.astype(np.float32)) < 0.02


def test_points_that_move_by_themselves_are_measured_in_percent_of_the_palm(two):
    found = change_of_shape(trembling(two[0], 400, 2.0).astype(np.float32))
    free = np.sqrt((42 - 6) / 42)  # an affine map has six numbers
    assert found == pytest.approx(2.0 * free, rel=0.05)
    assert change_of_shape(3 * trembling(two[0], 400, 2.0)) == pytest.approx(found, rel=0.05)


def test_of_few_frames_nothing_is_said(two):
    assert change_of_shape(trembling(two[0], 3, 5.0)) == 0
    assert change_of_shape(np.empty((0, 21, 2), np.float32)) == 0


def watched(frames, ids=None):
    """A liveness that has seen one hand a frame, 50 ms apart; None where there is none."""
    live = HandLiveness()
    for number, points in enumerate(frames):
        hands = (
            hp.Landmarks.empty() if points is None else hp.Landmarks([points], handedness=["Right"])
        )
        track = [0 if ids is None else ids[number]] * len(hands)
        live.update(hands, np.array(track, np.intp), 50 * number)
    return live


def shown(two, way, hold=12, tremble=1.0):
    """A 2, the way to a 5, and the 5; with their events."""
    first, last = (list(trembling(points, hold, tremble)) for points in two)
    steps = [two[0] + (two[1] - two[0]) * k / (way + 1) for k in range(1, way + 1)]
    start = 50 * (hold + way)
    events = [
        GestureEvent("2", 0, 0, 50 * (hold - 1), 0.9),
        GestureEvent("5", 0, start, start + 50 * (hold - 1), 0.9),
    ]
    return [*first, *steps, *last], events


def test_a_hand_is_alive(two):
    frames, events = shown(two, way=6)
    motion = watched(frames).motion(events)
    assert all(percent > LEAST_MOTION for percent in motion.within)
    assert motion.between_ms == (200.0,)
    assert motion.is_alive()


def test_a_still_picture_is_not(two):
    frames, events = shown(two, way=6, tremble=0.0)
    assert max(watched(frames).motion(events).within) < LEAST_MOTION / 10
    assert not watched(frames).motion(events).is_alive()


def test_one_picture_in_place_of_another_is_not(two):
    frames, events = shown(two, way=0)
    motion = watched(frames).motion(events)
    assert motion.between_ms == (0.0,)
    assert not motion.is_alive()


def test_nothing_is_seen_between_while_the_hand_is_out_of_sight(two):
    frames, events = shown(two, way=6)
    hidden = [*frames[:12], *[None] * 6, *frames[18:]]
    assert watched(hidden).motion(events).between_ms == (0.0,)
    other = [events[0], GestureEvent("5", 1, *(events[1].started_ms, events[1].ended_ms), 0.9)]
    ids = [0] * 15 + [1] * 15
    assert watched(frames, ids).motion(other).between_ms == (0.0,)


def test_a_gesture_that_comes_again_needs_no_way(two):
    frames, (first, _) = shown(two, way=0)
    again = [first, GestureEvent("2", 0, 600, 1150, 0.9)]
    motion = watched([*frames[:12], *frames[:12]]).motion(again)
    assert np.isnan(motion.between_ms).all()
    assert motion.is_alive()


def test_without_gestures_nobody_is_alive():
    assert not HandLiveness().motion([]).is_alive()
    assert not HandMotion((), ()).is_alive()
    assert not HandMotion((0.0, 9.0), (99.0,)).is_alive()
    assert not HandMotion((9.0, 9.0), (LEAST_BETWEEN_MS - 1,)).is_alive()


def test_a_hand_that_was_forgotten_has_not_moved(two):
    frames, events = shown(two, way=6)
    live = watched(frames)
    live.reset()
    assert live.motion(events) == HandMotion((0.0, 0.0), (0.0,))


def test_memory_is_bounded(two):
    live = HandLiveness(remembered_ms=1000)
    hand = hp.Landmarks([two[0]])
    for number in range(500):
        live.update(hand, np.array([0]), 50 * number)
    assert len(live._frames) <= 22
    with pytest.raises(ValueError, match="remembered_ms"):
        HandLiveness(0)
