"""From OpenCV's order of colours to ours, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def swap_red_and_blue(picture: NDArray[Any]) -> NDArray[np.uint8]:
    """RGB from BGR, or BGR from RGB, in an array of its own."""
    import cv2

    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
