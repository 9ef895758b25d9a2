"""The two sides of the benchmark behind one interface: photos in, labels out."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from handpose.bench.photos import Photos


class Contender(Protocol):
    """Something that learns from photos and names what others show.

    Attributes
    ----------
    name : str
        For the report: ``"svm, geometry"``, ``"EfficientNet-lite0, fine-tuned"``.
    side : {"keypoints", "pixels"}
    """

    name: str
    side: str

    def fit(self, photos: Photos, seed: int) -> Contender:
        """Learn from photos alone: parameters too are chosen within them."""

    def predict(self, photos: Photos) -> NDArray[np.str_]:
        """Label of each photo; ``""`` where no hand was found."""
