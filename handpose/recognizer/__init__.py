"""From images, videos and cameras to gestures."""

from handpose.recognizer.recognition import (
    NO_GESTURE,
    Recognition,
    RecognizedHand,
    VideoRecognition,
)
from handpose.recognizer.recognizer import (
    DEFAULT_NUM_HANDS,
    GestureRecognizer,
    extractor_of,
    load_recognizer,
    threshold_of,
    warn_if_foreign,
)
from handpose.recognizer.video import GestureEvents, GestureStream

__all__ = [
    "DEFAULT_NUM_HANDS",
    "NO_GESTURE",
    "GestureEvents",
    "GestureRecognizer",
    "GestureStream",
    "Recognition",
    "RecognizedHand",
    "VideoRecognition",
    "extractor_of",
    "load_recognizer",
    "threshold_of",
    "warn_if_foreign",
]
