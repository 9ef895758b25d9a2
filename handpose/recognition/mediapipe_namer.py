"""`MediaPipeNamer`: a model names the hands of MediaPipe's own results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handpose.containers.landmarks import Landmarks
from handpose.models.threshold import threshold_of
from handpose.recognition.naming import named
from handpose.recognition.recognizer import DEFAULT_MODEL, ModelLike, loaded_model
from handpose.recognition.results import Recognition


class MediaPipeNamer:
    """Names the hands that a program finds with MediaPipe's HandLandmarker.

    Nothing is searched in an image and no network is loaded: the landmarks are MediaPipe's.

    Parameters
    ----------
    model : GestureModel, str or Path, default="digits"
        A fitted model of still hands, a ``.handpose`` file or the name of a pretrained model. Best
        is one that was trained on landmarks of MediaPipe (``--extractor mediapipe``).
    min_score : float, optional
        From which score on a gesture is named; by default as in `GestureRecognizer`.
    mirrored : bool, default=False
        Whether the images are mirrored, as a selfie camera shows them.
    trusted : sequence of type, optional
        Classes of your own that the model may hold, see `handpose.load_model`.

    Raises
    ------
    ModelFileError
        If a model file cannot be used.
    ModelKindError
        If it is a model of motions.

    Examples
    --------
    >>> namer = MediaPipeNamer("digits")
    >>> for hand in namer(landmarker.detect(image), (image.width, image.height)):
    ...     print(hand.gesture, hand.score)
    """

    def __init__(
        self,
        model: ModelLike = DEFAULT_MODEL,
        *,
        min_score: float | None = None,
        mirrored: bool = False,
        trusted: Sequence[type] = (),
    ):
        self.model = loaded_model("model", model, trusted)
        self.min_score = threshold_of(self.model, min_score)
        self.mirrored = mirrored

    def __call__(self, result: Any, image_size: Sequence[int]) -> Recognition:
        """Name the hands of a result.

        Parameters
        ----------
        result : HandLandmarkerResult, GestureRecognizerResult or an object with their attributes
        image_size : (int, int)
            Width and height of the image in pixels, which a result does not know.

        Raises
        ------
        LandmarksError
            If the object is another one, or the size is not two whole numbers above 0.
        """
        hands = Landmarks.from_mediapipe(result, image_size, mirrored=self.mirrored)
        return named(self.model, hands, self.min_score)
