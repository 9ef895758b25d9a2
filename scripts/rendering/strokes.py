"""Motions of a hand as strokes from place to place, each with the name of what it shows.

Names are the person's own, opposite a camera that does not mirror: a hand that goes to the image's
right swipes left, and what goes anticlockwise in the image is clockwise.
"""

from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from scripts.rendering.acting import smoothstep

Place = tuple[float, float, float]
"""Metres from where the hand rests: right, down and away from the camera."""

REST: Place = (0.0, 0.0, 0.0)
BELOW: Place = (0.0, 0.46, 0.0)
"""Out of the picture."""
AT_EACH_END = 0.15
"""Share of its time in which a hand that draws circles speeds up, and slows down."""


@dataclass(frozen=True)
class Stroke:
    """A way from where the last one ended.

    Attributes
    ----------
    seconds : float
    to : tuple of 3 float
    motion : str
        What it shows; empty for a way that shows nothing.
    rounds : float
        Circles that are drawn on the way, clockwise in the image; negative: anticlockwise.
    radius : float
        Of the circles, which hang below the way.
    """

    seconds: float
    to: Place = REST
    motion: str = ""
    rounds: float = 0.0
    radius: float = 0.06

    def place(self, start: Place, share: float) -> np.ndarray:
        """Return where the hand is when a share of the time is over."""
        way = np.array(start) + smoothstep(share) * (np.array(self.to) - start)
        angle = 2 * np.pi * self.rounds * evenly(share)
        return way + self.radius * np.array([np.sin(angle), 1 - np.cos(angle), 0.0])


@dataclass(frozen=True)
class Score:
    """Strokes one after the other, from a place on."""

    start: Place
    strokes: tuple[Stroke, ...]

    @property
    def seconds(self) -> float:
        """How long all of them take."""
        return sum(stroke.seconds for stroke in self.strokes)

    def at(self, t: float) -> tuple[np.ndarray, str]:
        """Return where the hand is at a time, and the motion that it shows."""
        ends = list(accumulate(stroke.seconds for stroke in self.strokes))
        k = min(int(np.searchsorted(ends, t)), len(ends) - 1)
        stroke = self.strokes[k]
        start = self.strokes[k - 1].to if k else self.start
        share = 1 - (ends[k] - t) / stroke.seconds
        return stroke.place(start, min(max(share, 0.0), 1.0)), stroke.motion


def evenly(share: float) -> float:
    """Go from 0 to 1 at one speed, but for the beginning and the end."""
    ramp, top = AT_EACH_END, 1 / (1 - AT_EACH_END)
    if share > 0.5:
        return 1 - evenly(1 - share)
    return top * (share**2 / (2 * ramp) if share < ramp else share - ramp / 2)


def swipe(motion: str, seconds: float, way: tuple[float, float]) -> tuple[Stroke, ...]:
    """Get ready, wait, swipe along a way (right, down) that has its middle at rest, and return."""
    x, y = way[0] / 2, way[1] / 2
    return (
        Stroke(0.6, (-x, -y, 0.0)),
        Stroke(0.3, (-x, -y, 0.0)),
        Stroke(seconds, (x, y, 0.0), motion),
        Stroke(0.4, (x, y, 0.0)),
        Stroke(0.8, REST),
        Stroke(0.3, REST),
    )


SWIPES = Score(
    BELOW,
    (
        Stroke(0.7, REST),
        Stroke(0.6, REST),
        *swipe("swipe_left", 0.35, (0.22, 0.0)),
        *swipe("swipe_right", 0.30, (-0.22, 0.0)),
        *swipe("swipe_down", 0.35, (0.0, 0.15)),
        *swipe("swipe_up", 0.30, (0.0, -0.15)),
        *swipe("swipe_right", 0.45, (-0.24, 0.0)),
        *swipe("swipe_left", 0.25, (0.16, 0.0)),
    ),
)

CIRCLES = Score(
    REST,
    (
        Stroke(0.8),
        Stroke(1.8, motion="Clockwise", rounds=-3),
        Stroke(0.7),
        Stroke(1.8, motion="Counter Clockwise", rounds=3),
        Stroke(0.7),
        Stroke(1.2, (0.13, 0.0, 0.0)),
        Stroke(1.2, REST),
        Stroke(0.5),
        Stroke(0.4, (0.0, 0.0, -0.1)),
        Stroke(0.6, REST),
        Stroke(0.5),
        Stroke(1.8, motion="Clockwise", rounds=-2),
        Stroke(0.7),
        Stroke(1.8, motion="Counter Clockwise", rounds=2),
        Stroke(0.7),
        Stroke(0.6, BELOW),
    ),
)
