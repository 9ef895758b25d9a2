"""`Landmarks`: n hands as parallel arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.frozen import frozen, numbers, rows_of
from handpose.containers.skeletons import HAND
from handpose.errors import LandmarksError, UnknownNameError

N_LANDMARKS = len(HAND)
HANDEDNESS = ("Left", "Right", "")
"""A person's own left hand, right hand, and unknown."""

OPPOSITE = {"Left": "Right", "Right": "Left", "": ""}


@dataclass(frozen=True, eq=False, init=False)
class Landmarks:
    """Hands, each with 21 landmarks, as arrays with one row a hand.

    A hand that was looked for and not found is a row too: its points are NaN and `detected` is
    False there.

    Parameters
    ----------
    points : array_like of shape (n, 21, 3) or (n, 21, 2)
        Pixels of the source image: x to the right, y down, (0, 0) the outer corner of the first
        pixel; z in the same scale, smaller is nearer the camera, relative to the wrist. Two
        columns mean that depth is unknown, and z becomes 0.
    world : array_like of shape (n, 21, 3), optional
        Metres, the hand's own centre as origin, axes as for `points`. NaN where unknown.
    handedness : array_like of n str, optional
        ``"Left"`` or ``"Right"``: the person's own hand. ``""`` where unknown.
    handedness_score : array_like of shape (n,), optional
        Confidence in `handedness`, 0 to 1. NaN where unknown.
    score : array_like of shape (n,), optional
        Confidence that a hand is there, 0 to 1. NaN where unknown.
    image_size : array_like of shape (n, 2), optional
        Width and height of the source image in pixels; 0 where unknown.
    point_scores : array_like of shape (n, 21), optional
        How sure each point is: the probability that it lies within 5 % of the hand's size (the
        longer side of the box around the hand's landmarks) of where it truly is. NaN where unknown.

    Raises
    ------
    LandmarksError
        If a shape is wrong, a hand is half NaN, or a handedness is not one of the three.

    Notes
    -----
    Indexing with a slice, a mask or integers gives `Landmarks` again, one integer gives one hand
    (n = 1). ``len(hands)`` and ``hands.shape`` are those of `points`, which lets scikit-learn's
    splitters and searches index hands like any array. The arrays are copies and refuse writes, so
    that what was checked stays true; change a copy and make new `Landmarks` of it.
    """

    points: NDArray[np.float32]
    world: NDArray[np.float32]
    handedness: NDArray[np.str_]
    handedness_score: NDArray[np.float32]
    score: NDArray[np.float32]
    image_size: NDArray[np.int32]
    point_scores: NDArray[np.float32]

    def __init__(
        self,
        points: ArrayLike,
        world: ArrayLike | None = None,
        handedness: ArrayLike | None = None,
        handedness_score: ArrayLike | None = None,
        score: ArrayLike | None = None,
        image_size: ArrayLike | None = None,
        point_scores: ArrayLike | None = None,
    ):
        points = _points(points)
        n = len(points)
        checked = {
            "points": points,
            "world": _array("world", world, (n, N_LANDMARKS, 3)),
            "handedness": _handedness([""] * n if handedness is None else handedness, n),
            "handedness_score": _array("handedness_score", handedness_score, (n,)),
            "score": _array("score", score, (n,)),
            "image_size": _array("image_size", image_size, (n, 2), np.int32, unknown=0),
            "point_scores": _array("point_scores", point_scores, (n, N_LANDMARKS)),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and what comes out of a pickle are checked and frozen too."""
        return Landmarks, tuple(getattr(self, f.name) for f in fields(self))

    @classmethod
    def from_array(
        cls,
        points: ArrayLike,
        units: str = "pixels",
        image_size: ArrayLike | None = None,
        handedness: ArrayLike | None = None,
    ) -> Landmarks:
        """Hands from an array of landmarks in pixels, or in shares of the image as MediaPipe's.

        Parameters
        ----------
        points : array_like of shape (n, 21, 2 or 3), or (21, 2 or 3) for one hand
            A hand that was not found is NaN.
        units : {"pixels", "normalized"}, default="pixels"
            ``"normalized"``: x is a share of the image's width, y of its height, z of its width.
        image_size : array_like of shape (2,) or (n, 2), optional
            Width and height in pixels, of all images or of each; needed where the points are
            normalised, since only pixels have angles.
        handedness : array_like of n str, optional

        Raises
        ------
        UnknownNameError
            If there are no such units.
        LandmarksError
            If `image_size` is missing for normalised points, or a shape is wrong.
        """
        if units not in ("pixels", "normalized"):
            raise UnknownNameError("units", units, ("pixels", "normalized"))
        try:
            array = np.array(points, np.float64)
        except (TypeError, ValueError) as error:
            raise LandmarksError(f"points must hold numbers: {error}") from None
        array = array[None] if array.ndim == 2 else array
        n = len(array) if array.ndim else 0
        sizes = None
        if image_size is not None:
            given = np.asarray(image_size)
            sizes = np.tile(given, (n, 1)) if given.shape == (2,) else given
        if units == "normalized" and array.ndim == 3 and array.shape[2] in (2, 3):
            if sizes is None or sizes.shape != (n, 2) or not (sizes > 0).all():
                raise LandmarksError(
                    "normalized points need image_size, (width, height) in pixels, above 0"
                )
            array = (
                array
                * np.stack([sizes[:, 0], sizes[:, 1], sizes[:, 0]], 1)[:, None, : array.shape[2]]
            )
        return cls(array, image_size=sizes, handedness=handedness)

    @classmethod
    def missing(cls, image_size: ArrayLike) -> Landmarks:
        """Rows for hands that were not found.

        Parameters
        ----------
        image_size : array_like of shape (n, 2)
            Width and height of the images that were searched.
        """
        image_size = np.asarray(image_size).reshape(-1, 2)
        return cls(np.full((len(image_size), N_LANDMARKS, 3), np.nan), image_size=image_size)

    @classmethod
    def empty(cls) -> Landmarks:
        """No hands at all (n = 0)."""
        return cls(np.empty((0, N_LANDMARKS, 3)))

    @classmethod
    def concat(cls, parts: Iterable[Landmarks]) -> Landmarks:
        """Join hands into one `Landmarks`, in order."""
        parts = list(parts)
        if not parts:
            return cls.empty()
        return cls(
            **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)}
        )

    @classmethod
    def from_mediapipe(
        cls, result: Any, image_size: Sequence[int], *, mirrored: bool = False
    ) -> Landmarks:
        """The hands of a result of MediaPipe Tasks.

        Parameters
        ----------
        result : HandLandmarkerResult, or an object with its attributes
        image_size : (int, int)
            Width and height of the image in pixels, which the result does not know.
        mirrored : bool, default=False
            Whether the image was mirrored, as a selfie camera shows it.
        """
        return _of_mediapipe().from_mediapipe(result, image_size, mirrored=mirrored)

    def to_mediapipe(self) -> Any:
        """MediaPipe's own result with these hands, a ``HandLandmarkerResult``."""
        return _of_mediapipe().to_mediapipe(self)

    @property
    def detected(self) -> NDArray[np.bool_]:
        """Which rows hold a hand, shape (n,)."""
        return ~np.isnan(self.points[:, 0, 0])

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of `points`: (n, 21, 3)."""
        return self.points.shape

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[Landmarks]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Landmarks:
        rows = rows_of(index, len(self))
        return Landmarks(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def __repr__(self) -> str:
        return f"Landmarks({len(self)} hands, {int(self.detected.sum())} detected)"

    def normalized(self) -> NDArray[np.float32]:
        """`points` in MediaPipe's convention, shape (n, 21, 3).

        x is divided by the image's width, y by its height, z by its width.
        """
        if len(self) and not self.image_size.all():
            raise LandmarksError("normalized() needs image_size, which is unknown for some hands")
        width, height = self.image_size.T.astype(np.float32)
        return self.points / np.stack([width, height, width], 1)[:, None]

    def mirrored(self) -> Landmarks:
        """The same hands in the mirrored image: x turns round, left becomes right.

        Without an `image_size` the mirror stands at x = 0.
        """
        flip = np.array([-1, 1, 1], np.float32)
        offset = np.zeros((len(self), 1, 3), np.float32)
        offset[:, 0, 0] = self.image_size[:, 0]
        order = np.array(HAND.mirror)
        return Landmarks(
            points=(self.points * flip + offset)[:, order],
            world=(self.world * flip)[:, order],
            handedness=np.array([OPPOSITE[h] for h in self.handedness], "U5"),
            handedness_score=self.handedness_score,
            score=self.score,
            image_size=self.image_size,
            point_scores=self.point_scores[:, order],
        )

    def boxes(self) -> NDArray[np.float32]:
        """Smallest upright box around each hand, shape (n, 4): x0, y0, x1, y1 in pixels."""
        xy = self.points[..., :2]
        return np.concatenate([xy.min(1), xy.max(1)], axis=1)


def _of_mediapipe() -> Any:
    """The extractors know MediaPipe; they lie above the containers, so they are imported late."""
    return import_module("handpose.extractors.mediapipe_results")


def _array(
    name: str,
    value: ArrayLike | None,
    shape: tuple[int, ...],
    dtype: type = np.float32,
    unknown: float = np.nan,
) -> NDArray[Any]:
    if value is None:
        return frozen(np.full(shape, unknown, dtype))
    array = numbers(name, value, dtype)
    if array.shape != shape:
        raise LandmarksError(f"{name} must have shape {shape}, but got {array.shape}")
    return array


def _points(value: ArrayLike) -> NDArray[np.float32]:
    try:
        points = np.array(value, np.float32)
    except (TypeError, ValueError) as error:
        raise LandmarksError(f"points must hold numbers: {error}") from None
    if points.ndim != 3 or points.shape[1] != N_LANDMARKS or points.shape[2] not in (2, 3):
        raise LandmarksError(
            f"points must have shape (n, {N_LANDMARKS}, 3) or (n, {N_LANDMARKS}, 2), "
            f"but got {points.shape}"
        )
    if points.shape[2] == 2:
        points = np.pad(points, ((0, 0), (0, 0), (0, 1)))
        points[np.isnan(points[..., 0])] = np.nan
    points.setflags(write=False)
    finite = np.isfinite(points)
    if finite.all():
        return points
    bad = np.flatnonzero(~(finite.all((1, 2)) | np.isnan(points).all((1, 2))))
    if len(bad):
        raise LandmarksError(
            f"{len(bad)} of {len(points)} hands have some landmarks that are not finite numbers "
            f"(first: row {bad[0]}); a hand is either whole or missing (all NaN)"
        )
    return points


def _handedness(value: ArrayLike, n: int) -> NDArray[np.str_]:
    array = np.asarray(value, dtype=str)
    if array.shape != (n,):
        raise LandmarksError(f"handedness must have shape ({n},), but got {array.shape}")
    strange = sorted(set(array.tolist()) - set(HANDEDNESS))
    if strange:
        raise LandmarksError(
            f'handedness must be "Left", "Right" or "" (unknown), but got {strange[0]!r}'
        )
    return frozen(array, "U5")
