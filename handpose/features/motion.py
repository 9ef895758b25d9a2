"""`MotionFeatures`: the transformer from motions of any length and frame rate to vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from typing_extensions import Self

from handpose.containers.motion import MIN_SEEN, Motions
from handpose.containers.skeletons import HAND
from handpose.containers.skeletons import HandLandmark as H
from handpose.errors import LandmarksError, UnknownNameError
from handpose.features.motion_blocks import (
    MOTION_BLOCKS,
    PAIR_BLOCKS,
    SCALES,
    EvenMotions,
    Form,
    Pair,
)
from handpose.features.motion_frames import MotionFrames
from handpose.features.motion_kinds import MotionTransformer
from handpose.features.normalize import normalize
from handpose.features.resampling import resample

__all__ = ["MOTION", "MotionFeatures", "resample"]

_SMALLEST_EXTENT = {1: np.float32(0.03), len(HAND): np.float32(0.4)}
"""Image heights of a track, palm sizes of a hand: some 2 cm either way, as a webcam on a desk sees
them. In the first halves of point_history's recordings a finger at rest moves by less than 0.02,
and any motion by more than 0.05 (99 % of the windows: benchmarks/motion)."""

MOTION = "motion"
"""The preset of all blocks."""

SIDES = ("lead", "other")
"""The hands of a motion of two, in names of features."""

_MOST_FRAMES = 1000
_MOST_BLOCKS = 16
