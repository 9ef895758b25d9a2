"""Hands of MediaPipe's own results, and results of ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.errors import LandmarksError
from handpose.system.extras import require

_PARTS = ("hand_landmarks", "handedness")


def from_mediapipe(result: Any, image_size: Sequence[int], *, mirrored: bool = False) -> Landmarks:
    """The hands of a result of MediaPipe Tasks.

    Parameters
    ----------
    result : HandLandmarkerResult, GestureRecognizerResult or an object with their attributes
        ``hand_landmarks`` and ``handedness``, a list for each hand; ``hand_world_landmarks`` may be
        missing.
    image_size : (int, int)
        Width and height of the image in pixels. MediaPipe's landmarks are fractions of them and say
        nothing about them.
    mirrored : bool, default=False
        Whether the image was mirrored, as a selfie camera shows it. MediaPipe names the hand as it
        is in an image that is not.

    Returns
    -------
    Landmarks of length n
        In the order of the result. MediaPipe reports no confidence that a hand is there, so `score`
        repeats `handedness_score`. `point_scores` are the landmarks' ``visibility``; where that is
        None or, as MediaPipe leaves it in hands, 0 for all of them, they are unknown.

    Raises
    ------
    LandmarksError
        If the object is another one, or the size is not two whole numbers above 0.

    Examples
    --------
    A model of handpose names the hands that MediaPipe found:

    >>> hands = Landmarks.from_mediapipe(result, image_size=(640, 480))
    >>> model = load_model("digits")
    >>> model.name(hands).tolist()
    ['5']
    """
    missing = [name for name in _PARTS if not hasattr(result, name)]
    if missing:
        raise LandmarksError(
            f"a result of MediaPipe's HandLandmarker is expected, but {type(result).__name__} has "
            f"no {missing[0]}"
        )
    width, height = _checked_size(image_size)
    if not result.hand_landmarks:
        return Landmarks.empty()
    points = _coordinates(result.hand_landmarks) * np.array([width, height, width])
    points[..., 2] -= points[:, :1, 2]
    world = getattr(result, "hand_world_landmarks", None)
    sides = [categories[0] for categories in result.handedness]
    scores = [side.score for side in sides]
    hands = Landmarks(
        points=points,
        world=_coordinates(world) if world else None,
        handedness=[side.category_name for side in sides],
        handedness_score=scores,
        score=scores,
        image_size=np.tile([width, height], (len(points), 1)),
        point_scores=_visibility(result.hand_landmarks),
    )
    return replace(hands, handedness=hands.mirrored().handedness) if mirrored else hands


def to_mediapipe(hands: Landmarks) -> Any:
    """Hands as MediaPipe's own result, for its drawing and other tools.

    Parameters
    ----------
    hands : Landmarks
        With a known `image_size`. Rows that are not detected are left out.

    Returns
    -------
    HandLandmarkerResult

    Raises
    ------
    MissingExtraError
        If mediapipe is not installed.
    LandmarksError
        If the size of an image is unknown.
    """
    require("mediapipe", "to_mediapipe()", "mediapipe")
    from mediapipe.tasks.python.components.containers import Category, Landmark, NormalizedLandmark
    from mediapipe.tasks.python.vision import HandLandmarkerResult

    return _result(hands, HandLandmarkerResult, NormalizedLandmark, Landmark, Category)


def _result(hands: Landmarks, result: Any, normalized: Any, metric: Any, category: Any) -> Any:
    """The result, made of these classes."""
    hands = hands[hands.detected]
    sides = zip(hands.handedness.tolist(), hands.handedness_score.tolist(), strict=True)
    return result(
        handedness=[
            [category(index=int(side == "Right"), score=s, display_name=side, category_name=side)]
            for side, s in sides
        ],
        hand_landmarks=_listed(hands.normalized(), normalized),
        hand_world_landmarks=_listed(hands.world, metric),
    )


def _listed(points: NDArray[np.float32], landmark: Any) -> list[list[Any]]:
    return [[landmark(x=x, y=y, z=z) for x, y, z in hand] for hand in points.tolist()]


def _coordinates(hands: Any) -> NDArray[np.float64]:
    found = np.array([[(p.x, p.y, p.z) for p in hand] for hand in hands], np.float64)
    if found.shape[1:] != (N_LANDMARKS, 3):
        raise LandmarksError(
            f"a hand of MediaPipe has {N_LANDMARKS} landmarks, but got {found.shape[1]}"
        )
    return found


def _visibility(hands: Any) -> NDArray[np.float64]:
    """How visible each landmark is, shape (n, 21); NaN for hands of which nothing is said."""
    seen = np.array(
        [[getattr(point, "visibility", None) or 0.0 for point in hand] for hand in hands],
        np.float64,
    )
    seen[~seen.any(1)] = np.nan
    return seen


def _checked_size(image_size: Any) -> tuple[int, int]:
    size = np.asarray(image_size)
    if size.shape != (2,) or size.dtype.kind not in "iu" or (size <= 0).any():
        raise LandmarksError(
            f"image_size must be the width and height in pixels, such as (640, 480), but got "
            f"{image_size!r}"
        )
    width, height = size.tolist()
    return width, height
