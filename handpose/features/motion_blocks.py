"""Motion blocks: each turns motions of equally many frames into a few numbers with a name.

Inside, one hand of a batch of motions is `EvenMotions`: paths of points (n, frames, p, d) whose
unit is the hand, and the hands themselves. Output of a block is (n, k). Blocks of two hands take
`MotionFrames`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import PALM_TRIANGLE
from handpose.containers.skeletons import HandLandmark as H
from handpose.features.blocks import BLOCKS
from handpose.features.motion_frames import MotionFrames

Floats = NDArray[np.float32]

TINY = np.float32(1e-6)
AXES = "xyz"
_SHAPE = BLOCKS["fingertips"]

SCALES = ("extent", "hand")

SIDES = ("lead", "other")
"""The hands of a motion of two, in names of features."""

LOOK = ("distances", "angles", "fingertips")
INSTANTS = 8
"""At how many instants of a motion its hands are looked at."""
PLACES = 5
"""At how many its place is."""
NARROWEST = np.float32(1.0)
"""Width of shoulders in palm sizes, at least: seen from the side they are a point."""

FOLLOWED = {1: ("point",), 21: ("palm", "index_finger_tip")}
"""What is followed, by the number of points that a motion has."""


@dataclass(frozen=True)
class Form:
    """What decides how many features a block has.

    Attributes
    ----------
    points, frames, axes : int
        Points of a hand, frames of a motion, coordinates of a point.
    scale : {"extent", "hand"}
    """

    points: int
    frames: int
    axes: int
    scale: str


@dataclass(frozen=True)
class EvenMotions:
    """One hand of motions after resampling.

    Attributes
    ----------
    paths : ndarray of float32, shape (n, frames, p, d)
        Of what `FOLLOWED` names.
    seconds : ndarray of float32, shape (n,)
        From the first frame to the last.
    extents : ndarray of float32, shape (n,), or None
        What the paths were divided by, where that was their own size.
    hands : ndarray of float32, shape (n, frames, 21, d), or None
        From `normalize`: as right hands, the wrist at the origin, the palm of size 1.
    palms : ndarray of float32, shape (n, frames), or None
        Palm sizes.
    points : ndarray of float32, shape (n, frames, k, d), or None
        As in `MotionFrames`.
    seen : ndarray of bool, shape (n, frames)
    body : ndarray of float32, shape (n, 3, 2), or None
        As in `MotionFrames`.
    """

    paths: Floats
    seconds: Floats
    seen: NDArray[np.bool_]
    extents: Floats | None = None
    hands: Floats | None = None
    palms: Floats | None = None
    points: Floats | None = None
    body: Floats | None = None


def path(motions: EvenMotions) -> Floats:
    """Where each followed point is in each frame, seen from the centre of its path."""
    paths = motions.paths
    return _flat(paths - paths.mean(axis=1, keepdims=True))


def _path_names(form: Form) -> list[str]:
    return [
        f"path_{name}_{axis}_{frame}"
        for frame in range(form.frames)
        for name in FOLLOWED[form.points]
        for axis in AXES[: form.axes]
    ]


def statistics(motions: EvenMotions) -> Floats:
    """Speed, reach, turning and roundness of the path of each followed point.

    Speeds are in units a second; how long the motion takes enters through them. Straightness is
    displacement over length of path. Turning is in whole turns, positive where it goes clockwise in
    the image. Roundness is the enclosed area over that of a circle as long as the path: 1 or -1 for
    one round. Both are those in the image plane. Where paths are in units of their own size, its
    logarithm comes last.
    """
    steps = np.diff(motions.paths, axis=1)
    lengths = np.linalg.norm(steps, axis=-1)
    length = lengths.sum(axis=1)
    seconds = np.maximum(motions.seconds, TINY)[:, None, None]
    speeds = lengths * np.float32(steps.shape[1]) / seconds
    displacement = motions.paths[:, -1] - motions.paths[:, 0]
    turns = _turns(steps)
    columns = [
        speeds.mean(axis=1),
        speeds.max(axis=1),
        speeds.std(axis=1),
        *np.moveaxis(displacement, -1, 0),
        *np.moveaxis(np.ptp(motions.paths, axis=1), -1, 0),
        np.linalg.norm(displacement, axis=-1) / np.maximum(length, TINY),
        turns.sum(axis=1),
        np.abs(turns).sum(axis=1),
        _enclosed_area(motions.paths) * 4 * np.pi / np.maximum(np.square(length), TINY**2),
    ]
    found = _flat(np.stack(columns, axis=-1))
    if motions.extents is None:
        return found
    return np.concatenate([found, np.log(motions.extents)[:, None]], axis=1)


def _statistics_names(form: Form) -> list[str]:
    axes = AXES[: form.axes]
    kinds = [
        *("mean_speed", "top_speed", "speed_deviation"),
        *(f"displacement_{axis}" for axis in axes),
        *(f"extent_{axis}" for axis in axes),
        *("straightness", "turning", "absolute_turning", "roundness"),
    ]
    names = [f"{kind}_{name}" for name in FOLLOWED[form.points] for kind in kinds]
    return [*names, "log_extent"] if form.scale == "extent" else names


def _turns(steps: Floats) -> Floats:
    """Angle between each step and the next, in whole turns, shape (n, frames - 2, p)."""
    before, after = (np.moveaxis(s, -1, 0) for s in (steps[:, :-1], steps[:, 1:]))
    (x, y), (next_x, next_y) = before[:2], after[:2]
    return np.arctan2(x * next_y - y * next_x, x * next_x + y * next_y) / np.float32(2 * np.pi)


def _enclosed_area(paths: Floats) -> Floats:
    """Signed area between each path and its chord, shape (n, p); positive clockwise."""
    x, y = np.moveaxis(paths - paths[:, :1], -1, 0)[:2]
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
    flat = motions.hands[..., :2].reshape(n * frames, -1, 2)
    shape = _SHAPE.compute(flat).reshape(n, frames, -1)
    thumb, index = motions.hands[:, :, H.THUMB_TIP], motions.hands[:, :, H.INDEX_FINGER_TIP]
    gap = np.linalg.norm((thumb - index)[..., :2], axis=-1)
    sizes = np.stack([gap, np.log(np.maximum(motions.palms, TINY))], axis=-1)
    parts = [shape.mean(axis=1), change(shape), change(sizes), np.ptp(sizes, axis=1)]
    return np.concatenate(parts, axis=1)


def change(values: Floats) -> Floats:
    """Mean of the last third of the frames minus that of the first, shape (n, k)."""
    third = max(values.shape[1] // 3, 1)
    return values[:, -third:].mean(axis=1) - values[:, :third].mean(axis=1)


def _hand_names(form: Form) -> list[str]:
    if form.points == 1:
        return []
    shape = _SHAPE.names("xy")
    sizes = ("gap_thumb_index", "palm")
    return [
        *(f"mean_{name}" for name in shape),
        *(f"change_{name}" for name in (*shape, *sizes)),
        *(f"range_{name}" for name in sizes),
    ]


def geometry(motions: EvenMotions) -> Floats:
    """What the hand looks like: the mean of the blocks of the preset ``"geometry"`` of still hands.

    Over the instants that show it; nothing for a track.
    """
    if motions.hands is None:
        return np.empty((len(motions.paths), 0), np.float32)
    hands = _instants(motions.hands, INSTANTS)
    n, frames = hands.shape[:2]
    flat = hands.reshape(n * frames, *hands.shape[2:])
    found = np.concatenate([BLOCKS[name].compute(flat) for name in LOOK], axis=1)
    seen = _instants(motions.seen, INSTANTS).astype(np.float32)
    seen[~seen.any(axis=1)] = 1
    shares = seen / seen.sum(axis=1, keepdims=True)
    mean: Floats = np.einsum("ntk,nt->nk", found.reshape(n, frames, -1), shares)
    return mean


def _geometry_names(form: Form) -> list[str]:
    if form.points == 1:
        return []
    axes = AXES[: form.axes]
    return [f"look_{name}" for block in LOOK for name in BLOCKS[block].names(axes)]


def place(motions: EvenMotions) -> Floats:
    """Where the palm is, seen from the chest in widths of the shoulders, at five instants.

    Then its mean as the nose sees it, and whether there is a body: zeros where there is none.
    Nothing for a track.
    """
    if motions.points is None or motions.body is None or motions.points.shape[2] == 1:
        return np.empty((len(motions.paths), 0), np.float32)
    nose, left, right = np.moveaxis(motions.body, 1, 0)
    width = np.linalg.norm(left - right, axis=1)[:, None]
    chest = (left + right) / 2
    nose = np.where(np.isfinite(nose), nose, chest)
    palms = motions.points[:, :, PALM_TRIANGLE, :2].mean(axis=2)
    unit = np.maximum(width, NARROWEST)
    far = (_instants(palms, PLACES) - chest[:, None]) / unit[:, None]
    from_nose = (palms.mean(axis=1) - nose) / unit
    found = np.concatenate([_flat(far), from_nose, np.isfinite(width)], axis=1)
    return np.where(np.isfinite(width), found, 0).astype(np.float32)


def _place_names(form: Form) -> list[str]:
    if form.points == 1:
        return []
    places = [f"from_chest_{axis}_{i}" for i in range(PLACES) for axis in "xy"]
    return [*places, "from_nose_x", "from_nose_y", "body_known"]


def presence(frames: MotionFrames) -> Floats:
    """Share of the first, second and last third of a motion in which each hand is seen."""
    thirds = np.array_split(frames.seen.astype(np.float32), 3, axis=1)
    return _flat(np.stack([third.mean(axis=1) for third in thirds], axis=2))


def _presence_names(form: Form) -> list[str]:
    return [f"{side}_seen_{i}" for side in SIDES for i in range(3)]


def apart(frames: MotionFrames) -> Floats:
    """Where the other hand is, seen from the leading one.

    At five instants, then of the place in the image and of the distance the change and of the
    distance the range; zeros in a motion that never shows both.
    """
    both: NDArray[np.bool_] = frames.seen.min(axis=2)
    centres = frames.centres
    between = centres[:, :, 1] - centres[:, :, 0]
    far = np.linalg.norm(between, axis=-1, keepdims=True)
    found = np.concatenate(
        [
            _flat(_instants(between, PLACES)),
            change(between),
            far.mean(axis=1),
            change(far),
            np.ptp(far, axis=1),
        ],
        axis=1,
    )
    met: NDArray[np.bool_] = both.max(axis=1, keepdims=True)
    return np.where(met, found, 0).astype(np.float32)


def _apart_names(form: Form) -> list[str]:
    axes = AXES[: form.axes]
    return [
        *(f"apart_{axis}_{i}" for i in range(PLACES) for axis in axes),
        *(f"change_apart_{axis}" for axis in axes),
        *("distance_apart", "change_distance_apart", "range_distance_apart"),
    ]


def instants(frames: int, count: int) -> list[int]:
    """Some of the frames, evenly from the first to the last."""
    rows: list[int] = np.linspace(0, frames - 1, count).round().astype(int).tolist()
    return rows


def _instants(values: NDArray[Any], count: int) -> NDArray[Any]:
    """Values (n, frames, ...) at `instants`."""
    return values[:, instants(values.shape[1], count)]


def _flat(values: Floats) -> Floats:
    return values.reshape(len(values), int(np.prod(values.shape[1:])))


@dataclass(frozen=True)
class MotionBlock:
    """A block of motion features.

    Attributes
    ----------
    compute : callable
        `EvenMotions` or `MotionFrames` of length n -> (n, k).
    names : callable
        `Form` -> k names.
    """

    compute: Callable[[Any], Floats]
    names: Callable[[Form], list[str]]


MOTION_BLOCKS: dict[str, MotionBlock] = {
    "path": MotionBlock(path, _path_names),
    "statistics": MotionBlock(statistics, _statistics_names),
    "hand": MotionBlock(hand, _hand_names),
    "geometry": MotionBlock(geometry, _geometry_names),
    "place": MotionBlock(place, _place_names),
}
"""Of one hand."""

PAIR_BLOCKS = (MotionBlock(presence, _presence_names), MotionBlock(apart, _apart_names))
"""Of two hands together."""
