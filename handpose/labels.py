"""Labels of pictures that show no gesture."""

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


def is_no_gesture(labels: ArrayLike) -> NDArray[np.bool_]:
    """Which labels mean that there is no gesture, shape (n,)."""
    return np.isin(np.asarray(labels, dtype=str), NO_GESTURE_LABELS)
