"""Who acts in a clip, and how hands move that nobody holds still.

Metres and degrees. The camera's frame: x right, y down, z away from the camera.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scripts.rendering.scene import Background

Angles = dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Moment:
    """One hand at one instant.

    Attributes
    ----------
    angles : dict
        Of the joints (see `Hand.place_joints`).
    centre : tuple of 3 float
        Where the middle of the open hand is in the camera's frame.
    turn : tuple of 3 float
        Roll in the picture, pitch, and yaw of the thumb's side towards the camera.
    gesture : str
        The digit that is shown; empty while one pose turns into another.
    motion : str
        The motion that is shown; empty while there is none.
    """

    angles: Angles
    centre: tuple[float, ...]
    turn: tuple[float, ...]
    gesture: str
    motion: str = ""


@dataclass(frozen=True)
class Performer:
    """Whose hand it is: a row of `SUBJECTS`, the side, and the forearm's roll and pitch."""

    subject: int
    handedness: str
    lean: tuple[float, float]


@dataclass(frozen=True)
class Act:
    """A clip: who acts for how many seconds, how, before what, and in what light.

    `wall` is the seed of the background; `exposures` is the number of pictures that are averaged
    into a frame, as a shutter does.
    """

    performers: tuple[Performer, ...]
    seconds: float
    play: Callable[[float], list[Moment]]
    background: Background
    wall: int
    light: tuple[float, float, float]
    exposures: int = 1


def smoothstep(x: float) -> float:
    """Go from 0 to 1 while x does, with no jerk at either end."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def sway(t: float, seed: int, size: int = 3) -> np.ndarray:
    """Return what no hand can help: slow drift of about 1, and a tremor of a fortieth of it."""
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, (3, size))
    rates, sizes = np.array([0.27, 0.71, 8.7]), np.array([0.75, 0.35, 0.025])
    return sizes @ np.sin(2 * np.pi * rates[:, None] * t + phases)


def add(values: tuple[float, ...], change: np.ndarray) -> tuple[float, ...]:
    """Return a tuple with a change added."""
    return tuple((np.array(values) + change).tolist())


def blend(start: Angles, end: Angles, share: float) -> Angles:
    """Return the pose that is `share` of the way from one to another."""
    return {
        finger: add(start[finger], share * (np.array(end[finger]) - start[finger]))
        for finger in start
    }


def relaxed(angles: Angles, t: float) -> Angles:
    """Let the fingers of a pose waver by about a degree."""
    return {finger: add(angles[finger], sway(t, k, 5)) for k, finger in enumerate(angles)}
