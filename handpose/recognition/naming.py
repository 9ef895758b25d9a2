"""Hands that were already found, and the gestures that a model names on them."""

from __future__ import annotations

from typing import Any

import numpy as np

from handpose.containers.labels import NO_GESTURE_LABELS
from handpose.containers.landmarks import Landmarks
from handpose.recognition.results import Recognition


def named(model: Any, hands: Landmarks, min_score: float) -> Recognition:
    """Name the gestures of hands.

    Parameters
    ----------
    model : GestureModel, any other estimator of hands, or None
        Fitted. None names nothing.
    hands : Landmarks
    min_score : float
        From which score on a gesture is named.
    """
    if model is None:
        n = len(hands)
        nothing = (None,) * n, np.full(n, np.nan), np.empty((n, 0))
        return Recognition(hands, *nothing, image_size=_image_size(hands))
    tell = getattr(model, "gesture_scores", model.predict_proba)
    found = tell(hands)
    probabilities = np.where(hands.detected[:, None], found, np.nan)
    labels = tuple(str(label) for label in model.classes_)
    gestures: tuple[str | None, ...] = ()
    scores = np.empty(0)
    if len(hands):
        best = probabilities.argmax(1)
        scores = probabilities[np.arange(len(hands)), best]
        sure = (scores >= min_score) & hands.detected
        gestures = tuple(
            labels[i] if ok and labels[i] not in NO_GESTURE_LABELS else None
            for i, ok in zip(best, sure, strict=True)
        )
    return Recognition(
        hands,
        gestures,
        scores,
        probabilities,
        labels=labels,
        min_score=min_score,
        image_size=_image_size(hands),
    )


def _image_size(hands: Landmarks) -> tuple[int, int] | None:
    """Width and height of the image of these hands; None where they are unknown or differ."""
    if not len(hands):
        return None
    width, height = hands.image_size[0].tolist()
    same = bool((hands.image_size == hands.image_size[0]).all())
    return (width, height) if same and width and height else None
