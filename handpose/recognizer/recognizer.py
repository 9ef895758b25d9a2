"""`GestureRecognizer`: from an image to gestures."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.errors import ProvenanceWarning
from handpose.extractors import DEFAULT_EXTRACTOR, EXTRACTORS, Extractor, make_extractor
from handpose.extractors.base import Closing
from handpose.images import Frame, read_frames
from handpose.images.sources import Source
from handpose.landmarks import Landmarks
from handpose.model_files import ModelCard, load_model, save_model
from handpose.models import GestureModel
from handpose.recognizer.recognition import NO_GESTURE, Recognition, VideoRecognition
from handpose.temporal import GestureEvent, SteadyHands, Steadying


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
    steadying : Steadying, optional
        How hands and labels of a video are kept steady. A gesture is never entered below
        `min_score`.

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
        steadying: Steadying = Steadying(),  # noqa: B008 (frozen)
    ):
        if not 0 <= min_score <= 1:
            raise ValueError(f"min_score must be between 0 and 1, but got {min_score}")
        self.extractor = extractor
        self.model = model
        self.min_score = min_score
        self.card = card or ModelCard()
        self.steadying = replace(steadying, enter=max(steadying.enter, min_score))
        self._video = _Video(self.steadying)
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

    def recognize_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> VideoRecognition:
        """Recognise the gestures in the next frame of one video.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB.
        timestamp_ms : int
            Milliseconds; must grow from call to call, see `end_video`.

        Returns
        -------
        VideoRecognition
            With hands that keep their numbers, smooth landmarks and steady gestures.
        """
        return self._next(Frame(image, self._video.frames, timestamp_ms))

    def end_video(self) -> tuple[GestureEvent, ...]:
        """End the video: the next frame begins another one.

        Returns
        -------
        tuple of GestureEvent
            The gestures that were still being shown.
        """
        ended = tuple(self._video.steady.end())
        self._video = _Video(self.steadying)
        self.extractor.reset()
        return ended

    def stream(self, source: Source, **options: Any) -> Iterator[VideoRecognition]:
        """Recognise a video, a camera or any other source, frame by frame.

        Parameters
        ----------
        source : int, str, Path or iterable of arrays
            See `handpose.read_frames`.
        **options
            Keywords for `handpose.read_frames`.

        Yields
        ------
        VideoRecognition
            One for each frame.
        """
        self.end_video()
        for frame in read_frames(source, **options):
            yield self._next(frame)

    def events(self, source: Source, **options: Any) -> Iterator[GestureEvent]:
        """Recognise a source, and tell when gestures begin and end.

        Parameters
        ----------
        source : int, str, Path or iterable of arrays
            See `handpose.read_frames`.
        **options
            Keywords for `handpose.read_frames`.

        Yields
        ------
        GestureEvent
            Each gesture twice: when it begins, and when it has ended (or the source has).
        """
        for result in self.stream(source, **options):
            yield from result.events
        yield from self.end_video()

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

    def _next(self, frame: Frame) -> VideoRecognition:
        video, now = self._video, frame.timestamp_ms
        video.frames += 1
        found = self.extractor.detect_for_video(frame.rgb, now)
        hands, ids, gone = video.steady.follow(found, now)
        seen = self.classify(hands)
        sides = hands.handedness.tolist()
        steady, events = video.steady.label(ids, self._gesture_scores(seen), sides, now)
        return VideoRecognition(
            **vars(seen),
            track_ids=ids,
            steady_gestures=steady,
            events=(*gone, *events),
            frame=frame,
        )

    def _gesture_scores(self, seen: Recognition) -> list[dict[str, float]]:
        """Probability of each gesture, for each hand."""
        labels = self.labels
        scores = [dict(zip(labels, row, strict=True)) for row in seen.probabilities.tolist()]
        for row in scores:
            row.pop(NO_GESTURE, None)
        return scores

    def save(self, path: str | Path) -> Path:
        """Write the model and the extractor's provenance to a ``.handpose`` file."""
        known = self.card.extractor or self.extractor.provenance
        return save_model(self.model, path, replace(self.card, extractor=known))

    def close(self) -> None:
        """Close the extractor."""
        self.extractor.close()


class _Video:
    """What is carried from frame to frame of one video."""

    def __init__(self, steadying: Steadying):
        self.steady = SteadyHands(steadying)
        self.frames = 0


def load_recognizer(
    source: str | Path,
    *,
    extractor: Extractor | None = None,
    min_score: float = 0.0,
    trusted: Sequence[type] = (),
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
    trusted : sequence of type
        Classes of your own that the model may hold, see `handpose.load_model`.

    Raises
    ------
    ModelFileError
        If the file cannot be read safely.
    """
    model, card = load_model(source, trusted=trusted)
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
