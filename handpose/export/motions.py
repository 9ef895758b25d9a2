"""Features of motions in a description: sequences, and the blocks of `MotionFeatures`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from handpose.containers.skeletons import HAND, PALM_TRIANGLE
from handpose.containers.skeletons import HandLandmark as H
from handpose.export import tracing as xp
from handpose.export.graph import Graph, Value
from handpose.export.hands import LEFT, RIGHT, apart, vectors
from handpose.export.leading import Frames, frames_of
from handpose.export.tracing import Traced
from handpose.features import LandmarkFeatures
from handpose.features import motion_blocks as own
from handpose.features.motion import SMALLEST_EXTENT, MotionFeatures
from handpose.features.motion_frames import BODY_POINTS
from handpose.features.motion_kinds import MotionTransformer
from handpose.features.motion_sequences import (
    N_FRAMES,
    SMALLEST_TRACK,
    SMALLEST_WIDTH,
    MotionSequences,
)

FRAMES = 128
"""Of a motion in a format that has no files for any number of frames."""

DESCRIBED = (MotionFeatures, MotionSequences)
"""Features of motions that can be exported."""


def motion_inputs(graph: Graph, features: MotionTransformer) -> dict[str, Value]:
    """The inputs of a model of motions; those that it does not look at are left out."""
    rng = np.random.default_rng(0)
    hands, k = features.n_hands_, features.n_points_
    axes = 3 if k == len(HAND) else features.axes_
    points = rng.uniform(0, 1, (1, FRAMES, hands, k, axes)).astype(np.float32)
    times = np.arange(FRAMES, dtype=np.float32)[None] * 30
    found = {
        "points": graph.input("points", points, any_frames=True),
        "times": graph.input("times", times, any_frames=True),
    }
    if hands == 1 and (k == len(HAND) or features.mirrors_):
        found["side"] = graph.input("side", np.zeros(1, np.float32))
    if k == len(HAND):
        body = rng.uniform(0, 1, (1, len(BODY_POINTS), 2)).astype(np.float32)
        found["body"] = graph.input("body", body)
    return found


def motion_vectors(inputs: Mapping[str, Value], features: MotionTransformer) -> tuple[Value, Value]:
    """What `transform` gives, shape (n, n_features), and which motions are usable, shape (n, 1)."""
    if isinstance(features, MotionFeatures):
        frames = frames_of(inputs, features, features.n_frames)
        return _features(frames, features).value, frames.usable
    frames = frames_of(inputs, features, N_FRAMES)
    return _sequences(frames).value, frames.usable


def _sequences(frames: Frames) -> Traced:
    """As `MotionSequences`."""
    points = frames.as_right_hands
    n, count, hands, k, axes = points.shape
    if k == 1:
        sides = xp.ptp(points, 1).max((1, 2, 3))
        points = points / xp.maximum(sides, SMALLEST_TRACK)[:, None, None, None, None]
    each = [points.reshape(n, count, hands * k * axes), frames.seen.astype(np.float32)]
    return xp.concatenate([xp.concatenate(each, 2).reshape(n, -1), _body_numbers(frames)], 1)


def _body_numbers(frames: Frames) -> Traced:
    """As `handpose.features.motion_sequences.body_numbers`."""
    nose, chest, width, known = _shoulders(frames)
    numbers = [chest, xp.maximum(width, SMALLEST_WIDTH), nose, known.astype(np.float32)]
    return xp.where(known, xp.concatenate(numbers, 1), 0.0)


def _shoulders(frames: Frames) -> tuple[Traced, Traced, Traced, Traced]:
    """Nose and chest (n, 2), width of the shoulders (n, 1), and whether they are known (n, 1)."""
    nose, left, right = (frames.body[:, i] for i in range(len(BODY_POINTS)))
    nose_known, *sides = (frames.body_known[:, i][:, None] for i in range(len(BODY_POINTS)))
    chest = (left + right) / 2.0
    nose = xp.where(nose_known, nose, chest)
    return nose, chest, xp.norm(left - right)[:, None], sides[0] & sides[1]


class _Even:
    """As `handpose.features.motion_blocks.EvenMotions`: one hand of motions."""

    def __init__(self, frames: Frames, slot: int, features: MotionFeatures):
        self.frames, self.slot = frames, slot
        self.seen = frames.seen[:, :, slot]
        self.palms = frames.palms[:, :, slot]
        points = frames.points[:, :, slot]
        self.whole = points.shape[2] == len(HAND)
        self.paths = points
        if self.whole:
            self.paths = xp.stack([frames.centres[:, :, slot], points[:, :, H.INDEX_FINGER_TIP]], 2)
        self.extents: Traced | None = None
        if features.scale == "extent":
            extents = xp.ptp(self.paths, 1).max((1, 2))
            self.extents = xp.maximum(extents, SMALLEST_EXTENT[points.shape[2]])
            self.paths = self.paths / self.extents[:, None, None, None]

    def hands(self, instants: list[int], axes: int) -> Value:
        """Hands at some frames, folded: (n * instants, 21, axes)."""
        points = self.frames.as_right_hands[:, instants, self.slot][..., :axes]
        n, count, k, _ = points.shape
        return points.reshape(n * count, k, axes).value

    def vectors(self, instants: list[int], blocks: str | tuple[str, ...], axes: int) -> Traced:
        """Features of hands at some frames, shape (n, instants, k)."""
        features = LandmarkFeatures(blocks, depth=axes == 3)
        hands = self.hands(instants, axes)
        found, _ = vectors(hands, LEFT if self.slot else RIGHT, features)
        return Traced(found).reshape(len(self.seen), len(instants), -1)


def _features(frames: Frames, features: MotionFeatures) -> Traced:
    """As `MotionFeatures`."""
    hands = range(features.n_hands_)
    parts = [_of_hand(_Even(frames, slot, features), features) for slot in hands]
    if features.n_hands_ == 2:
        parts += [_presence(frames), _apart(frames)]
    return xp.concatenate(parts, 1)


def _of_hand(even: _Even, features: MotionFeatures) -> Traced:
    names = [name for name in features.block_names if even.whole or name not in _OF_HANDS]
    found = xp.concatenate([_BLOCKS[name](even) for name in names], 1)
    return xp.where(even.seen.any(1, keepdims=True), found, 0.0)


def _path(even: _Even) -> Traced:
    paths = even.paths
    return _flat(paths - paths.mean(1, keepdims=True))


def _statistics(even: _Even) -> Traced:
    paths = even.paths
    steps = xp.diff(paths, 1)
    lengths = xp.norm(steps)
    length = lengths.sum(1)
    seconds = xp.maximum(even.frames.seconds, own.TINY)[:, None, None]
    speeds = lengths * float(steps.shape[1]) / seconds
    mean = speeds.mean(1, keepdims=True)
    displacement, extent = paths[:, -1] - paths[:, 0], xp.ptp(paths, 1)
    turns = _turns(steps)
    columns = [
        mean[:, 0],
        speeds.max(1),
        xp.sqrt(xp.square(speeds - mean).mean(1)),
        *(displacement[..., i] for i in range(paths.shape[-1])),
        *(extent[..., i] for i in range(paths.shape[-1])),
        xp.norm(displacement) / xp.maximum(length, own.TINY),
        turns.sum(1),
        xp.abs(turns).sum(1),
        _enclosed_area(paths) * (4 * np.pi) / xp.maximum(xp.square(length), own.TINY**2),
    ]
    found = _flat(xp.stack(columns, -1))
    if even.extents is None:
        return found
    return xp.concatenate([found, xp.log(even.extents)[:, None]], 1)


def _turns(steps: Traced) -> Traced:
    before, after = steps[:, :-1], steps[:, 1:]
    x, y, next_x, next_y = before[..., 0], before[..., 1], after[..., 0], after[..., 1]
    return xp.arctan2(x * next_y - y * next_x, x * next_x + y * next_y) / (2 * np.pi)


def _enclosed_area(paths: Traced) -> Traced:
    from_start = paths - paths[:, :1]
    x, y = from_start[..., 0], from_start[..., 1]
    return (x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(1) / 2.0


def _hand(even: _Even) -> Traced:
    n, frames = even.seen.shape
    every = list(range(frames))
    shape = even.vectors(every, "fingertips", 2)
    gap = Traced(apart(even.hands(every, 2), H.THUMB_TIP, H.INDEX_FINGER_TIP)).reshape(n, frames)
    sizes = xp.stack([gap, xp.log(xp.maximum(even.palms, own.TINY))], -1)
    return xp.concatenate([shape.mean(1), _change(shape), _change(sizes), xp.ptp(sizes, 1)], 1)


def _change(values: Traced) -> Traced:
    third = max(values.shape[1] // 3, 1)
    return values[:, -third:].mean(1) - values[:, :third].mean(1)


def _geometry(even: _Even) -> Traced:
    frames = even.seen.shape[1]
    instants = own.instants(frames, own.INSTANTS)
    found = even.vectors(instants, own.LOOK, even.frames.points.shape[-1])
    seen = even.seen[:, instants].astype(np.float32)
    seen = xp.where(seen.max(1, keepdims=True) > 0.5, seen, 1.0)
    return (found * (seen / seen.sum(1, keepdims=True))[..., None]).sum(1)


def _place(even: _Even) -> Traced:
    nose, chest, width, known = _shoulders(even.frames)
    points = even.frames.as_right_hands[:, :, even.slot]
    palms = points[:, :, list(PALM_TRIANGLE), :2].mean(2)
    unit = xp.maximum(width, own.NARROWEST)
    instants = own.instants(palms.shape[1], own.PLACES)
    far = (palms[:, instants] - chest[:, None]) / unit[:, None]
    from_nose = (palms.mean(1) - nose) / unit
    found = xp.concatenate([_flat(far), from_nose, known.astype(np.float32)], 1)
    return xp.where(known, found, 0.0)


def _presence(frames: Frames) -> Traced:
    rows = np.array_split(np.arange(frames.seen.shape[1]), 3)
    thirds = [frames.seen[:, int(third[0]) : int(third[-1]) + 1].mean(1) for third in rows]
    return _flat(xp.stack(thirds, 2))


def _apart(frames: Frames) -> Traced:
    both = frames.seen[:, :, 0] & frames.seen[:, :, 1]
    centres = frames.centres
    between = centres[:, :, 1] - centres[:, :, 0]
    far = xp.norm(between)[..., None]
    rows = own.instants(between.shape[1], own.PLACES)
    parts = [_flat(between[:, rows]), _change(between), far.mean(1), _change(far), xp.ptp(far, 1)]
    return xp.where(both.any(1, keepdims=True), xp.concatenate(parts, 1), 0.0)


def _flat(values: Traced) -> Traced:
    return values.reshape(len(values), -1)


_BLOCKS: dict[str, Callable[[_Even], Traced]] = {
    "path": _path,
    "statistics": _statistics,
    "hand": _hand,
    "geometry": _geometry,
    "place": _place,
}
_OF_HANDS = ("hand", "geometry", "place")
"""Blocks that are empty for tracks."""
