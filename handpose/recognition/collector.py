"""`Collector`: keeps the frames that show something new."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.datasets.sample_folder import SampleFolder
from handpose.extractors import Extractor
from handpose.features.normalize import normalize
from handpose.images import read_image

MIN_DISTANCE = 0.15
"""Palm sizes by which a sample's landmarks differ from every other's, in the mean: more than a hand
that tries to keep still, less than the same gesture of two people (0.4 for an open hand)."""


class Outcome(Enum):
    """What happened to a frame, in words for the user."""

    KEPT = "kept"
    NO_HAND = "no hand found"
    CUT_OFF = "move the whole hand into the picture"
    TOO_SIMILAR = "turn, tilt or move your hand"


class Collector:
    """Keeps photos of one gesture by one person, no two of them alike.

    Hands are found in them exactly as when a model is trained on them.

    Parameters
    ----------
    folder : SampleFolder
        What it holds already counts.
    extractor : Extractor
    min_distance : float, default=0.15
        Mean distance of the landmarks of any two samples, in palm sizes, once position and size are
        taken away.
    known : Landmarks, optional
        The hands in the photos that `folder` holds; by default they are looked for.

    Attributes
    ----------
    hands : Landmarks of length 0 or 1
        The hand of the last frame.
    photo : Path or None
        The photo that was kept last.
    """

    def __init__(
        self,
        folder: SampleFolder,
        extractor: Extractor,
        *,
        min_distance: float = MIN_DISTANCE,
        known: Landmarks | None = None,
    ):
        if not min_distance >= 0:
            raise ValueError(f"min_distance must not be below 0, but got {min_distance}")
        self._folder, self._extractor, self._min_distance = folder, extractor, min_distance
        self.hands = Landmarks.empty()
        self.photo: Path | None = None
        self._shapes: list[NDArray[np.float32]] = []
        self._total = 0.0
        if known is None:
            found = [extractor.detect(read_image(photo))[:1] for photo in folder.samples()]
            known = Landmarks.concat(found)
        for shape in hand_shapes(known):
            self._keep(shape, self._distances(shape))

    def __len__(self) -> int:
        return len(self._shapes)

    @property
    def variety(self) -> float:
        """Mean distance of two samples, in palm sizes; 0 where there are fewer than two."""
        if len(self) < 2:
            return 0.0
        return self._total / (len(self) * (len(self) - 1) / 2)

    def offer(self, image: NDArray[np.uint8]) -> Outcome:
        """Keep a frame if it shows a hand, whole and unlike the samples so far.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB.
        """
        self.hands = self._extractor.detect(image)[:1]
        if not len(self.hands):
            return Outcome.NO_HAND
        height, width = image.shape[:2]
        x0, y0, x1, y1 = self.hands.boxes()[0]
        if min(x0, y0) < 0 or x1 > width or y1 > height:
            return Outcome.CUT_OFF
        (shape,) = hand_shapes(self.hands)
        distances = self._distances(shape)
        if distances.min(initial=np.inf) < self._min_distance:
            return Outcome.TOO_SIMILAR
        self.photo = self._folder.add(image)
        self._keep(shape, distances)
        return Outcome.KEPT

    def _distances(self, shape: NDArray[np.float32]) -> NDArray[np.floating]:
        """Mean distance of the landmarks to each sample's, shape (n,)."""
        apart = np.reshape(self._shapes, (len(self), *shape.shape)) - shape
        return np.asarray(np.linalg.norm(apart, axis=-1).mean(-1))

    def _keep(self, shape: NDArray[np.float32], distances: NDArray[np.floating]) -> None:
        self._shapes.append(shape)
        self._total += float(distances.sum())


def hand_shapes(hands: Landmarks) -> NDArray[np.float32]:
    """What is left of hands without position and size, shape (n, 21, 2)."""
    return normalize(hands.points[..., :2], hands.handedness)
