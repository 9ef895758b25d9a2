"""`GestureRecognizer`: from an image to gestures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import NO_GESTURE_LABELS
from handpose.containers.landmarks import Landmarks
from handpose.containers.timestamps import check_growing
from handpose.extractors import DEFAULT_EXTRACTOR, EXTRACTORS, Extractor, make_extractor
from handpose.images import Frame, as_rgb, read_frames
from handpose.images.sources import Source
from handpose.models import ModelCard, load_model, save_model
from handpose.models.gestures import GestureModel
from handpose.provenance import warn_if_foreign
from handpose.recognition.results import Recognition, VideoRecognition
from handpose.recognition.video import FollowedVideo, GestureEvents, GestureStream
from handpose.system.closing import Closing
from handpose.temporal import DEFAULT_MIN_SCORE, GestureEvent, Steadying

DEFAULT_NUM_HANDS = 2
"""Of a recogniser whose extractor is made for it, in Python and on the command line: with one, the
second hand of a picture would be left out without a word."""


class GestureRecognizer(Closing):
    """An extractor and a model.

    Parameters
    ----------
    extractor : Extractor
    model : GestureModel
        Fitted.
    min_score : float, optional
        A hand whose best gesture is less probable than this is rejected: its gesture is None. In a
        video, no gesture begins below it. By default what the model says (`model.min_score`), and
        0.8 where it says nothing.
    card : ModelCard, optional
        What is known about the model.
    steadying : Steadying, optional
        How hands and labels of a video are kept steady.

    Raises
    ------
    ValueError
        If `min_score` is not between 0 and 1.

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
        min_score: float | None = None,
        card: ModelCard | None = None,
        steadying: Steadying = Steadying(),  # noqa: B008 (frozen)
    ):
        self.extractor = extractor
        self.model = model
        self.min_score = threshold_of(model, min_score)
        self.card = card or ModelCard()
        enter = self.min_score if steadying.enter is None else steadying.enter
        self.steadying = replace(steadying, enter=enter)
        self._video: FollowedVideo | None = None
        warn_if_foreign(self.card.extractor, extractor.provenance)

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
        image = as_rgb(image)
        seen = self.classify(self.extractor.detect(image))
        return replace(seen, image_size=(image.shape[1], image.shape[0]))

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

        Raises
        ------
        LandmarksError
            If the time does not grow.
        """
        if self._video is None:
            self._video = self._begin()
        elif self._video.last_ms is not None:
            check_growing(timestamp_ms, self._video.last_ms, "call end_video() before another one")
        frame = Frame(as_rgb(image), self._video.frames, timestamp_ms)
        return self._video.next(frame, self.classify)

    def end_video(self) -> tuple[GestureEvent, ...]:
        """End the video of `recognize_for_video`: the next frame begins another one.

        Returns
        -------
        tuple of GestureEvent
            The gestures that were still being shown. Those of a `stream` are told by its own `end`.
        """
        video, self._video = self._video, None
        return video.end() if video is not None else ()

    def stream(self, source: Source, **options: Any) -> GestureStream:
        """Recognise a video, a camera or any other source, frame by frame.

        Parameters
        ----------
        source : int, str, Path or iterable of arrays
            See `handpose.read_frames`.
        **options
            Keywords for `handpose.read_frames`.

        Returns
        -------
        GestureStream
            An iterator over one `VideoRecognition` for each frame, with a state of its own. Its
            `end` tells the gestures that were still being shown when it ended.
        """
        return GestureStream(read_frames(source, **options), self._begin, self.classify)

    def events(self, source: Source, **options: Any) -> GestureEvents:
        """Recognise a source, and tell when gestures begin and end.

        Parameters
        ----------
        source : int, str, Path or iterable of arrays
            See `handpose.read_frames`.
        **options
            Keywords for `handpose.read_frames`.

        Returns
        -------
        GestureEvents
            An iterator over `GestureEvent`: each gesture twice, when it begins and when it has
            ended (or the source has, by an error too). If you leave it early, its `end` tells the
            gestures that were still being shown.
        """
        return GestureEvents(self.stream(source, **options))

    def classify(self, hands: Landmarks) -> Recognition:
        """Name the gestures of hands that were already found."""
        found = self.model.predict_proba(hands)
        probabilities = np.where(hands.detected[:, None], found, np.nan)
        labels = tuple(self.labels)
        gestures: tuple[str | None, ...] = ()
        scores = np.empty(0)
        if len(hands):
            best = probabilities.argmax(1)
            scores = probabilities[np.arange(len(hands)), best]
            sure = (scores >= self.min_score) & hands.detected
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
            min_score=self.min_score,
            image_size=_image_size(hands),
        )

    def _begin(self) -> FollowedVideo:
        return FollowedVideo(self.extractor.video(), self.steadying)

    def save(self, path: str | Path) -> Path:
        """Write the model and the extractor's provenance to a ``.handpose`` file."""
        known = self.card.extractor or self.extractor.provenance
        return save_model(self.model, path, replace(self.card, extractor=known))

    def close(self) -> None:
        """Close the extractor."""
        self.extractor.close()


def threshold_of(model: GestureModel, min_score: float | None = None) -> float:
    """From which score on a gesture is named: as asked, as the model says, else 0.8.

    Parameters
    ----------
    model : GestureModel
    min_score : float, optional

    Raises
    ------
    ValueError
        If it is not between 0 and 1.
    """
    score = getattr(model, "min_score", None) if min_score is None else min_score
    score = DEFAULT_MIN_SCORE if score is None else score
    if not 0 <= score <= 1:
        raise ValueError(f"min_score must be between 0 and 1, but got {score}")
    return float(score)


def load_recognizer(
    source: str | Path,
    *,
    extractor: Extractor | str | None = None,
    min_score: float | None = None,
    num_hands: int | None = None,
    mirrored: bool | None = None,
    steadying: Steadying = Steadying(),  # noqa: B008 (frozen)
    trusted: Sequence[type] = (),
) -> GestureRecognizer:
    """Load a model, and make the kind of extractor that it was trained with.

    Parameters
    ----------
    source : str or Path
        A ``.handpose`` file or the name of a pretrained model.
    extractor : Extractor or str, optional
        Used instead: one that you have made, or the name of one, see `make_extractor`.
    min_score : float, optional
        See `GestureRecognizer`.
    num_hands : int, default=2
        How many hands to look for.
    mirrored : bool, default=False
        Whether the images come mirrored, as a selfie camera shows them.
    steadying : Steadying, optional
        How hands and labels of a video are kept steady.
    trusted : sequence of type, optional
        Classes of your own that the model may hold, see `handpose.load_model`.

    Raises
    ------
    ModelFileError
        If the file cannot be read safely.
    UnknownNameError
        If there is no such model or extractor.
    ValueError
        If `num_hands` or `mirrored` is given beside an extractor that is already made, or a value
        is out of range.
    """
    given = {"num_hands": num_hands, "mirrored": mirrored}
    options = {name: value for name, value in given.items() if value is not None}
    if isinstance(extractor, Extractor) and options:
        raise ValueError(
            f"{' and '.join(options)} must be given to the extractor itself, as in "
            f"make_extractor(num_hands=2), or name the extractor"
        )
    model = load_model(source, trusted=trusted)
    card = model.card
    if not isinstance(extractor, Extractor):
        options = {"num_hands": DEFAULT_NUM_HANDS, "mirrored": False, **options}
        extractor = make_extractor(extractor or extractor_of(card), **options)
    return GestureRecognizer(extractor, model, min_score=min_score, card=card, steadying=steadying)


def extractor_of(card: ModelCard) -> str:
    """Name of the extractor that a model was trained with; the default where that is unknown."""
    name = card.extractor.get("name")
    return name if name in EXTRACTORS else DEFAULT_EXTRACTOR


def _image_size(hands: Landmarks) -> tuple[int, int] | None:
    """Width and height of the image of these hands; None where they are unknown or differ."""
    if not len(hands):
        return None
    width, height = hands.image_size[0].tolist()
    same = bool((hands.image_size == hands.image_size[0]).all())
    return (width, height) if same and width and height else None
