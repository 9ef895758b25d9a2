"""Motions that an exported model is asked about: uneven times, gaps, hands of any side, bodies."""

from __future__ import annotations

import numpy as np

import handpose as hp
from handpose.containers.skeletons import BODY
from handpose.export.hands import LEFT, RIGHT, UNKNOWN
from handpose.features.motion_frames import BODY_POINTS

SIDES = {"Left": LEFT, "Right": RIGHT, "": UNKNOWN}

WAYS = {
    "right": lambda t: np.stack([t, 0 * t], 1),
    "left": lambda t: np.stack([-t, 0 * t], 1),
    "round": lambda t: np.stack([np.cos(6 * t), np.sin(6 * t)], 1) / 2,
    "rest": lambda t: np.stack([0 * t, 0 * t], 1),
}


def moving(hands, n=12, *, n_hands=1, depth=False, seed=0):
    """Motions of whole hands and what each shows; some with gaps, some with a body."""
    rng = np.random.default_rng(seed)
    motions, labels = [], []
    for i in range(n):
        label = list(WAYS)[i % len(WAYS)]
        frames = int(rng.integers(12, 45))
        times = np.cumsum(rng.integers(20, 50, frames)).astype(float)
        shares = (times - times[0]) / (times[-1] - times[0])
        slots = []
        for slot in range(n_hands):
            shape = hands[int(rng.integers(len(hands)))] + rng.uniform(0, 300, (1, 3))
            way = WAYS[label if slot == 0 or i % 3 else "rest"](shares)
            points = np.repeat(shape[None], frames, 0) + rng.normal(0, 1.5, (frames, 21, 3))
            points[..., :2] += 150 * way[:, None] * (1 - 2 * ((i // 4) % 2) * (n_hands == 2))
            points[..., 2] += 200 * shares[:, None] if depth else -points[:, :1, 2]
            slots.append(points)
        points = np.stack(slots[:: 1 if i % 2 else -1], 1)
        start = int(rng.integers(0, frames - 8))
        points[start : start + int(rng.integers(0, 5)), int(rng.integers(n_hands))] = np.nan
        if i % 4 == 3:
            points[:3] = np.nan
        if i % 5 == 4 and n_hands == 2:
            points[:, 0] = np.nan
        body = rng.uniform(0, 600, (frames, len(BODY.landmarks), 2)) if i % 2 else None
        side = "" if n_hands == 2 else ("Left", "Right", "")[i % 3]
        motions.append(hp.Motion(points, times, side, body=body))
        labels.append(label)
    return hp.Motions(motions), np.array(labels)


def given_motions(motions, model, frames=None):
    """What an exported model is given, with rows of NaN up to so many frames."""
    features = model.features_
    axes = 3 if features.n_points_ == 21 else features.axes_
    most = frames or max(map(len, motions))
    shape = (len(motions), most, features.n_hands_, features.n_points_)
    points = np.full((*shape, axes), np.nan, np.float32)
    times = np.full(shape[:2], np.nan, np.float32)
    for row, motion in enumerate(motions):
        points[row, : len(motion)] = 0
        points[row, : len(motion), ..., : motion.points.shape[-1]] = motion.points[..., :axes]
        times[row, : len(motion)] = motion.timestamps_ms - motion.timestamps_ms[0]
    found = {"points": points, "times": times}
    if features.n_hands_ == 1 and (features.n_points_ == 21 or features.mirrors_):
        found["side"] = np.array([SIDES[motion.handedness] for motion in motions], np.float32)
    if features.n_points_ == 21:
        found["body"] = np.stack([_body(motion) for motion in motions])
    return found


def _body(motion):
    """The middle of each point that is looked at."""
    if motion.body is None:
        return np.full((len(BODY_POINTS), 2), np.nan, np.float32)
    return np.nanmedian(motion.body[:, list(BODY_POINTS)], axis=0).astype(np.float32)
