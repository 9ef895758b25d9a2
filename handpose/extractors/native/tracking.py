"""The track: where the hands of one video were, so that the next frame is searched there only."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from handpose.containers.timestamps import check_growing
from handpose.extractors.native.hands import Hands
from handpose.networks.regions import Regions
from handpose.networks.renditions import RENDITIONS

T = TypeVar("T")

SLOW_MS = 200
"""From this time between two frames on, a missing hand is searched as thoroughly as in a photo: one
view a frame would take seconds to find it."""


class Track:
    """The state that is carried from frame to frame.

    Attributes
    ----------
    regions : Regions
        Where the hands should be in the next frame.
    misses : int
        Frames in a row in which a hand was looked for and not found.
    rendition : int
        Which rendition of a frame is looked at: see `handpose.networks.renditions.rendition`.
    is_new : bool
        Whether hands were found in the last frame and in none before it.
    is_slow : bool
        Whether the last two frames lie so far apart that one view a frame is too little.
    """

    def __init__(self) -> None:
        self.regions = Regions(np.empty((0, 2)), np.empty(0), np.empty(0))
        self.misses = 0
        self.rendition = 0
        self.is_new = False
        self.is_slow = False
        self._timestamp_ms: int | None = None

    def advance(self, timestamp_ms: int) -> None:
        """Begin a frame.

        Raises
        ------
        LandmarksError
            If it is not later than the one before.
        """
        last = self._timestamp_ms
        check_growing(timestamp_ms, last, "another video needs reset() or a video() of its own")
        self.is_slow = last is not None and timestamp_ms - last >= SLOW_MS
        self._timestamp_ms = timestamp_ms

    def turn(self, searched: list[T]) -> list[T]:
        """Which of these are searched in this frame: the next one, or all in a slow video."""
        if not searched:
            return []
        first = self.misses % len(searched)
        return (searched * 2)[first : first + (len(searched) if self.is_slow else 1)]

    def follow(self, hands: Hands, wanted: int, views: int) -> None:
        """End a frame in which these hands were found.

        Parameters
        ----------
        hands : Hands
        wanted : int
            How many hands are looked for.
        views : int
            How many views are searched in turn. When all of them showed no hand, the next rendition
            of the frames is looked at.
        """
        self.is_new = len(hands) > 0 == len(self.regions)
        self.regions = hands.regions()
        self.misses = 0 if len(hands) == wanted else self.misses + 1
        if not len(hands) and self.misses % views == 0:
            self.rendition = (self.rendition + 1) % (1 + len(RENDITIONS))
