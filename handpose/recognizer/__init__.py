"""From images, videos and cameras to gestures."""

from handpose.recognizer.recognition import (
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
)
from handpose.recognizer.video import GestureEvents, GestureStream

__all__ = [
    "DEFAULT_NUM_HANDS",
    "GestureEvents",
    "GestureRecognizer",
    "GestureStream",
    "Recognition",
    "RecognizedHand",
    "VideoRecognition",
    "extractor_of",
    "load_recognizer",
    "threshold_of",
]
