"""`Motion`: one or two hands, or one point of them, over a short time; `Motions`: many of these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import Self

from handpose.containers.frozen import numbers, rows_of
from handpose.containers.landmarks import HANDEDNESS, N_LANDMARKS, OPPOSITE, Landmarks
from handpose.containers.timestamps import growing_timestamps
from handpose.errors import LandmarksError

ROUNDING_MS = 1e-3
"""By which sums of frame times may miss the length of a window."""

MIN_SEEN = 3
"""Fewest frames with a hand that make a motion; fewer have no turning."""

SLOTS = ("Left", "Right")
"""Which hand is in which slot of a motion of two hands."""


@dataclass(frozen=True, eq=False, init=False)
class Motion:
    """The same points at growing times. A hand that is not seen in a frame is NaN there.

    Parameters
    ----------
    points : array_like
        Of shape (t, 2 or 3): the track of one point. (t, k, 2 or 3): the k points of one hand.
        (t, h, k, 2 or 3): those of h = 1 or 2 hands; of two, the left hand comes first. x to the
        right, y down. Whole hands (k = 21) in pixels; a track in units of the image's height, since
        a single point has no size of its own.
    timestamps_ms : array_like of shape (t,)
        Milliseconds; must grow. They may be uneven.
    handedness : {"Left", "Right", ""}, default=""
        Of a single hand, the person's own; ``""`` where unknown. Of two hands the slots tell.
    body : array_like of shape (t, b, 2), optional
        Points of the body in the unit of `points`; NaN where unknown.

    Attributes
    ----------
    points : ndarray of float32, shape (t, h, k, 2 or 3)

    Raises
    ------
    LandmarksError
        If a shape is wrong, there are fewer than two frames, times do not grow, or a hand is partly
        NaN in a frame.

    Notes
    -----
    Indexing with a slice, a mask or integers takes frames. The arrays are copies and refuse writes.
    """

    points: NDArray[np.float32]
    timestamps_ms: NDArray[np.float64]
    handedness: str
    body: NDArray[np.float32] | None

    def __init__(
        self,
        points: ArrayLike,
        timestamps_ms: ArrayLike,
        handedness: str = "",
        *,
        body: ArrayLike | None = None,
    ):
        points = _points(points)
        checked = {
            "points": points,
            "timestamps_ms": growing_timestamps(timestamps_ms, len(points)),
            "handedness": _handedness(handedness, points.shape[1]),
            "body": _body(body, len(points)),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and what comes out of a pickle are checked and frozen too."""
        return _motion, (self.points, self.timestamps_ms, self.handedness, self.body)

    @classmethod
    def from_landmarks(cls, hands: Landmarks, timestamps_ms: ArrayLike) -> Self:
        """The motion of one hand that was followed through a video.

        Parameters
        ----------
        hands : Landmarks of length t
            One row a frame; a frame without the hand is a row that is not detected.
        timestamps_ms : array_like of shape (t,)

        Returns
        -------
        Motion
            Of the handedness that most frames agree on.
        """
        sides = Counter(hands.handedness[hands.detected].tolist())
        side = sides.most_common(1)[0][0] if sides else ""
        return cls(hands.points, timestamps_ms, side)

    @classmethod
    def from_frames(cls, frames: Iterable[Landmarks], timestamps_ms: ArrayLike) -> Self:
        """The motion of both hands of a person.

        Parameters
        ----------
        frames : iterable of t Landmarks
            The hands of each frame, as many as there are. Of several left hands the surest counts
            (by `handedness_score`, then `score`), as of right hands. A hand of unknown side is left
            out.
        timestamps_ms : array_like of shape (t,)

        Returns
        -------
        Motion
            Of two hands.
        """
        frames = list(frames)
        points = np.full((len(frames), 2, N_LANDMARKS, 3), np.nan, np.float32)
        for row, hands in zip(points, frames, strict=True):
            sureness = np.nan_to_num(np.stack([hands.score, hands.handedness_score]))
            order = np.lexsort(sureness)
            for slot, side in enumerate(SLOTS):
                own = order[((hands.handedness == side) & hands.detected)[order]]
                if len(own):
                    row[slot] = hands.points[own[-1]]
        return cls(points, timestamps_ms)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, frames: Any) -> Motion:
        rows = rows_of(frames, len(self))
        body = None if self.body is None else self.body[rows]
        return Motion(self.points[rows], self.timestamps_ms[rows], self.handedness, body=body)

    def __repr__(self) -> str:
        return (
            f"Motion({len(self)} frames in {self.duration_ms:.0f} ms, {self.n_hands} x "
            f"{self.n_points} points, seen in {' and '.join(map(str, self.seen.sum(0)))})"
        )

    @property
    def n_hands(self) -> int:
        """Slots for hands: 1 or 2."""
        return self.points.shape[1]

    @property
    def n_points(self) -> int:
        """Points of each hand."""
        return self.points.shape[2]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """In which frames each hand was found, shape (t, n_hands)."""
        return ~np.isnan(self.points[:, :, 0, 0])

    @property
    def sides(self) -> tuple[str, ...]:
        """Handedness of each slot."""
        return SLOTS if self.n_hands == 2 else (self.handedness,)

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the first frame to the last."""
        return float(self.timestamps_ms[-1] - self.timestamps_ms[0])

    def follow(self, point: int, unit: float = 1.0) -> Motion:
        """The track of one point of each hand.

        Parameters
        ----------
        point : int
            Its number, for instance `HandLandmark.INDEX_FINGER_TIP`.
        unit : float, default=1.0
            What the coordinates are divided by: the image's height in pixels.
        """
        body = None if self.body is None else self.body / unit
        track = self.points[:, :, [point]] / unit
        return Motion(track, self.timestamps_ms, self.handedness, body=body)

    def mirrored(self, body_mirror: Sequence[int] | None = None) -> Motion:
        """The same motion in the mirrored image: x changes its sign, left becomes right.

        Parameters
        ----------
        body_mirror : sequence of int, optional
            As `Skeleton.mirror`: which point of the body takes the place of which. Needed where
            there is a body.

        Raises
        ------
        LandmarksError
            If there is a body and no `body_mirror` for its points.
        """
        points = self.points[:, ::-1].copy()
        points[..., 0] *= -1
        body = self.body
        if body is not None:
            order = [] if body_mirror is None else list(body_mirror)
            if sorted(order) != list(range(body.shape[1])):
                raise LandmarksError(
                    f"to mirror the {body.shape[1]} points of a body, say where each goes "
                    f"(body_mirror, as Skeleton.mirror), but got {body_mirror}"
                )
            body = body[:, order] * np.array([-1, 1], np.float32)
        return Motion(points, self.timestamps_ms, OPPOSITE[self.handedness], body=body)

    def windows(self, length_ms: float, step_ms: float) -> Iterator[Motion]:
        """Cut the motion into windows that overlap.

        Parameters
        ----------
        length_ms : float
            Time that a window spans.
        step_ms : float
            Time from the beginning of a window to that of the next.

        Yields
        ------
        Motion
            Windows that lie within the motion and hold at least two frames.
        """
        if not (length_ms > 0 and step_ms > 0):
            raise LandmarksError(
                f"windows need a length and a step above 0 ms, but got {length_ms} and {step_ms}"
            )
        times = self.timestamps_ms - self.timestamps_ms[0]
        for start in np.arange(0, times[-1] - length_ms + ROUNDING_MS, step_ms):
            ends = np.array([start - ROUNDING_MS, start + length_ms + ROUNDING_MS])
            first, last = np.searchsorted(times, ends)
            if last - first >= 2:
                yield self[first:last]


class Motions:
    """Motions as one container, which indexes as `Landmarks` does.

    Parameters
    ----------
    motions : iterable of Motion
        They may differ in length.

    Raises
    ------
    LandmarksError
        If anything else is among them.

    Notes
    -----
    Indexing with a slice, a mask or integers gives `Motions` again, one integer gives one motion
    (n = 1); iterating gives each `Motion`. scikit-learn's splitters and searches take them as they
    take arrays.
    """

    def __init__(self, motions: Iterable[Motion]):
        if isinstance(motions, Motion):
            raise LandmarksError("expected several motions, but got one: give [motion]")
        self._motions = tuple(motions) if isinstance(motions, Iterable) else (motions,)
        for motion in self._motions:
            if not isinstance(motion, Motion):
                raise LandmarksError(
                    f"motions must be a sequence of Motion, but got {type(motion).__name__}"
                )

    def __reduce__(self) -> tuple[Any, ...]:
        return Motions, (self._motions,)

    @classmethod
    def concat(cls, parts: Iterable[Motions]) -> Motions:
        """Join motions into one container, in order."""
        return cls(motion for part in parts for motion in part)

    @property
    def detected(self) -> NDArray[np.bool_]:
        """In which motions a hand is seen in `MIN_SEEN` frames or more, shape (n,)."""
        return np.array([m.seen.sum(0).max() >= MIN_SEEN for m in self], bool)

    @property
    def shape(self) -> tuple[int]:
        """(n,)"""
        return (len(self),)

    def __len__(self) -> int:
        return len(self._motions)

    def __iter__(self) -> Iterator[Motion]:
        return iter(self._motions)

    def __getitem__(self, index: Any) -> Motions:
        return Motions(self._motions[row] for row in rows_of(index, len(self)))

    def __repr__(self) -> str:
        return f"Motions({len(self)} motions, {int(self.detected.sum())} detected)"


def as_motions(X: Motions | Iterable[Motion]) -> Motions:
    """`X` itself, or a sequence of motions as `Motions`."""
    return X if isinstance(X, Motions) else Motions(X)


def _motion(points: Any, timestamps_ms: Any, handedness: str, body: Any) -> Motion:
    return Motion(points, timestamps_ms, handedness, body=body)


def _points(value: ArrayLike) -> NDArray[np.float32]:
    points = numbers("points of a motion", value)
    if points.ndim in (2, 3):
        axes = (1,) if points.ndim == 3 else (1, 2)
        points = np.expand_dims(points, axes)
    if points.ndim != 4 or not (
        1 <= points.shape[1] <= 2 and points.shape[2] and points.shape[3] in (2, 3)
    ):
        raise LandmarksError(
            "points of a motion must have the shape (t, k, 2 or 3), (t, hands, k, 2 or 3) with 1 "
            f"or 2 hands or, for one point, (t, 2 or 3), but got {np.shape(value)}"
        )
    if len(points) < 2:
        raise LandmarksError(f"a motion needs at least 2 frames, but got {len(points)}")
    whole, missing = np.isfinite(points).all((2, 3)), np.isnan(points).all((2, 3))
    bad = np.flatnonzero(~(whole | missing).all(1))
    if len(bad):
        raise LandmarksError(
            f"{len(bad)} of {len(points)} frames of a motion have some points that are not finite "
            f"numbers (first: frame {bad[0]}); in a frame, a hand is whole or missing (all NaN)"
        )
    return points


def _body(value: ArrayLike | None, n: int) -> NDArray[np.float32] | None:
    if value is None:
        return None
    body = numbers("body", value)
    if body.ndim != 3 or len(body) != n or body.shape[2] != 2:
        raise LandmarksError(
            f"body must have shape (t, b, 2) with t = {n} frames, but got {body.shape}"
        )
    return body


def _handedness(value: str, n_hands: int) -> str:
    if value not in HANDEDNESS:
        raise LandmarksError(
            f'handedness must be "Left", "Right" or "" (unknown), but got {value!r}'
        )
    if value and n_hands == 2:
        raise LandmarksError(
            f'of two hands the first is left and the second right; leave handedness "", but got '
            f"{value!r}"
        )
    return value
