"""The hands of a video as one motion."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from handpose.containers.motion import SLOTS, Motion
from handpose.errors import ImageError
from handpose.extractors import Extractor
from handpose.images import read_frames
from handpose.temporal import Tracker, sights_of, with_sides

_BOTH = 0.5
"""Share of the frames with a hand in which a second one is seen, from which on a clip shows two."""


def follow(extractor: Extractor, path: Path) -> Motion:
    """Both hands of a video, each with the side that its track has.

    Raises
    ------
    ImageError
        If it cannot be read, or has fewer than two frames.
    """
    frames, times = [], []
    tracker = Tracker()
    with extractor.video() as video:
        for frame in read_frames(path):
            found = video.detect(frame.rgb, frame.timestamp_ms)
            tracker.update(sights_of(found), frame.timestamp_ms)
            frames.append(with_sides(found, tracker.sides))
            times.append(frame.timestamp_ms)
    if len(frames) < 2:
        raise ImageError(f"{path}: one frame; a motion needs at least 2")
    return Motion.from_frames(frames, times)


def shows_both(motion: Motion) -> bool:
    """Whether most frames that show a hand show both."""
    seen = motion.seen
    return bool(seen.any() and seen.all(1).sum() >= _BOTH * seen.any(1).sum())


def as_one_hand(motion: Motion) -> Motion:
    """The hand that is seen more; where only the other slot has a hand, it was taken for that."""
    seen = motion.seen
    slot = int(seen.sum(0).argmax())
    own = seen[:, slot, None, None]
    points = np.where(own, motion.points[:, slot], motion.points[:, 1 - slot])
    return Motion(points, motion.timestamps_ms, SLOTS[slot])
