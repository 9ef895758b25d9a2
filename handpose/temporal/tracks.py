"""Track ids: which thing of this frame is which thing of the frames before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import PALM
from handpose.features.normalize import palm_size
from handpose.temporal.clock import LONGEST_MS, FrameClock
from handpose.temporal.one_euro import smoothing_factor

REACH = 2.0
"""Sizes from where a thing was expected within which it may be found again. The size of a hand is
that of its palm."""
TOP_SPEED = 80.0
"""Sizes a second by which that reach grows with the time since it was seen: of a hand 3.5 m/s, a
swift swipe, at a palm size of 4.4 cm."""
WRONG_SIDE = 3.0
"""Sizes that a left hand in the place of a right one counts as farther."""
VELOCITY_CUTOFF = 4.0
"""Hz of the low-pass filter of a track's velocity."""
COASTING_S = 0.2
"""Seconds for which a lost thing is expected to go on as it went."""
BELIEF = 0.2
"""Weight of the newest frame, if it is certain, in the belief which hand it is."""
INDEPENDENT_S = 0.033
"""Frames nearer to each other err together, and weigh the less."""

_FORBIDDEN = 1e6
_SIDE = {"Left": -1.0, "": 0.0, "Right": 1.0}


@dataclass(frozen=True)
class Sight:
    """A thing in one frame.

    Attributes
    ----------
    centre : complex
        x + iy, pixels.
    size : float
        Pixels.
    side : float
        -1 for a left hand, 1 for a right one, 0 for neither or unknown.
    certainty : float
        Of the side, 0 (either may be) to 1.
    """

    centre: complex
    size: float
    side: float = 0.0
    certainty: float = 1.0


@dataclass
class _Track:
    """A thing that is followed: when and how it was last seen, its velocity, and its side: the mean
    of the sides seen, each weighted by its certainty, the newest most."""

    seconds: float
    sight: Sight
    side: float
    velocity: complex = 0j

    def follow(self, sight: Sight, seconds: float) -> None:
        elapsed = seconds - self.seconds
        velocity = (sight.centre - self.sight.centre) / elapsed
        weight = float(smoothing_factor(VELOCITY_CUTOFF, elapsed))
        self.velocity += weight * (velocity - self.velocity)
        news = BELIEF * sight.certainty * min(1.0, elapsed / INDEPENDENT_S)
        self.side += news * (sight.side - self.side)
        self.sight, self.seconds = sight, seconds

    def cost(self, sight: Sight, seconds: float) -> float:
        """Cost of matching a thing to this one, in sizes."""
        elapsed = seconds - self.seconds
        expected = self.sight.centre + self.velocity * min(elapsed, COASTING_S)
        distance = abs(sight.centre - expected) / max(sight.size, self.sight.size)
        if distance > REACH + TOP_SPEED * elapsed:
            return _FORBIDDEN
        return distance + WRONG_SIDE * abs(sight.side - self.side) / 2


class Tracker:
    """Gives each thing a number that it keeps from frame to frame.

    A thing is expected where its speed carries it. Things and tracks are paired so that the sum of
    their distances is least (the Hungarian method), where the wrong side of the body counts as a
    distance too. So hands that cross keep their numbers, and a hand that is lost for a moment gets
    its number back.

    Parameters
    ----------
    max_lost_ms : float, default=500
        After this time without it, a thing is gone; its number is not used again. The time counts
        from the first frame that misses it, whatever the frame rate.
    clock : FrameClock, optional
        That of the video, if the caller lets it tick.

    Attributes
    ----------
    gone : tuple of int
        Numbers of the things that were given up in the last call of `update`.
    sides : ndarray of float, shape (n,)
        Of the n things of the last call, which side they are, from all frames that showed them: -1
        surely left, 1 surely right.
    """

    def __init__(self, max_lost_ms: float = 500, clock: FrameClock | None = None):
        if not max_lost_ms >= 0:
            raise ValueError(f"max_lost_ms must not be below 0, but got {max_lost_ms}")
        self._max_lost = max_lost_ms / 1000
        self._clock, self._ticks = clock or FrameClock(), clock is None
        self._tracks: dict[int, _Track] = {}
        self._seconds = 0.0
        self._next_id = 0
        self.gone: tuple[int, ...] = ()
        self.sides: NDArray[np.float64] = np.empty(0)

    def update(self, sights: Sequence[Sight], timestamp_ms: float) -> NDArray[np.intp]:
        """Number the things of the next frame.

        Parameters
        ----------
        sights : sequence of n Sight
        timestamp_ms : float
            Must grow from call to call.

        Returns
        -------
        ndarray of int, shape (n,)

        Raises
        ------
        LandmarksError
            If the time does not grow.
        """
        if self._ticks:
            self._clock.tick(timestamp_ms)
        seconds = timestamp_ms / 1000
        self._give_up(seconds)
        ids = self._paired(sights, seconds)
        for number, sight in zip(ids, sights, strict=True):
            if number in self._tracks:
                self._tracks[number].follow(sight, seconds)
            else:
                self._tracks[number] = _Track(seconds, sight, sight.side * sight.certainty)
        self._seconds = seconds
        self.sides = np.array([self._tracks[number].side for number in ids], float)
        return np.array(ids, np.intp)

    def _give_up(self, seconds: float) -> None:
        self.gone = tuple(
            number for number, track in self._tracks.items() if self._is_gone(track, seconds)
        )
        for number in self.gone:
            del self._tracks[number]

    def _is_gone(self, track: _Track, seconds: float) -> bool:
        """Whether the thing was missed for too long."""
        elapsed = seconds - track.seconds
        period = self._clock.period_ms / 1000
        if track.seconds < self._seconds:  # the last frame has missed it
            return elapsed - period > self._max_lost
        if not self._clock.is_known:
            return elapsed > max(self._max_lost, LONGEST_MS / 1000)
        return elapsed - period > max(self._max_lost, period)

    def _paired(self, sights: Sequence[Sight], seconds: float) -> list[int]:
        known, ids = list(self._tracks), [-1] * len(sights)
        if known and sights:
            costs = np.array([[self._tracks[i].cost(s, seconds) for s in sights] for i in known])
            for track, row in zip(*linear_sum_assignment(costs), strict=True):
                if costs[track, row] < _FORBIDDEN:
                    ids[row] = known[track]
        return [self._new_id() if number < 0 else number for number in ids]

    def _new_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1


def sights_of(hands: Landmarks) -> list[Sight]:
    """Detected hands, as `Tracker` takes them."""
    xy = hands.points[..., :2]
    centres = xy.take(PALM, axis=1).mean(1).tolist()
    certainty = np.nan_to_num(2 * hands.handedness_score - 1, nan=1.0).clip(0, 1)
    rows = zip(
        centres, palm_size(xy).tolist(), hands.handedness.tolist(), certainty.tolist(), strict=True
    )
    return [Sight(complex(x, y), palm, _SIDE[side], sure) for (x, y), palm, side, sure in rows]


def with_sides(hands: Landmarks, sides: NDArray[np.float64]) -> Landmarks:
    """Hands with the sides of their tracks: no hand becomes the other one.

    Parameters
    ----------
    hands : Landmarks of length n
    sides : ndarray of float, shape (n,)
        See `Tracker`. Where a side is 0, the hand stays as it is.
    """
    known = sides != 0
    named = np.where(sides > 0, "Right", "Left")
    return replace(
        hands,
        handedness=np.where(known, named, hands.handedness),
        handedness_score=np.where(known, (1 + np.abs(sides)) / 2, hands.handedness_score),
    )
