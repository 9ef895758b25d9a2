"""`MotionFrames`: motions at equal steps of time, seen from the hand that leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.containers.motion import MIN_SEEN, Motion, Motions
from handpose.containers.skeletons import HAND, PALM_TRIANGLE, BodyLandmark
from handpose.features.normalize import is_mirror_image, palm_size, smallest_palm
from handpose.features.resampling import at_times

Floats = NDArray[np.float32]

BODY_POINTS = (BodyLandmark.NOSE, BodyLandmark.LEFT_SHOULDER, BodyLandmark.RIGHT_SHOULDER)
"""Which points of a body are looked at."""

MIRRORED_BODY = [0, 2, 1]
"""Which of these points takes the place of which in a mirror."""

LEADS = 1.5
"""How many times as far as the right hand the left one must move to lead where both are seen."""

REST = 0.2
"""Way in palm sizes that is added to what each hand moves, so that two at rest are alike."""


@dataclass(frozen=True)
class MotionFrames:
    """Motions of equally many frames.

    Attributes
    ----------
    points : ndarray of float32, shape (n, frames, hands, k, d)
        In palm sizes (a track of one point: in its own unit), the origin where the leading hand is
        on average. Where a hand is not seen for long it stays where it was; a hand that is hardly
        ever seen is zeros. Of two hands the leading one comes first and is a right hand.
    seen : ndarray of bool, shape (n, frames, hands)
    body : ndarray of float32, shape (n, 3, 2)
        Where `BODY_POINTS` are on average, as the points are; NaN where they are not known.
    seconds : ndarray of float32, shape (n,)
        From the first frame that shows a hand to the last.
    palms : ndarray of float32, shape (n, frames, hands)
        Sizes of the palms in palm sizes; 1 for a track.
    left : ndarray of bool, shape (n,)
        Which are a single left hand that was not mirrored.
    """

    points: Floats
    seen: NDArray[np.bool_]
    body: Floats
    seconds: Floats
    palms: Floats
    left: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def centres(self) -> Floats:
        """Middles of the palms, or the point itself, shape (n, frames, hands, d)."""
        return _centres(self.points)

    @property
    def as_right_hands(self) -> Floats:
        """The points, where single left hands look as right hands do, each where it is."""
        if not self.left.any() or self.points.shape[3] != len(HAND):
            return self.points
        points = self.points.copy()
        middles = self.centres[self.left][..., None, 0]
        points[self.left, ..., 0] = 2 * middles - points[self.left, ..., 0]
        return points


def usable_hands(motion: Motion) -> NDArray[np.bool_]:
    """Which hands are seen in `MIN_SEEN` frames or more, shape (hands,)."""
    found: NDArray[np.bool_] = motion.seen.sum(0) >= MIN_SEEN
    return found


def motion_frames(
    motions: Motions, n_frames: int, *, max_gap_ms: float, axes: int, mirror: bool
) -> MotionFrames:
    """Bring motions of a kind to one number of frames, one place and one size.

    Parameters
    ----------
    motions : Motions
        All of as many hands and points; each shows a hand in `MIN_SEEN` frames.
    n_frames : int
    max_gap_ms : float
        A hand that is not seen for longer counts as not seen in between.
    axes : {2, 3}
        Coordinates that are looked at; a third that is lacking is 0.
    mirror : bool
        Whether motions that the left one of two hands leads, and single left hands, are mirrored.

    Returns
    -------
    MotionFrames
    """
    first = next(iter(motions))
    shape = (len(motions), n_frames, first.n_hands)
    points = np.zeros((*shape, first.n_points, axes), np.float32)
    seen = np.zeros(shape, bool)
    body = np.full((len(motions), len(BODY_POINTS), 2), np.nan, np.float32)
    seconds = np.zeros(len(motions), np.float32)
    for i, motion in enumerate(motions):
        seconds[i] = _fill(motion, points[i], seen[i], max_gap_ms)
        body[i] = _body(motion)
    left = np.zeros(len(motions), bool)
    palms = _palms(points)
    points, body, palms = _in_palms(points, seen, body, palms)
    if shape[2] == 2:
        points, seen, body, palms = _led(points, seen, body, palms, mirror)
    else:
        sides = np.array([motion.handedness for motion in motions])
        points, body, left = _single(points, seen, body, sides, mirror)
    origin = _mean(_centres(points)[:, :, 0], seen[:, :, 0])
    present: NDArray[np.bool_] = seen.max(axis=1, keepdims=True)
    points = np.where(present[..., None, None], points - origin[:, None, None, None], np.float32(0))
    return MotionFrames(points, seen, body - origin[:, None, :2], seconds, palms, left)


def _fill(motion: Motion, points: Floats, seen: NDArray[np.bool_], max_gap_ms: float) -> np.float32:
    """Write a motion's hands at equal steps of time, and which are seen; gives the seconds."""
    times, visible = motion.timestamps_ms, motion.seen
    usable = usable_hands(motion)
    shown = np.flatnonzero(visible[:, usable].any(1))
    even = np.linspace(times[shown[0]], times[shown[-1]], len(points))
    axes, step = min(points.shape[-1], motion.points.shape[-1]), even[1] - even[0]
    for slot in np.flatnonzero(usable):
        rows = np.flatnonzero(visible[:, slot])
        own = times[rows]
        points[:, slot, :, :axes] = at_times(own, motion.points[rows, slot, :, :axes], even)
        after = np.clip(np.searchsorted(own, even), 1, len(own) - 1)
        start, end = own[after - 1], own[after]
        away = np.minimum(np.abs(even - start), np.abs(end - even))
        between = (even >= start) & (even <= end) & (end - start <= max_gap_ms)
        seen[:, slot] = between | (away <= step / 2)
    return np.float32((even[-1] - even[0]) / 1000)


def _body(motion: Motion) -> Floats:
    """Where the points of the body are, shape (3, 2): the middle of the frames that know them."""
    found = np.full((len(BODY_POINTS), 2), np.nan, np.float32)
    if motion.body is not None and motion.body.shape[1] > max(BODY_POINTS):
        for row, point in zip(found, BODY_POINTS, strict=True):
            track = motion.body[:, point]
            known = track[np.isfinite(track).all(1)]
            if len(known):
                row[:] = np.median(known, axis=0)
    return found


def _palms(points: Floats) -> Floats:
    """Palm sizes, shape (n, frames, hands): in the image where there are two axes."""
    if points.shape[3] != len(HAND):
        return np.ones(points.shape[:3], np.float32)
    flat = points.reshape(-1, len(HAND), points.shape[4])
    least = smallest_palm((flat - flat[:, :1]).T)
    return np.maximum(palm_size(flat), least).reshape(points.shape[:3])


def _in_palms(
    points: Floats, seen: NDArray[np.bool_], body: Floats, palms: Floats
) -> tuple[Floats, Floats, Floats]:
    """Everything in the size of the palm in the middle of the frames that show a hand."""
    unit = np.array(
        [np.median(sizes[shown]) for sizes, shown in zip(palms, seen, strict=True)], np.float32
    )
    points = points / unit[:, None, None, None, None]
    return points, body / unit[:, None, None], palms / unit[:, None, None]


def _led(
    points: Floats, seen: NDArray[np.bool_], body: Floats, palms: Floats, mirror: bool
) -> tuple[Floats, NDArray[np.bool_], Floats, Floats]:
    """The leading hand first; as a right hand, if the rest may be mirrored."""
    points, seen, palms = points[:, :, ::-1], seen[:, :, ::-1], palms[:, :, ::-1]
    if not mirror:
        return points, seen, body, palms
    left = _left_leads(_centres(points), seen)
    flip = np.where(left, np.float32(-1), np.float32(1))
    points = np.where(left[:, None, None, None, None], points[:, :, ::-1], points)
    points[..., 0] *= flip[:, None, None, None]
    seen = np.where(left[:, None, None], seen[:, :, ::-1], seen)
    palms = np.where(left[:, None, None], palms[:, :, ::-1], palms)
    body = np.where(left[:, None, None], body[:, MIRRORED_BODY], body)
    body[..., 0] *= flip[:, None]
    return points, seen, body, palms


def _left_leads(centres: Floats, seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether the left hand, the second here, moves much farther than the right one, shape (n,)."""
    both = seen[:, 1:] & seen[:, :-1]
    lengths = (np.linalg.norm(np.diff(centres, axis=1), axis=-1) * both).sum(1)
    lengths = (lengths + np.float32(REST)) * seen.mean(1)
    return lengths[:, 1] > np.float32(LEADS) * lengths[:, 0]


def _single(
    points: Floats, seen: NDArray[np.bool_], body: Floats, sides: NDArray[np.str_], mirror: bool
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Single hands, mirrored where they are left and that is asked for; else which are left."""
    n, frames, _, k, axes = points.shape
    left = sides == "Left"
    if k == len(HAND) and (sides == "").any():
        flat = points.reshape(n * frames, k, axes)
        guessed = is_mirror_image(flat, np.repeat(sides, frames)).reshape(n, frames)
        left = (guessed & seen[:, :, 0]).sum(1) * 2 > seen[:, :, 0].sum(1)
    if not mirror:
        return points, body, left
    points, body = points.copy(), body.copy()
    points[left, ..., 0] *= -1
    body[left, ..., 0] *= -1
    body[left] = body[left][:, MIRRORED_BODY]
    return points, body, np.zeros(n, bool)


def _centres(points: Floats) -> Floats:
    if points.shape[-2] != len(HAND):
        return points[..., 0, :]
    return points[..., PALM_TRIANGLE, :].mean(axis=-2)


def _mean(values: Floats, weights: NDArray[np.bool_]) -> Floats:
    """Mean over the frames that count, or over all where none does, shape (n, d)."""
    shares = np.where(weights.any(1, keepdims=True), weights, True).astype(np.float32)
    return np.einsum("ntd,nt->nd", values, shares / shares.sum(1, keepdims=True))
