"""From sequences of motions to the channels that the network reads, in numpy and in torch alike."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np

from handpose.containers.skeletons import FINGERS, PALM_TRIANGLE
from handpose.features.motion_sequences import BODY_NAMES, N_FRAMES, SequenceForm

Array = Any
"""Of numpy or of torch."""

_TIPS = tuple(finger[-1] for finger in FINGERS.values())
_PAIRS = (
    *((a, b) for i, a in enumerate(_TIPS) for b in _TIPS[i + 1 :]),
    *((0, tip) for tip in _TIPS),
    *((finger[0], finger[-1]) for finger in FINGERS.values()),
)
"""Points whose distance is a channel."""

_FASTER = 4.0
"""By which steps from frame to frame are multiplied: they are that much smaller than places."""
_SMALLEST_EXTENT = {1: 1.0, 21: 0.4}
"""Of a path in the unit of sequences, by the points of a hand; tracks are scaled already."""
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

    Of each hand: its place and shape and their steps from frame to frame, distances within it, its
    place seen from the body, and whether it is seen; zeros where it is not. Of two hands also where
    the other is, seen from the leading one.
    """
    n, frames, hands, k, axes = points.shape
    middles = points[..., list(PALM_TRIANGLE), :].mean(-2) if k > 1 else points[..., 0, :]
    shown = seen[..., None]
    extent = _extent(middles, shown, k, xp)
    places = middles / extent * shown
    parts = [places]
    if k > 1:
        shape = (points - middles[..., None, :]).reshape(n, frames, hands, k * axes)
        parts += [middles * shown, shape * shown]
    base = xp.concatenate(parts, -1)
    both = (shown[:, 1:] * shown[:, :-1]) * _FASTER
    steps = (base[:, 1:] - base[:, :-1]) * both
    still = xp.zeros_like(steps[:, :1])
    each = [base, xp.concatenate([still, steps], 1), shown]
    if k > 1:
        each.append(_distances(points, xp) * shown)
        each.append(_from_body(middles, body, xp) * shown)
    together = xp.concatenate(each, -1).reshape(n, frames, -1)
    if hands == 1:
        return together
    met = shown[:, :, 0] * shown[:, :, 1]
    apart = (middles[:, :, 1] - middles[:, :, 0]) * met
    return xp.concatenate([together, apart, _length(apart, xp)[..., None], met], -1)


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
