"""From images, videos and cameras to gestures."""

from handpose.recognizer.recognition import (
    NO_GESTURE,
    Recognition,
    RecognizedHand,
    VideoRecognition,
)
from handpose.recognizer.recognizer import (
    GestureRecognizer,
    extractor_of,
    load_recognizer,
    warn_if_foreign,
)

__all__ = [
    "NO_GESTURE",
    "GestureRecognizer",
    "Recognition",
    "RecognizedHand",
    "VideoRecognition",
    "extractor_of",
    "load_recognizer",
    "warn_if_foreign",
]
