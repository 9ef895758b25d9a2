"""`GestureRecognizer`: from an image to gestures."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.errors import ProvenanceWarning
from handpose.extractors import DEFAULT_EXTRACTOR, EXTRACTORS, Extractor, make_extractor
from handpose.extractors.base import Closing
from handpose.landmarks import Landmarks
from handpose.model_files import ModelCard, load_model, save_model
from handpose.models import GestureModel

NO_GESTURE = "no_gesture"
"""A model that was trained with this label rejects a hand by choosing it."""


@dataclass(frozen=True)
class RecognizedHand:
    """One hand of a `Recognition`.

    Attributes
    ----------
    gesture : str or None
        None where the model rejects the hand.
    score : float
        Probability of the most probable gesture, also when it was too low.
    landmarks : Landmarks of length 1
    """

    gesture: str | None
    score: float
    landmarks: Landmarks

    @property
    def handedness(self) -> str:
        """``"Left"``, ``"Right"`` or ``""``: the person's own hand."""
        return str(self.landmarks.handedness[0])

    @property
    def handedness_score(self) -> float:
        """Confidence in `handedness`."""
        return float(self.landmarks.handedness_score[0])

    def to_dict(self) -> dict[str, Any]:
        """The hand as JSON: gesture, score, handedness, handedness_score, landmarks."""
        sure = self.handedness_score
        return {
            "gesture": self.gesture,
            "score": round(self.score, 4),
            "handedness": self.handedness,
            "handedness_score": None if np.isnan(sure) else round(sure, 4),
            "landmarks": [[round(float(v), 2) for v in p] for p in self.landmarks.points[0]],
        }


@dataclass(frozen=True)
class Recognition:
    """What was recognised in one image. Iterate over it for its hands.

    Attributes
    ----------
    hands : Landmarks of length n
        n = 0 where no hand was found.
    gestures : tuple of n (str or None)
    scores : ndarray of shape (n,)
    probabilities : ndarray of shape (n, n_labels)
    """

    hands: Landmarks
    gestures: tuple[str | None, ...]
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.hands)

    def __getitem__(self, index: int) -> RecognizedHand:
        if not -len(self) <= index < len(self):
            raise IndexError(f"hand {index} of {len(self)}")
        return RecognizedHand(self.gestures[index], float(self.scores[index]), self.hands[index])

    def __iter__(self) -> Iterator[RecognizedHand]:
        return (self[i] for i in range(len(self)))

    def to_dict(self) -> dict[str, Any]:
        """The hands as JSON."""
        return {"hands": [hand.to_dict() for hand in self]}


class GestureRecognizer(Closing):
    """An extractor and a model.

    Parameters
    ----------
    extractor : Extractor
    model : GestureModel
        Fitted.
    min_score : float, default=0.0
        A hand whose best gesture is less probable than this is rejected: its gesture is None.
    card : ModelCard, optional
        What is known about the model.

    Warns
    -----
    ProvenanceWarning
        If the card says that the model was trained on landmarks of other networks.
    """

    def __init__(
        self,
        extractor: Extractor,
        model: GestureModel,
        *,
        min_score: float = 0.0,
        card: ModelCard | None = None,
    ):
        if not 0 <= min_score <= 1:
            raise ValueError(f"min_score must be between 0 and 1, but got {min_score}")
        self.extractor = extractor
        self.model = model
        self.min_score = min_score
        self.card = card or ModelCard()
        warn_if_foreign(self.card, extractor.provenance)

    @property
    def labels(self) -> list[str]:
        """The gestures that the model knows."""
        return [str(label) for label in self.model.classes_]

    def recognize(self, image: NDArray[np.uint8]) -> Recognition:
        """Recognise the gestures in one image.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB, see `handpose.read_image`.
        """
        return self.classify(self.extractor.detect(image))

    def recognize_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> Recognition:
        """Recognise the gestures in the next frame of one video.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB.
        timestamp_ms : int
            Milliseconds; must grow from call to call.
        """
        return self.classify(self.extractor.detect_for_video(image, timestamp_ms))

    def classify(self, hands: Landmarks) -> Recognition:
        """Name the gestures of hands that were already found."""
        probabilities = self.model.predict_proba(hands)
        if not len(hands):
            return Recognition(hands, (), np.empty(0), probabilities)
        best = probabilities.argmax(1)
        scores = probabilities[np.arange(len(hands)), best]
        labels = [self.labels[i] for i in best]
        sure = (scores >= self.min_score) & hands.detected
        gestures = tuple(
            label if ok and label != NO_GESTURE else None
            for label, ok in zip(labels, sure, strict=True)
        )
        return Recognition(hands, gestures, scores, probabilities)

    def save(self, path: str | Path) -> Path:
        """Write the model and the extractor's provenance to a ``.handpose`` file."""
        known = self.card.extractor or self.extractor.provenance
        return save_model(self.model, path, replace(self.card, extractor=known))

    def close(self) -> None:
        """Close the extractor."""
        self.extractor.close()


def load_recognizer(
    source: str | Path, *, extractor: Extractor | None = None, min_score: float = 0.0
) -> GestureRecognizer:
    """Load a model, and make the kind of extractor that it was trained with.

    Parameters
    ----------
    source : str or Path
        A ``.handpose`` file or the name of a pretrained model.
    extractor : Extractor, optional
        Used instead.
    min_score : float, default=0.0
        See `GestureRecognizer`.

    Raises
    ------
    ModelFileError
        If the file cannot be read safely.
    """
    model, card = load_model(source)
    if extractor is None:
        extractor = make_extractor(extractor_of(card))
    return GestureRecognizer(extractor, model, min_score=min_score, card=card)


def extractor_of(card: ModelCard) -> str:
    """Name of the extractor that a model was trained with; the default where that is unknown."""
    name = card.extractor.get("name")
    return name if name in EXTRACTORS else DEFAULT_EXTRACTOR


def warn_if_foreign(card: ModelCard, provenance: dict[str, Any]) -> None:
    """Warn if a model was trained on landmarks that another extractor made."""
    trained = card.extractor
    if not trained or not provenance:
        return
    if any(trained.get(key) != provenance.get(key) for key in ("name", "networks")):
        warnings.warn(
            f"the model was trained on landmarks of {_describe(trained)}, but these come from "
            f"{_describe(provenance)}; expect lower accuracy, or extract and train anew",
            ProvenanceWarning,
            stacklevel=3,
        )


def _describe(provenance: dict[str, Any]) -> str:
    networks = provenance.get("networks", {})
    listed = ", ".join(f"{name} {digest[:8]}" for name, digest in sorted(networks.items()))
    return f"{provenance.get('name', 'an unknown extractor')!r}" + (
        f" ({listed})" if listed else ""
    )
