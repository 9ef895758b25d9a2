"""What is checked and worked out before a `GestureModel` is fitted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import is_no_gesture
from handpose.containers.motion import Motions
from handpose.errors import DatasetError, HandposeError


def check_probabilities(classifier: Any) -> None:
    """Refuse a classifier that gives no probabilities, before anything is fitted.

    Raises
    ------
    HandposeError
        If it has no `predict_proba`.
    """
    if not hasattr(classifier, "predict_proba"):
        raise HandposeError(
            f"{type(classifier).__name__} has no predict_proba, which a model needs for its "
            "scores; set it up to give probabilities, or wrap it: "
            f"CalibratedClassifierCV({type(classifier).__name__}())"
        )


def check_enough(
    labels: NDArray[Any], usable: NDArray[np.bool_], noun: str, *, names_nothing: bool
) -> None:
    """Refuse samples that are not enough to learn from.

    Parameters
    ----------
    labels : ndarray of shape (n,)
    usable : ndarray of bool, shape (n,)
        Which samples show a hand well enough.
    noun : {"hand", "motion"}
        What they are.
    names_nothing : bool
        Whether a label that means "no gesture" is named.

    Raises
    ------
    DatasetError
    """
    n, motions = len(labels), noun == "motion"
    if labels.dtype.kind == "U" and (labels == "").any():
        count = int((labels == "").sum())
        raise DatasetError(f"{count} of {n} {noun}s have no label; label or remove them")
    if not usable.any():
        what = "shows a hand well enough" if motions else "was detected"
        raise DatasetError(f"none of the {n} {noun}s {what}: nothing to train on")
    names = np.unique(labels[usable])
    which = f"{int(usable.sum())} {'usable' if motions else 'detected'} {noun}s"
    if len(names) < 2:
        raise DatasetError(
            f"all {which} are labelled {names[0]!s}; training needs at least two gestures"
        )
    if not names_nothing and is_no_gesture(names).all():
        raise DatasetError(f"all {which} show no gesture; training needs a gesture to name")


def median_duration(motions: Motions, labels: NDArray[Any]) -> float:
    """Of the motions that are gestures, where there are any."""
    gestures = motions[~is_no_gesture(labels)]
    return float(np.median([motion.duration_ms for motion in (gestures or motions)]))


def units(labels: NDArray[Any], people: NDArray[Any]) -> NDArray[Any]:
    """What is held out as a whole: people, or rows where two labels of several people lack."""
    of_several = [len(np.unique(people[labels == label])) > 1 for label in np.unique(labels)]
    return people if sum(of_several) > 1 else np.arange(len(labels))
