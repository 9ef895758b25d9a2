"""`GestureRecognizer`: from an image to gestures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.containers.timestamps import check_growing
from handpose.errors import HandposeError, ImageError, ModelKindError
from handpose.extractors import (
    DEFAULT_EXTRACTOR,
    DEFAULT_NUM_HANDS,
    EXTRACTORS,
    Extractor,
    make_extractor,
)
from handpose.images import Frame, ImageLike, Source, as_rgb, read_frames, to_rgb
from handpose.models import ModelCard, load_model, save_model
from handpose.models.gestures import GestureModel
from handpose.models.threshold import threshold_of
from handpose.provenance import warn_if_foreign
from handpose.recognition.motions import VideoMotions
from handpose.recognition.naming import named
from handpose.recognition.results import Recognition, VideoRecognition
from handpose.recognition.video import FollowedVideo, GestureEvents, GestureStream
from handpose.system.closing import Closing
from handpose.system.deprecation import renamed_arguments
from handpose.temporal import GestureEvent, Steadying

DEFAULT_MODEL = "digits"

ModelLike: TypeAlias = "GestureModel | str | os.PathLike[str]"
"""A fitted model, a ``.handpose`` file or the name of a pretrained model."""


class GestureRecognizer(Closing):
    """An extractor and a model: images, videos and cameras to gestures.

    Parameters
    ----------
    extractor : Extractor or str, optional
        An extractor, or the name of one (``"native"``, ``"mediapipe"``, a ``.keypoints`` file),
        which then looks for two hands. By default the one that the model was trained with.
    model : GestureModel, str, Path or None, default="digits"
        A fitted model, a ``.handpose`` file or the name of a pretrained model. None, beside
        `motions`: hands that hold still are named nothing.
    motions : GestureModel, str or Path, optional
        A fitted model of motions, or its file: in videos, the last moments of each hand (of both
        hands, if the model was trained on two) are named too.
    min_score : float, optional
        A hand whose best gesture is less probable than this is rejected: its gesture is None. In a
        video, no gesture and no motion begins below it. By default `model.min_score`; where that is
        None, 0.5 if the model tells gestures that nobody taught, else 0.8.
    false_accepts : float, optional
        Instead of `min_score`: the share of hands that show no gesture of the model and may be
        named nevertheless, such as 0.001. The model must have been trained with such a rate; it is
        that of the hands in its training data, see `handpose.models.threshold`. Motions keep their
        own threshold.
    card : ModelCard, optional
        What is known about the model; by default its own.
    steadying : Steadying, optional
        How hands and labels of a video are kept steady.

    Raises
    ------
    ModelFileError
        If a file cannot be read safely.
    UnknownNameError
        If there is no extractor or model of that name.
    TypeError
        If a part is of another type.
    ValueError
        If `min_score` is not between 0 and 1, or `false_accepts` is given beside it.
    HandposeError
        If the model does not know a threshold for `false_accepts`.

    Warns
    -----
    ProvenanceWarning
        If the card says that the model was trained on landmarks of other networks.
    """

    def __init__(
        self,
        extractor: Extractor | str | os.PathLike[str] | None = None,
        model: ModelLike | None = DEFAULT_MODEL,
        *,
        motions: ModelLike | None = None,
        min_score: float | None = None,
        false_accepts: float | None = None,
        card: ModelCard | None = None,
        steadying: Steadying | None = None,
    ):
        steadying = _checked_steadying(steadying)
        self.motions = None if motions is None else loaded_model("motions", motions)
        self.model = None
        if model is not None or self.motions is None:
            self.model = loaded_model("model", model)
        first = self.motions if self.model is None else self.model
        self.card = card or getattr(first, "card", None) or ModelCard()
        self._motions_min_score = threshold_of(self.motions, min_score)
        self.min_score = threshold_of(self.model, min_score, false_accepts)
        enter = self.min_score if steadying.enter is None else steadying.enter
        self.steadying = replace(steadying, enter=enter)
        self.extractor = _made(extractor, self.card, num_hands=DEFAULT_NUM_HANDS)
        self._video: FollowedVideo | None = None
        warn_if_foreign(self.card.extractor, self.extractor.provenance)
        if self.motions is not None and self.motions is not first:
            warn_if_foreign(self.motions.card.extractor, self.extractor.provenance)

    @property
    def labels(self) -> list[str]:
        """The gestures that the model knows."""
        return [] if self.model is None else [str(label) for label in self.model.classes_]

    @overload
    def recognize(self, image: ImageLike) -> Recognition: ...

    @overload
    def recognize(self, image: list[Any] | tuple[Any, ...]) -> list[Recognition]: ...

    def recognize(
        self, image: ImageLike | list[Any] | tuple[Any, ...]
    ) -> Recognition | list[Recognition]:
        """Recognise the gestures in one image, or in each of several.

        Parameters
        ----------
        image : str, Path, PIL image, ndarray of uint8, or a list of these
            A file, or an RGB (height, width, 3), grey (height, width) or RGBA (height, width, 4)
            array.

        Returns
        -------
        Recognition, or list of Recognition
            A list for a list.

        Raises
        ------
        ImageError
            If an image cannot be read or is not one; for an item of a list it says which.
        """
        if isinstance(image, (list, tuple)):
            return [self._recognize_item(item, i, len(image)) for i, item in enumerate(image)]
        rgb = to_rgb(image)
        seen = self.classify(self.extractor.detect(rgb))
        return replace(seen, image=image, image_size=(rgb.shape[1], rgb.shape[0]))

    def recognize_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> VideoRecognition:
        """Recognise the gestures in the next frame of one video.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB; grey, RGBA and PIL images are converted.
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
            The gestures that were still being shown. Those of a `stream` come from its own `end`.
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
            `end` gives the gestures that were still being shown when it ended.
        """
        return GestureStream(read_frames(source, **options), self._begin, self.classify)

    def events(self, source: Source, **options: Any) -> GestureEvents:
        """Recognise a source, and report when gestures and motions begin and end.

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
            ended (or the source has, by an error too). If you leave it early, its `end` gives the
            gestures that were still being shown.
        """
        return GestureEvents(self.stream(source, **options))

    def classify(self, hands: Landmarks) -> Recognition:
        """Name the gestures of hands that were already found."""
        return named(self.model, hands, self.min_score)

    def save(self, path: str | Path) -> Path:
        """Write the model and the extractor's provenance to a ``.handpose`` file.

        Raises
        ------
        HandposeError
            If the recogniser names motions alone.
        """
        if self.model is None:
            raise HandposeError("there is no model of still hands; save the model of motions")
        known = self.card.extractor or self.extractor.provenance
        return save_model(self.model, path, replace(self.card, extractor=known))

    def close(self) -> None:
        """Close the extractor."""
        self.extractor.close()

    def _recognize_item(self, image: ImageLike, index: int, count: int) -> Recognition:
        try:
            return self.recognize(image)
        except ImageError as error:
            raise ImageError(f"image {index} of {count}: {error}") from None

    def _begin(self) -> FollowedVideo:
        motions = None
        if self.motions is not None:
            motions = VideoMotions(self.motions, self._motions_min_score, self.steadying.hold_ms)
        return FollowedVideo(self.extractor.video(), self.steadying, motions)


@renamed_arguments(source="model")
def load_recognizer(
    model: ModelLike | None = DEFAULT_MODEL,
    *,
    motions: ModelLike | None = None,
    extractor: Extractor | str | os.PathLike[str] | None = None,
    num_hands: int | None = None,
    mirrored: bool | None = None,
    min_score: float | None = None,
    false_accepts: float | None = None,
    steadying: Steadying | None = None,
    trusted: Sequence[type] = (),
    **options: Any,
) -> GestureRecognizer:
    """Load a model, and make the kind of extractor that it was trained with.

    Parameters
    ----------
    model : str, Path, GestureModel or None, default="digits"
        A ``.handpose`` file, the name of a pretrained model or a fitted model; None beside
        `motions`, see `GestureRecognizer`.
    motions : str, Path or GestureModel, optional
        A model of motions, see `GestureRecognizer`.
    extractor : Extractor, str or Path, optional
        An extractor, the name of one, see `make_extractor`, or a ``.keypoints`` file. By default
        the one that the model was trained with.
    num_hands : int, default=2
        How many hands to look for.
    mirrored : bool, default=False
        Whether the images come mirrored, as a selfie camera shows them.
    min_score, false_accepts, steadying
        See `GestureRecognizer`.
    trusted : sequence of type, optional
        Classes of your own that the model may hold, see `handpose.load_model`.
    **options
        Further keywords of the extractor, see `make_extractor`: of `NativeExtractor` such as
        ``effort="thorough"`` or ``min_detection_confidence=0.5``.

    Raises
    ------
    ModelFileError
        If the file cannot be read safely.
    UnknownNameError
        If there is no such model or extractor, or the extractor has no such option.
    TypeError
        If a part is of another type.
    ValueError
        If `num_hands`, `mirrored` or another option is given beside an extractor that is already
        made, or a value is out of range.
    """
    given = {"num_hands": num_hands, "mirrored": mirrored}
    options |= {name: value for name, value in given.items() if value is not None}
    if isinstance(extractor, Extractor) and options:
        raise ValueError(
            f"{' and '.join(options)} must be given to the extractor itself, as in "
            f"make_extractor(num_hands=2), or name the extractor"
        )
    steadying = _checked_steadying(steadying)
    if motions is not None:
        motions = loaded_model("motions", motions, trusted)
    loaded = None
    if model is not None or motions is None:
        loaded = loaded_model("model", model, trusted)
    card = getattr(motions if loaded is None else loaded, "card", None) or ModelCard()
    made = _made(extractor, card, **{"num_hands": DEFAULT_NUM_HANDS, "mirrored": False, **options})
    return GestureRecognizer(
        made,
        loaded,
        motions=motions,
        min_score=min_score,
        false_accepts=false_accepts,
        steadying=steadying,
    )


def extractor_of(card: ModelCard) -> str:
    """Name of the extractor that a model was trained with; the default where that is unknown."""
    name = card.extractor.get("name")
    return name if name in EXTRACTORS else DEFAULT_EXTRACTOR


def loaded_model(name: str, model: Any, trusted: Sequence[type] = ()) -> GestureModel:
    """A model of still hands, or of motions, from what a user names or gives."""
    if isinstance(model, (str, os.PathLike)):
        model = load_model(os.fspath(model), trusted=trusted)
    if not hasattr(model, "predict_proba"):
        raise TypeError(
            f"{name} must be a fitted model, a .handpose file or the name of a pretrained model, "
            f"but got {type(model).__name__}"
        )
    kinds = ("still hands", "motions")
    expected, given = name == "motions", bool(getattr(model, "takes_motions", False))
    if expected != given:
        other = "model" if expected else "motions"
        raise ModelKindError(
            f"{name} takes a model of {kinds[expected]}, but this is one of {kinds[given]}; "
            f"give it as {other}"
        )
    return model


def _made(extractor: Any, card: ModelCard, **options: Any) -> Extractor:
    """An extractor, from what a user names or gives."""
    if isinstance(extractor, Extractor):
        return extractor
    if extractor is None:
        return make_extractor(extractor_of(card), **options)
    if isinstance(extractor, (str, os.PathLike)):
        return make_extractor(os.fspath(extractor), **options)
    raise TypeError(
        f"extractor must be an Extractor, a name ({', '.join(sorted(EXTRACTORS))}) or a .keypoints "
        f"file, but got {type(extractor).__name__}"
    )


def _checked_steadying(steadying: Any) -> Steadying:
    if steadying is None:
        return Steadying()
    if not isinstance(steadying, Steadying):
        raise TypeError(
            f"steadying must be a Steadying, such as Steadying(hold_ms=200), but got {steadying!r}"
        )
    return steadying
