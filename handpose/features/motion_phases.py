"""What surrounds each frame of a stream: how hands moved before, and how they go on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from handpose.containers.motion import Motion
from handpose.containers.skeletons import FINGERS, HAND, PALM_TRIANGLE
from handpose.containers.skeletons import HandLandmark as H
from handpose.features.normalize import SMALLEST_PALM, palm_size

Floats = NDArray[np.float32]

BEFORE = (0.45, 0.3, 0.15, 0.075, 0.0375)
"""How far to look back, in lengths of the median motion."""
AHEAD_MS = (33.0, 67.0, 100.0)
"""How far to look ahead; a motion is told later by the last of these."""

_ROUNDING_MS = 1.0
_TIPS = tuple(finger[-1] for finger in FINGERS.values())
_PAIRS = (
    *((H.WRIST, tip) for tip in _TIPS),
    *((finger[0], finger[-1]) for finger in FINGERS.values()),
    *combinations(_TIPS, 2),
)
"""Points whose distance is looked at."""


def surroundings(
    motion: Motion, window_ms: float, *, axes: int, frames: NDArray[np.intp] | None = None
) -> Floats:
    """Vectors of frames of a stream: poses now, and how they differ before and after.

    Parameters
    ----------
    motion : Motion
        A stream, or as much of it as `BEFORE` and `AHEAD_MS` reach.
    window_ms : float
        Length of the median motion.
    axes : {2, 3}
        Coordinates that are looked at; a third that is lacking is 0.
    frames : ndarray of int, shape (n,), optional
        Which frames; all by default.

    Returns
    -------
    ndarray of float32, shape (n, d)
        In sizes of the palm (tracks of one point: in their own unit). A single left hand is
        mirrored. What is not known is 0.
    """
    here = np.arange(len(motion)) if frames is None else frames
    around = _frames_around(motion.timestamps_ms, here, window_ms)
    points = _with_axes(motion, axes)
    hands = range(motion.n_hands)
    parts = [_of_hand(points[:, hand], motion.seen[:, hand], around) for hand in hands]
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True)
class _Around:
    """Times around frames, shape (n, offsets) each: the frames before and after, the share of the
    way between them, and whether the stream has begun and not ended."""

    before: NDArray[np.intp]
    after: NDArray[np.intp]
    share: Floats
    inside: NDArray[np.bool_]


def _frames_around(times: NDArray[np.float64], here: NDArray[np.intp], window_ms: float) -> _Around:
    """Each frame itself, and what `BEFORE` and `AHEAD_MS` name."""
    offsets = np.array([0.0, *(-share * window_ms for share in BEFORE), *AHEAD_MS])
    wanted = times[here][:, None] + offsets
    inside = (wanted > times[0] - _ROUNDING_MS) & (wanted < times[-1] + _ROUNDING_MS)
    after = np.searchsorted(times, wanted).clip(1, len(times) - 1)
    start, end = times[after - 1], times[after]
    share = ((wanted - start) / (end - start)).clip(0, 1).astype(np.float32)
    return _Around(after - 1, after, share, inside)


def _with_axes(motion: Motion, axes: int) -> Floats:
    """Points of so many coordinates; a single left hand looks as a right one does."""
    found = np.zeros((*motion.points.shape[:3], axes), np.float32)
    shared = min(axes, motion.points.shape[3])
    found[..., :shared] = motion.points[..., :shared]
    if motion.n_hands == 1 and motion.handedness == "Left":
        found[..., 0] *= -1
    return found


def _of_hand(points: Floats, seen: NDArray[np.bool_], around: _Around) -> Floats:
    """Vectors of one hand, of points (frames, k, axes)."""
    nearest = np.where(around.share < 0.5, around.before, around.after)
    known = around.inside & seen[nearest]
    both_seen = seen[around.before] & seen[around.after]
    first = np.where(both_seen, around.before, nearest)
    last = np.where(both_seen, around.after, nearest)
    poses = points[first] + around.share[..., None, None] * (points[last] - points[first])
    poses = np.where(known[..., None, None], poses, np.float32(0))
    poses = poses / _unit(poses, known)[:, None, None, None]
    whole = poses.shape[2] == len(HAND)
    middles = poses[..., PALM_TRIANGLE, :].mean(2) if whole else poses[..., 0, :]
    shape = _shape(poses) if whole else np.zeros((*known.shape, 0), np.float32)
    both = (known[:, 1:] & known[:, :1])[..., None]
    ways = (middles[:, 1:] - middles[:, :1]) * both
    changes = (shape[:, 1:] - shape[:, :1]) * both
    lengths = np.linalg.norm(ways, axis=-1, keepdims=True)
    now = shape[:, 0] * known[:, :1]
    after = np.concatenate([ways, lengths, changes, both], axis=2, dtype=np.float32)
    rows = after.reshape(len(known), after.shape[1] * after.shape[2])
    return np.concatenate([now, known[:, :1], rows], axis=1, dtype=np.float32)


def _unit(poses: Floats, known: NDArray[np.bool_]) -> Floats:
    """The median size of the palm in the frames that are known, shape (n,)."""
    if poses.shape[2] != len(HAND):
        return np.ones(len(poses), np.float32)
    n, offsets = known.shape
    sizes = palm_size(poses.reshape(n * offsets, *poses.shape[2:])).reshape(n, offsets)
    sizes = np.ma.median(np.ma.masked_array(sizes, ~known), axis=1).filled(1.0)
    found: Floats = np.maximum(sizes, SMALLEST_PALM).astype(np.float32)
    return found


def _shape(poses: Floats) -> Floats:
    """Distances within the hand, and how the palm lies, shape (n, offsets, d)."""
    one, other = ([pair[i] for pair in _PAIRS] for i in (0, 1))
    apart = np.linalg.norm(poses[..., one, :] - poses[..., other, :], axis=-1)
    along = _direction(poses[..., H.MIDDLE_FINGER_MCP, :] - poses[..., H.WRIST, :])
    across = _direction(poses[..., H.INDEX_FINGER_MCP, :] - poses[..., H.PINKY_MCP, :])
    return np.concatenate([apart, along, across], axis=-1)


def _direction(vectors: Floats) -> Floats:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    found: Floats = vectors / np.maximum(lengths, SMALLEST_PALM)
    return found
