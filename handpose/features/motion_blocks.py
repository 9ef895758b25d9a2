"""Motion blocks: each turns motions of equally many frames into a few numbers with a name.

Inside, a batch of motions is `EvenMotions`: paths of points (n, frames, p, 2) whose unit is the
hand, and the hands themselves. Output of a block is (n, k).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import HandLandmark as H
from handpose.features.blocks import BLOCKS

Floats = NDArray[np.float32]

_TINY = np.float32(1e-6)
_SHAPE = BLOCKS["fingertips"]

SCALES = ("extent", "hand")

FOLLOWED = {1: ("point",), 21: ("palm", "index_finger_tip")}
"""What is followed, by the number of points that a motion has."""


@dataclass(frozen=True)
class EvenMotions:
    """Motions after resampling.

    Attributes
    ----------
    paths : ndarray of float32, shape (n, frames, p, 2)
        Of what `FOLLOWED` names.
    seconds : ndarray of float32, shape (n,)
        From the first frame to the last.
    extents : ndarray of float32, shape (n,), or None
        What the paths were divided by, where that was their own size.
    hands : ndarray of float32, shape (n, frames, 21, 2), or None
        From `normalize`: as right hands, the wrist at the origin, the palm of size 1.
    palms : ndarray of float32, shape (n, frames), or None
        Palm sizes in pixels.
    """

    paths: Floats
    seconds: Floats
    extents: Floats | None = None
    hands: Floats | None = None
    palms: Floats | None = None


def path(motions: EvenMotions) -> Floats:
    """Where each followed point is in each frame, seen from the centre of its path."""
    paths = motions.paths
    return _flat(paths - paths.mean(axis=1, keepdims=True))


def _path_names(n_points: int, n_frames: int, scale: str) -> list[str]:
    return [
        f"path_{name}_{axis}_{frame}"
        for frame in range(n_frames)
        for name in FOLLOWED[n_points]
        for axis in "xy"
    ]


_STATISTICS = (
    "mean_speed",
    "top_speed",
    "speed_deviation",
    "displacement_x",
    "displacement_y",
    "extent_x",
    "extent_y",
    "straightness",
    "turning",
    "absolute_turning",
    "roundness",
)


def statistics(motions: EvenMotions) -> Floats:
    """Speed, reach, turning and roundness of the path of each followed point.

    Speeds are in units a second; how long the motion takes enters through them. Straightness is
    displacement over length of path. Turning is in whole turns, positive where it goes clockwise in
    the image. Roundness is the enclosed area over that of a circle as long as the path: 1 or -1 for
    one round. Where paths are in units of their own size, its logarithm comes last.
    """
    steps = np.diff(motions.paths, axis=1)
    lengths = np.linalg.norm(steps, axis=-1)
    length = lengths.sum(axis=1)
    speeds = lengths * np.float32(steps.shape[1]) / motions.seconds[:, None, None]
    displacement = motions.paths[:, -1] - motions.paths[:, 0]
    turns = _turns(steps)
    columns = [
        speeds.mean(axis=1),
        speeds.max(axis=1),
        speeds.std(axis=1),
        *np.moveaxis(displacement, -1, 0),
        *np.moveaxis(np.ptp(motions.paths, axis=1), -1, 0),
        np.linalg.norm(displacement, axis=-1) / np.maximum(length, _TINY),
        turns.sum(axis=1),
        np.abs(turns).sum(axis=1),
        _enclosed_area(motions.paths) * 4 * np.pi / np.maximum(np.square(length), _TINY**2),
    ]
    found = _flat(np.stack(columns, axis=-1))
    if motions.extents is None:
        return found
    return np.concatenate([found, np.log(motions.extents)[:, None]], axis=1)


def _statistics_names(n_points: int, n_frames: int, scale: str) -> list[str]:
    names = [f"{kind}_{name}" for name in FOLLOWED[n_points] for kind in _STATISTICS]
    return [*names, "log_extent"] if scale == "extent" else names


def _turns(steps: Floats) -> Floats:
    """Angle between each step and the next, in whole turns, shape (n, frames - 2, p)."""
    (x, y), (next_x, next_y) = (np.moveaxis(s, -1, 0) for s in (steps[:, :-1], steps[:, 1:]))
    return np.arctan2(x * next_y - y * next_x, x * next_x + y * next_y) / np.float32(2 * np.pi)


def _enclosed_area(paths: Floats) -> Floats:
    """Signed area between each path and its chord, shape (n, p); positive clockwise."""
    x, y = np.moveaxis(paths - paths[:, :1], -1, 0)
    return (x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(axis=1) / 2


def hand(motions: EvenMotions) -> Floats:
    """What the hand looks like and how that changes; nothing for the track of one point.

    The mean of the block ``"fingertips"``, its change from the first third of the motion to the
    last, and of the gap between thumb and index finger and of the palm's size (logarithm) the
    change and the range.
    """
    if motions.hands is None or motions.palms is None:
        return np.empty((len(motions.paths), 0), np.float32)
    n, frames = motions.hands.shape[:2]
    shape = _SHAPE.compute(motions.hands.reshape(n * frames, -1, 2)).reshape(n, frames, -1)
    thumb, index = motions.hands[:, :, H.THUMB_TIP], motions.hands[:, :, H.INDEX_FINGER_TIP]
    gap = np.linalg.norm(thumb - index, axis=-1)
    sizes = np.stack([gap, np.log(motions.palms)], axis=-1)
    parts = [shape.mean(axis=1), change(shape), change(sizes), np.ptp(sizes, axis=1)]
    return np.concatenate(parts, axis=1)


def change(values: Floats) -> Floats:
    """Mean of the last third of the frames minus that of the first, shape (n, k)."""
    third = max(values.shape[1] // 3, 1)
    return values[:, -third:].mean(axis=1) - values[:, :third].mean(axis=1)


def _hand_names(n_points: int, n_frames: int, scale: str) -> list[str]:
    if n_points == 1:
        return []
    shape = _SHAPE.names("xy")
    sizes = ("gap_thumb_index", "palm")
    return [
        *(f"mean_{name}" for name in shape),
        *(f"change_{name}" for name in (*shape, *sizes)),
        *(f"range_{name}" for name in sizes),
    ]


def _flat(values: Floats) -> Floats:
    return values.reshape(len(values), int(np.prod(values.shape[1:])))


@dataclass(frozen=True)
class MotionBlock:
    """A block of motion features.

    Attributes
    ----------
    compute : callable
        `EvenMotions` of length n -> (n, k).
    names : callable
        Number of points, number of frames, scale -> k names.
    """

    compute: Callable[[EvenMotions], Floats]
    names: Callable[[int, int, str], list[str]]


MOTION_BLOCKS: dict[str, MotionBlock] = {
    "path": MotionBlock(path, _path_names),
    "statistics": MotionBlock(statistics, _statistics_names),
    "hand": MotionBlock(hand, _hand_names),
}
