"""Hands in time: who is who, smooth landmarks, steady labels, sequences of gestures."""

from handpose.temporal.clock import FrameClock
from handpose.temporal.covering import Candidate, CoveringSegmenter
from handpose.temporal.debounce import Debouncer
from handpose.temporal.events import GestureEvent
from handpose.temporal.liveness import HandLiveness, HandMotion
from handpose.temporal.one_euro import OneEuroFilter
from handpose.temporal.segmentation import Look, Segmenter
from handpose.temporal.sequences import GestureSequence, GestureSequences, encode_gestures
from handpose.temporal.smoothing import LandmarkSmoother, PointSmoother
from handpose.temporal.steadying import SteadyHands, Steadying
from handpose.temporal.tracks import Sight, Tracker, sights_of, with_sides

__all__ = [
    "Candidate",
    "CoveringSegmenter",
    "Debouncer",
    "FrameClock",
    "GestureEvent",
    "GestureSequence",
    "GestureSequences",
    "HandLiveness",
    "HandMotion",
    "LandmarkSmoother",
    "Look",
    "OneEuroFilter",
    "PointSmoother",
    "Segmenter",
    "Sight",
    "SteadyHands",
    "Steadying",
    "Tracker",
    "encode_gestures",
    "sights_of",
    "with_sides",
]
