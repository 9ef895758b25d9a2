"""The hands of a video: as one motion, or frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import SLOTS, Motion
from handpose.errors import ImageError
from handpose.extractors import Extractor
from handpose.images import read_frames
from handpose.temporal import Tracker, sights_of, with_sides

_BOTH = 0.5
"""Share of the frames with a hand in which a second one is seen, from which on a clip shows two."""


@dataclass(frozen=True)
class Tracked:
    """The hands of a frame.

    Attributes
    ----------
    frame : int
        Its number in the video, from 0.
    timestamp_ms : int
    hands : Landmarks of length n
        Each with the side that its track has.
    tracks : ndarray of int, shape (n,)
        A hand keeps its number from frame to frame.
    image_size : (int, int)
    """

    frame: int
    timestamp_ms: int
    hands: Landmarks
    tracks: NDArray[np.intp]
    image_size: tuple[int, int]


def tracked(extractor: Extractor, path: Path, every: int = 1) -> Iterator[Tracked]:
    """The hands in every frame of a video, or in every second (2), third (3), ... one.

    Raises
    ------
    ImageError
        If it cannot be read.
    """
    tracker = Tracker()
    with extractor.video() as video:
        for frame in islice(read_frames(path), None, None, every):
            found = video.detect(frame.rgb, frame.timestamp_ms)
            ids = tracker.update(sights_of(found), frame.timestamp_ms)
            hands = with_sides(found, tracker.sides)
            height, width = frame.rgb.shape[:2]
            yield Tracked(frame.index, frame.timestamp_ms, hands, ids, (width, height))


def follow(extractor: Extractor, path: Path, every: int = 1) -> Motion:
    """Both hands of a video, each with the side that its track has.

    Raises
    ------
    ImageError
        If it cannot be read, or fewer than two of its frames are taken.
    """
    frames = list(tracked(extractor, path, every))
    if len(frames) < 2:
        taken = "one frame" if every == 1 else f"one frame is every {every}th"
        raise ImageError(f"{path}: {taken}; a motion needs at least 2")
    return Motion.from_frames([f.hands for f in frames], [f.timestamp_ms for f in frames])


def stills_of(
    extractor: Extractor, path: Path, every: int = 1
) -> Iterator[tuple[str, Landmarks, bool]]:
    """The surest hand of each frame as a still hand.

    Yields
    ------
    place : str
        What follows the path of the video in the table: ``#frame=12&track=0``, without the track
        where no hand was found.
    hand : Landmarks of length 1
    second : bool
        Whether there is a second hand.

    Raises
    ------
    ImageError
        If the video cannot be read.
    """
    for frame in tracked(extractor, path, every):
        place = f"#frame={frame.frame}"
        if len(frame.hands):
            surest = int(np.nan_to_num(frame.hands.score).argmax())
            place += f"&track={frame.tracks[surest]}"
            yield place, frame.hands[[surest]], len(frame.hands) > 1
        else:
            yield place, Landmarks.missing([frame.image_size]), False


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
