"""Swipes that are computed: hands of the digits' photos, carried along ways as people swipe.

A model that ships may be trained on them, since they come from data that may be shared
(`sign_language_digits`, Apache-2.0). Directions are the person's own, opposite a camera that does
not mirror: a hand that goes to the image's right is swiped to the left.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from handpose.containers.labels import NO_GESTURE
from handpose.containers.motion import Motion, Motions
from handpose.features.normalize import normalize

DIRECTIONS = {
    "swipe_left": (1.0, 0.0),
    "swipe_right": (-1.0, 0.0),
    "swipe_up": (0.0, -1.0),
    "swipe_down": (0.0, 1.0),
}
"""Name to direction in the image."""

FRAME_S = 1 / 30
WAY = (2.2, 10.0)
"""Palm sizes that a swipe goes; a palm is about 4.4 cm in this measure."""
SWIPE_S = (0.15, 0.8)
SLOW, FAST = 3.5, 5.0
"""Palm sizes a second, on average: a slower way to a side is no swipe, a faster one is."""
PIXELS = 40.0


def swipes(takes: int = 300, seed: int = 0) -> hp.Dataset:
    """So many takes of each direction, and four times as many of other things that hands do."""
    rng = np.random.default_rng(seed)
    hands = _hands()
    rows = [
        (_swipe(hands, np.array(way), rng), label)
        for label, way in DIRECTIONS.items()
        for _ in range(takes)
    ]
    others = (_rest, _slow_way, _wave, _circle, _turn_back)
    rows += [(others[i % len(others)](hands, rng), NO_GESTURE) for i in range(4 * takes)]
    X, y = zip(*rows, strict=True)
    return hp.Dataset(Motions(X), y, name="made_swipes")


def _hands() -> NDArray[np.float32]:
    """Right hands, their wrists at the origin, palms of size 1."""
    data = hp.load_dataset("sign_language_digits")
    chosen = data.X[data.X.detected]
    return normalize(chosen.points[..., :2], chosen.handedness)


def _carried(
    hands: NDArray[np.float32],
    way: NDArray[np.float64],
    rng: np.random.Generator,
    roll: NDArray[np.float64] | float = 0.0,
) -> Motion:
    """A hand whose wrist goes along a way (frames, 2) and which turns by angles (frames,)."""
    shape = hands[int(rng.integers(len(hands)))].astype(np.float64)
    side = "Right"
    if rng.random() < 0.5:
        shape, side = shape * [-1, 1], "Left"
    angles = rng.normal(0, 0.35) + np.broadcast_to(roll, len(way))
    turn = np.stack([np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles)], -1)
    points = np.einsum("fij,kj->fki", turn.reshape(-1, 2, 2), shape)
    narrow = 1 - 0.25 * rng.random() * np.linspace(0, 1, len(way))  # turns away as it goes
    points[..., 0] *= narrow[:, None]
    points += way[:, None] + rng.normal(0, 0.03, points.shape)
    flat = np.pad(points * PIXELS, ((0, 0), (0, 0), (0, 1)))
    return Motion(flat, np.arange(len(way)) * FRAME_S * 1000, side)


def _frames(seconds: float) -> int:
    return max(round(seconds / FRAME_S), 4)


def _smooth(n: int) -> NDArray[np.float64]:
    t = np.linspace(0, 1, n)
    return t * t * (3 - 2 * t)


def _stay(at: NDArray[np.float64], seconds: float) -> NDArray[np.float64]:
    return np.repeat(at[None], max(round(seconds / FRAME_S), 0), axis=0)


def _swipe(
    hands: NDArray[np.float32], direction: NDArray[np.float64], rng: np.random.Generator
) -> Motion:
    """Along a direction, give or take 20 degrees, a little bent; a moment before and after."""
    angle = np.clip(rng.normal(0, 0.18), -0.4, 0.4)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    along = turned @ direction
    length = rng.uniform(*WAY)
    slowest = min(SWIPE_S[1], length / FAST)
    share = _smooth(_frames(np.exp(rng.uniform(*np.log([SWIPE_S[0], slowest])))))
    bend = np.sin(np.pi * share) * rng.normal(0, 0.12)
    across = np.array([-along[1], along[0]])
    way = length * (share[:, None] * along + bend[:, None] * across)
    roll = rng.uniform(0, 0.5) * share * np.sign(along[0]) * (abs(along[0]) > 0.5)
    before, after = rng.uniform(0, 0.12, 2)
    path = np.concatenate([_stay(way[0], before), way, _stay(way[-1], after)])
    angles = np.interp(np.linspace(0, 1, len(path)), np.linspace(0, 1, len(roll)), roll)
    return _carried(hands, path, rng, angles)


def _rest(hands: NDArray[np.float32], rng: np.random.Generator) -> Motion:
    n = _frames(rng.uniform(0.3, 0.9))
    drift = np.cumsum(rng.normal(0, 0.02, (n, 2)), axis=0)
    return _carried(hands, drift, rng)


def _slow_way(hands: NDArray[np.float32], rng: np.random.Generator) -> Motion:
    n = _frames(rng.uniform(0.4, 0.9))
    angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(0, SLOW) * n * FRAME_S
    return _carried(hands, _smooth(n)[:, None] * length * [np.cos(angle), np.sin(angle)], rng)


def _wave(hands: NDArray[np.float32], rng: np.random.Generator) -> Motion:
    n = _frames(rng.uniform(0.5, 0.9))
    rounds, size = rng.uniform(1.0, 2.5), rng.uniform(0.5, 2.0)
    x = size * np.sin(2 * np.pi * (rounds * np.linspace(0, 1, n) + rng.random()))
    return _carried(hands, np.stack([x, 0.2 * rng.normal() * x], 1), rng, 0.3 * x)


def _circle(hands: NDArray[np.float32], rng: np.random.Generator) -> Motion:
    n = _frames(rng.uniform(0.5, 1.0))
    angle = 2 * np.pi * (rng.uniform(0.4, 1.5) * np.linspace(0, 1, n) + rng.random())
    way = rng.uniform(0.8, 2.5) * np.stack([np.cos(angle), rng.choice([-1, 1]) * np.sin(angle)], 1)
    return _carried(hands, way, rng)


def _turn_back(hands: NDArray[np.float32], rng: np.random.Generator) -> Motion:
    """There and back again within the window."""
    n = _frames(rng.uniform(0.5, 0.9))
    angle, turn = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 0.6)
    t = np.linspace(0, 1, n)
    out = np.where(t < turn, t / turn, (1 - t) / (1 - turn))
    out = out * out * (3 - 2 * out) * rng.uniform(*WAY)
    return _carried(hands, out[:, None] * [np.cos(angle), np.sin(angle)], rng)
