"""From images, videos and cameras to gestures."""

from handpose.extractors import DEFAULT_NUM_HANDS
from handpose.recognition.recognizer import (
    DEFAULT_MODEL,
    GestureRecognizer,
    extractor_of,
    load_recognizer,
)
from handpose.recognition.results import (
    Recognition,
    RecognizedHand,
    VideoRecognition,
)
from handpose.recognition.video import GestureEvents, GestureStream

__all__ = [
    "DEFAULT_MODEL",
    "DEFAULT_NUM_HANDS",
    "GestureEvents",
    "GestureRecognizer",
    "GestureStream",
    "Recognition",
    "RecognizedHand",
    "VideoRecognition",
    "extractor_of",
    "load_recognizer",
]
