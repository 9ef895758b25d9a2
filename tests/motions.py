"""Motions that tests make up: circles and lines of a point, and hands that are carried along."""

import numpy as np

from handpose.containers.motion import Motion

FRAME_MS = 1000 / 30


def times(n, step_ms=FRAME_MS):
    return np.arange(n) * step_ms


def circle(n=16, turns=1.0, radius=0.1, step_ms=FRAME_MS, begin=0.0):
    """Clockwise in the image for turns above 0, since y points down."""
    angle = begin + np.linspace(0, 2 * np.pi * turns, n)
    return Motion(radius * np.stack([np.cos(angle), np.sin(angle)], 1), times(n, step_ms))


def line(n=16, to=(0.5, 0.0), step_ms=FRAME_MS):
    return Motion(np.linspace((0, 0), to, n), times(n, step_ms))


def carried(hand, n=16, by=(300.0, 0.0), opening=0.0, step_ms=FRAME_MS):
    """A hand (21, 2) that moves in a straight line while its index finger leaves its thumb."""
    shift = np.linspace((0, 0), by, n)[:, None]
    points = np.repeat(hand[None], n, axis=0) + shift
    away = (hand[8] - hand[4]) / np.linalg.norm(hand[8] - hand[4])
    points[:, 8] += np.linspace(0, opening, n)[:, None] * away
    return Motion(points, times(n, step_ms), "Right")


def thinned(motion, rows):
    return motion[rows]


def changed(motion, change):
    return Motion(change(motion.points.copy()), motion.timestamps_ms, motion.handedness)


def without(motion, frames):
    """The same motion, not seen in some frames."""

    def hide(points):
        points[frames] = np.nan
        return points

    return changed(motion, hide)


def examples(seed, n=12):
    """Circles to both sides, lines and rest, each with noise, anywhere and of several sizes."""
    rng = np.random.default_rng(seed)
    motions, labels = [], []
    for _ in range(n):
        size = rng.uniform(0.05, 0.15)
        turns, begin = rng.uniform(0.8, 1.2), rng.uniform(0, 2 * np.pi)
        made = {
            "clockwise": circle(turns=turns, radius=size, begin=begin),
            "anticlockwise": circle(turns=-turns, radius=size, begin=begin),
            "line": line(to=size * 4 * np.array([np.cos(begin), np.sin(begin)])),
            "rest": line(to=(0, 0)),
        }
        for label, motion in made.items():
            noise = rng.normal(0, 0.002, motion.points.shape) + rng.uniform(-1, 1, 2)
            motions.append(changed(motion, lambda points, noise=noise: points + noise))
            labels.append(label)
    return motions, np.array(labels)
