"""Answers for hands that were not found, since scikit-learn's metrics need one for each row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import is_no_gesture


def label_of_missed(model: Any) -> Any:
    """`missed_label_`, also of a model that comes from a file, which does not hold it."""
    known = getattr(model, "missed_label_", None)
    if known is not None and known in model.classes_:
        return known
    none = model.classes_[is_no_gesture(model.classes_)]
    return none[0] if len(none) else model.classes_[0]


def missed_probabilities(classes: NDArray[Any], n: int) -> NDArray[np.float64]:
    """What `predict_proba` says of n missed hands, shape (n, n_classes)."""
    none = is_no_gesture(classes)
    unknown = none / none.sum() if none.any() else np.full(len(none), 1 / len(none))
    return np.tile(unknown, (n, 1))


def missed_label(labels: NDArray[Any], detected: NDArray[np.bool_]) -> Any:
    """What `predict` says of a missed hand: see `GestureModel`."""
    names, codes = np.unique(labels, return_inverse=True)
    none = is_no_gesture(names)
    if none.any():
        return names[none][0]
    taught = np.bincount(codes[detected], minlength=len(names))
    missed = np.bincount(codes[~detected], minlength=len(names))
    order = np.lexsort((taught, missed, taught == 0))  # a label of `classes_`
    return names[order[0]]
