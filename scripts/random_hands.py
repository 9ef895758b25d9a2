"""Random articulated hands: bones of usual lengths, joints within their ranges, any view.

Hands that mean nothing, without end and without a mesh, and random gestures that several people
show. Millimetres; a right hand with its palm to the camera, x right (towards the thumb), y down, z
away. Lengths and ranges are round figures of adult hands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks

Array = NDArray[np.float64]

KNUCKLES = np.array([[22, -90, 0], [2, -88, 0], [-17, -82, 0], [-34, -74, 0]], float)
PHALANGES = np.array([[44, 26, 22], [49, 30, 24], [45, 28, 24], [36, 21, 21]], float)
THUMB_BASE, THUMB = np.array([25, -25, -5.0]), np.array([46, 34, 28.0])
FINGERS = np.array([5, 9, 13, 17])

X, Y, Z = np.eye(3)
UP = -Y

MOST_BENT = np.array([90, 105, 65.0])
"""Degrees of the knuckle, the middle joint and the last one."""
STRAIGHT, CURLED, BETWEEN, HALF = 0.35, 0.3, 0.2, 0.15
"""Shares of fingers."""
TOGETHER = 0.25
"""Share of the gestures whose fingers are bent alike."""
BACK, ANY_ROLL = 0.35, 0.25
"""Shares of the gestures seen from the back, and turned by any angle in the image."""
SPREAD = np.array([6, 1, -4, -9.0])
VIEW = 26.0
ALIKE = 0.4
"""Share of the gestures that differ from another in one finger, in the thumb or in the spread."""

BENT_BY, THUMB_BY, SPREAD_BY, TURNED_BY, MOVED_BY = 9.0, 7.0, 4.0, 17.0, 2.5
"""How much hands of one gesture differ: degrees, and millimetres of each point."""


def random_hands(
    rng: np.random.Generator, n_gestures: int, n_each: int = 1, loose: float = 1.0
) -> Landmarks:
    """Hands of random gestures, `n_each` of the first, then of the next.

    Parameters
    ----------
    rng : numpy.random.Generator
    n_gestures, n_each : int
    loose : float, default=1.0
        How different hands of one gesture are.

    Returns
    -------
    Landmarks of length n_gestures * n_each
    """
    bends, spread, thumb, target, view = _gestures(rng, n_gestures)
    bends, spread, thumb, target, view = (
        np.repeat(part, n_each, axis=0) for part in (bends, spread, thumb, target, view)
    )
    n = len(bends)
    bends = bends + _noise(rng, loose * BENT_BY, n, 4, 3)
    spread = spread + _noise(rng, loose * SPREAD_BY / 2, n, 4)
    spread += _noise(rng, loose * SPREAD_BY, n, 1) * np.array([1.5, 0.5, -0.7, -1.8])
    thumb = thumb + _noise(rng, loose * THUMB_BY, n, 4)
    target = target + loose * 6 * rng.standard_normal((n, 3))
    points = np.zeros((n, 21, 3))
    _place_fingers(rng, points, bends, spread)
    _place_thumb(rng, points, thumb, target)
    angles = view + _noise(rng, loose * TURNED_BY, n, 3)
    turn = _turn(Z, angles[:, 2]) @ _turn(X, angles[:, 0]) @ _turn(Y, angles[:, 1])
    points = np.einsum("nij,nkj->nki", turn, points)
    points[..., :2] /= 1 + points[..., 2:] / rng.uniform(300, 1500, (n, 1, 1))
    points += loose * MOVED_BY * rng.standard_normal(points.shape)
    return Landmarks(points.astype(np.float32))


def _gestures(rng: np.random.Generator, n: int) -> tuple[Array, ...]:
    """Bends (n, 4, 3) and spread (n, 4), angles of the thumb (n, 4) and its target, a view."""
    kind = rng.choice(4, (n, 4), p=[STRAIGHT, CURLED, BETWEEN, HALF])
    drawn = rng.random((n, 4))
    choices = [0.08 * drawn, 0.85 + 0.15 * drawn, drawn, 0.25 + 0.35 * drawn]
    curl = np.choose(kind, choices)
    alike = rng.random(n) < TOGETHER
    common = rng.random((n, 1)) + 0.12 * rng.standard_normal((n, 4))
    curl = np.where(alike[:, None], np.clip(common, 0, 1), curl)
    apart = (rng.random((n, 4)) < 0.35) * rng.uniform(-0.6, 0.6, (n, 4))
    knuckle = np.clip(curl + apart, -0.1, 1)
    middle = np.clip(curl + 0.08 * rng.standard_normal((n, 4)), -0.05, 1)
    last = middle * rng.uniform(0.6, 1.2, (n, 4))
    bends = np.radians(MOST_BENT) * np.stack([knuckle, middle, last], axis=2)
    spread = rng.normal(SPREAD, 5, (n, 4))
    spread += rng.uniform(-0.6, 1.2, (n, 1)) * np.array([8, 2, -4, -10])
    spread = np.radians(spread) * (1 - 0.6 * curl)
    thumb, target = _thumbs(rng, n)
    view = np.radians(VIEW) * rng.standard_normal((n, 3))
    view[:, 1] += np.pi * (rng.random(n) < BACK)
    anyhow = rng.random(n) < ANY_ROLL
    view[anyhow, 2] = rng.uniform(-np.pi, np.pi, int(anyhow.sum()))
    _make_alike(rng, bends, spread, thumb, target, view)
    return bends, spread, thumb, target, view


def _thumbs(rng: np.random.Generator, n: int) -> tuple[Array, Array]:
    """In the palm's plane, out of it, bent at two joints (radians); where it bends to."""
    kind, drawn = rng.choice(3, n, p=[0.35, 0.35, 0.3]), rng.random((4, n))
    inside = np.choose(kind, [45 + 35 * drawn[0], 20 + 25 * drawn[0], 15 + 60 * drawn[0]])
    out = np.choose(kind, [25 * drawn[1], 30 + 35 * drawn[1], 5 + 55 * drawn[1]])
    first = np.where(kind == 0, 10, 55) * drawn[2]
    second = np.where(kind == 0, 15 * drawn[3] - 10, 75 * drawn[3])
    target = rng.uniform([-30, -100, -60], [20, -50, -10], (n, 3))
    return np.radians(np.stack([inside, out, first, second], axis=1)), target


def _make_alike(
    rng: np.random.Generator, bends: Array, spread: Array, thumb: Array, target: Array, view: Array
) -> None:
    n = len(bends)
    copies = np.arange(int(ALIKE * n))
    model, what = rng.integers(len(copies), n, size=len(copies)), rng.integers(6, size=len(copies))
    for finger in range(4):
        rows = what != finger
        bends[copies[rows], finger] = bends[model[rows], finger]
    for part, number in ((thumb, 4), (target, 4), (spread, 5)):
        rows = what != number
        part[copies[rows]] = part[model[rows]]
    view[copies] = view[model]


def _place_fingers(rng: np.random.Generator, points: Array, bends: Array, spread: Array) -> None:
    n = len(points)
    here = KNUCKLES * (1 + 0.05 * rng.standard_normal((n, 4, 1)))
    here[..., 2] += 4 * rng.standard_normal((n, 4))
    lengths = PHALANGES * (1 + 0.06 * rng.standard_normal((n, 4, 1)))
    sideways = _turn(Z, spread)
    axis = sideways @ X
    angle = np.zeros((n, 4))
    points[:, FINGERS] = here
    for joint in range(3):
        angle = angle + bends[..., joint]
        bone = np.einsum("nfij,nfj->nfi", _turn(axis, angle), sideways @ UP)
        here = here + bone * lengths[..., joint, None]
        points[:, FINGERS + 1 + joint] = here


def _place_thumb(rng: np.random.Generator, points: Array, thumb: Array, target: Array) -> None:
    n = len(points)
    inside, out, first, second = thumb.T
    straight = np.stack(
        [np.sin(inside) * np.cos(out), -np.cos(inside) * np.cos(out), -np.sin(out)], axis=1
    )
    axis = np.cross(straight, target - THUMB_BASE)
    here = THUMB_BASE * (1 + 0.08 * rng.standard_normal((n, 1)))
    lengths = THUMB * (1 + 0.06 * rng.standard_normal((n, 1)))
    points[:, 1] = here
    for joint, angle in enumerate((0 * first, first, first + second)):
        bone = np.einsum("nij,nj->ni", _turn(axis, angle), straight)
        here = here + bone * lengths[:, joint, None]
        points[:, 2 + joint] = here


def _noise(rng: np.random.Generator, degrees: float, *shape: int) -> Array:
    return np.radians(degrees) * rng.standard_normal(shape)


def _turn(axis: Array, angle: Array) -> Array:
    """Rotations about axes (..., 3) by angles (...): Rodrigues' formula, shape (..., 3, 3)."""
    axis = np.broadcast_to(axis, (*angle.shape, 3))
    unit = axis / np.maximum(np.linalg.norm(axis, axis=-1, keepdims=True), 1e-9)
    x, y, z = np.moveaxis(unit, -1, 0)
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).reshape(*angle.shape, 3, 3)
    sine, cosine = np.sin(angle)[..., None, None], np.cos(angle)[..., None, None]
    return np.eye(3) + sine * cross + (1 - cosine) * cross @ cross
