"""From sequences of motions to the channels that the network reads, in numpy and in torch alike."""

from __future__ import annotations

from itertools import combinations
from types import ModuleType
from typing import Any

import numpy as np

from handpose.containers.skeletons import FINGERS, PALM_TRIANGLE
from handpose.containers.skeletons import HandLandmark as H
from handpose.features.motion_sequences import BODY_NAMES, N_FRAMES, SequenceForm

Array = Any
"""Of numpy or of torch."""

_ENDS = (H.WRIST, *(joint for finger in FINGERS.values() for joint in (finger[1], finger[-1])))
_PAIRS = (*combinations(_ENDS, 2), *((finger[0], finger[-1]) for finger in FINGERS.values()))
"""Points whose distance is a channel."""
_FREE = tuple(joint for finger in FINGERS.values() for joint in finger[1:])
"""Joints that move within the hand."""

_SLOW = 2
"""Frames before and after a frame that tell how the hand moves there."""
_SMALLEST_EXTENT = {1: 1.0, 21: 0.4}
"""Of a path in the unit of sequences, by the points of a hand; tracks are scaled already."""
_AT_REST = 0.05
"""Way of a hand in `_SLOW` frames, in palm sizes, below which it has hardly a direction."""
_TINY = 1e-6


def split(sequences: Array, form: SequenceForm) -> tuple[Array, Array, Array]:
    """Points (n, frames, hands, k, axes), seen (n, frames, hands) and body (n, 6) of sequences."""
    n, end = len(sequences), N_FRAMES * form.width
    frames = sequences[:, :end].reshape(n, N_FRAMES, form.width)
    shape = (n, N_FRAMES, form.hands, form.points, form.axes)
    points = frames[..., : form.coordinates].reshape(shape)
    return points, frames[..., form.coordinates :], sequences[:, end:]


def channel_count(form: SequenceForm) -> int:
    """How many channels sequences of a form have."""
    nothing = np.zeros((1, form.size), np.float32)
    return int(channels(*split(nothing, form), np).shape[-1])


def channels(points: Array, seen: Array, body: Array, xp: ModuleType) -> Array:
    """What the network reads, shape (n, frames, channels).

    Of each hand: its place and shape, their steps from frame to frame and over four frames, the
    direction in which it moves, its shape as it looks from the palm, how the palm is turned,
    distances within it and their steps, its place seen from the body, and whether it is seen; zeros
    where it is not. Of two hands also where the other is, seen from the leading one.
    """
    n, frames, hands, k, axes = points.shape
    middles = points[..., list(PALM_TRIANGLE), :].mean(-2) if k > 1 else points[..., 0, :]
    shown = seen[..., None]
    parts = [middles / _extent(middles, shown, k, xp) * shown]
    if k > 1:
        shape = points - middles[..., None, :]
        parts += [middles * shown, shape.reshape(n, frames, hands, k * axes) * shown]
    base = xp.concatenate(parts, -1)
    slow = _steps(base, shown, 2 * _SLOW, xp)
    each = [base, _steps(base, shown, 1, xp), slow, _direction(slow[..., :axes], xp), shown]
    if k > 1:
        apart = _distances(points, xp) * shown
        each += [*(part * shown for part in _from_palm(shape, xp)), apart]
        each += [_steps(apart, shown, 1, xp), _from_body(middles, body, xp) * shown]
    together = xp.concatenate(each, -1).reshape(n, frames, -1)
    if hands == 1:
        return together
    met = shown[:, :, 0] * shown[:, :, 1]
    apart = (middles[:, :, 1] - middles[:, :, 0]) * met
    return xp.concatenate([together, apart, _length(apart, xp)[..., None], met], -1)


def _steps(values: Array, shown: Array, length: int, xp: ModuleType) -> Array:
    """Change over some frames, seen from the middle; zeros at the ends and beside unseen frames."""
    before, after = slice(None, -length), slice(length, None)
    steps = (values[:, after] - values[:, before]) * (shown[:, after] * shown[:, before])
    first = (length + 1) // 2
    still = xp.zeros_like(values[:, :first])
    return xp.concatenate([still, steps, still[:, : length - first]], 1)


def _direction(steps: Array, xp: ModuleType) -> Array:
    """Steps of length one; shorter where there is hardly a step."""
    return steps / xp.sqrt((steps * steps).sum(-1) + _AT_REST**2)[..., None]


def _from_palm(shape: Array, xp: ModuleType) -> tuple[Array, Array]:
    """Joints as the palm sees them, and where it points (and, in 3-D, faces) in the image."""
    along = _unit(shape[..., H.MIDDLE_FINGER_MCP, :] - shape[..., H.WRIST, :], xp)
    if shape.shape[-1] == 2:
        palm = [along, xp.stack([-along[..., 1], along[..., 0]], -1)]
    else:
        side = shape[..., H.INDEX_FINGER_MCP, :] - shape[..., H.PINKY_MCP, :]
        side = _unit(side - (side * along).sum(-1)[..., None] * along, xp)
        palm = [along, side, _cross(along, side, xp)]
    free = shape[..., list(_FREE), :]
    joints = [(free * axis[..., None, :]).sum(-1) for axis in palm]
    turned = xp.concatenate([palm[0], palm[-1]], -1)
    return xp.concatenate(joints, -1), turned


def _unit(vectors: Array, xp: ModuleType) -> Array:
    return vectors / _length(vectors, xp)[..., None]


def _cross(one: Array, other: Array, xp: ModuleType) -> Array:
    (a, b, c), (d, e, f) = ([v[..., i] for i in range(3)] for v in (one, other))
    return xp.stack([b * f - c * e, c * d - a * f, a * e - b * d], -1)


def _extent(middles: Array, shown: Array, k: int, xp: ModuleType) -> Array:
    """The largest side of the box around the paths of all hands, shape (n, 1, 1, 1)."""
    high = xp.where(shown > 0, middles, -1e9).reshape(len(middles), -1, middles.shape[-1])
    low = xp.where(shown > 0, middles, 1e9).reshape(len(middles), -1, middles.shape[-1])
    # amax and amin are the names that numpy and torch share
    sides = xp.amax(high, 1) - xp.amin(low, 1)
    return xp.clip(xp.amax(sides, 1), _SMALLEST_EXTENT[k], 1e9)[:, None, None, None]


def _distances(points: Array, xp: ModuleType) -> Array:
    one, other = [a for a, _ in _PAIRS], [b for _, b in _PAIRS]
    return _length(points[..., one, :] - points[..., other, :], xp)


def _from_body(middles: Array, body: Array, xp: ModuleType) -> Array:
    """Places seen from the chest and from the nose, in widths of the shoulders, and if known."""
    numbers = {name: body[:, i] for i, name in enumerate(BODY_NAMES)}
    known = numbers["body_known"][:, None, None]
    width = (numbers["shoulder_width"] + (1 - numbers["body_known"]))[:, None, None]
    across = [
        (middles[..., axis] - numbers[f"{point}_{'xy'[axis]}"][:, None, None]) / width * known
        for point in ("chest", "nose")
        for axis in (0, 1)
    ]
    everywhere = known + 0 * middles[..., 0]
    return xp.stack([*across, everywhere], -1)


def _length(vectors: Array, xp: ModuleType) -> Array:
    return xp.sqrt((vectors * vectors).sum(-1) + _TINY)
