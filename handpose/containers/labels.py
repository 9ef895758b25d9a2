"""Labels of pictures that show no gesture, and when an answer is right."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

NO_GESTURE = "no_gesture"
"""A hand that shows nothing of interest: HaGRID's name for it."""

NO_GESTURE_LABELS = (NO_GESTURE, "nothing")
"""Labels that mean "no gesture here": of hands at rest, and of pictures without any hand.

A model that was trained with such a label rejects a hand by choosing it. In a picture with such a
label, finding no hand is the right answer. ``nothing`` is the name in the ASL alphabet of photos.
"""

DEFAULT_MIN_SCORE = 0.8
"""Least probability of a gesture that is named, where neither the caller nor the model has one."""

MIN_SCORE_WITH_NONE = 0.5
"""The same of a model whose scores tell gestures that nobody taught: it is more probable than not.
"""

MISSED = ""
"""Stands for the answer where no hand was found."""


def is_no_gesture(labels: ArrayLike) -> NDArray[np.bool_]:
    """Which labels mean that there is no gesture, shape (n,)."""
    names = np.asarray(labels, dtype=str)
    return np.logical_or.reduce([names == label for label in NO_GESTURE_LABELS])


def is_right(truth: ArrayLike, answers: ArrayLike) -> NDArray[np.bool_]:
    """Which answers are right, shape (n,).

    Parameters
    ----------
    truth : array_like of n str
    answers : array_like of n str
        `MISSED` where no hand was found: right where the label means that there is no gesture, and
        an error everywhere else.
    """
    truth, answers = np.asarray(truth, dtype=str), np.asarray(answers, dtype=str)
    rejected = (answers == MISSED) | is_no_gesture(answers)
    return np.where(is_no_gesture(truth), rejected, (truth == answers) & (answers != MISSED))
