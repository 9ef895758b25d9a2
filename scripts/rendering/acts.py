"""What the hands do in each clip, as functions of time.

Metres and degrees. The camera's frame: x right, y down, z away from the camera.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scripts.rendering.poses import POSES
from scripts.rendering.scene import Background, gradient, lamps, plaster, shelves

HOLD, CHANGE = 0.9, 0.35  # seconds that a digit is held, and that the next one takes to form
DIGITS = (1, 2, 3, 4, 5, 0, 9)
# Degrees by which the thumb's side turns towards the camera while a digit is shown.
YAW = {0: 42.0, 9: 20.0}

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
    """

    angles: Angles
    centre: tuple[float, ...]
    turn: tuple[float, ...]
    gesture: str


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


def still(t: float) -> list[Moment]:
    """Hold an open hand, and do not move at all."""
    return [Moment(POSES[5], (0.01, 0.01, 0.47), (4.0, 3.0, 8.0), "5")]


def moving(t: float) -> list[Moment]:
    """Wave an open hand right and left, up and down, faster and faster."""
    phase = 2 * np.pi * (0.1 + 0.028 * t) * t
    x, y = 0.115 * np.sin(phase), -0.035 * np.sin(1.6 * phase) - 0.005
    centre = (x, y, 0.5 + 0.02 * np.sin(0.5 * phase))
    turn = add((100 * x, 4.0, 6.0), 1.5 * sway(t, 11))
    return [Moment(relaxed(POSES[5], t), centre, turn, "5")]


def gestures(t: float) -> list[Moment]:
    """Show one digit after the other."""
    k = min(int(t / (HOLD + CHANGE)), len(DIGITS) - 1)
    now, then = DIGITS[k], DIGITS[min(k + 1, len(DIGITS) - 1)]
    since = t - k * (HOLD + CHANGE) - HOLD
    share = smoothstep(since / CHANGE)
    yaw = (1 - share) * YAW.get(now, 6.0) + share * YAW.get(then, 6.0)
    return [
        Moment(
            relaxed(blend(POSES[now], POSES[then], share), t),
            add((0.0, 0.0, 0.42), 0.006 * sway(t, 21)),
            add((4.0, 3.0, yaw), 1.8 * sway(t, 22)),
            str(now) if now == then or since < 0 else "",
        )
    ]


def crossing(t: float) -> list[Moment]:
    """Let two hands change places, one before the other, and change back."""
    x = 0.155 * np.cos(2 * np.pi * t / 6)
    near = Moment(
        relaxed(POSES[5], t),
        add((-0.85 * x, 0.012, 0.46), 0.004 * sway(t, 31)),
        add((-60 * x, 3.0, 6.0), sway(t, 32)),
        "5",
    )
    far = Moment(
        relaxed(POSES[2], t + 9),
        add((1.12 * x, -0.02, 0.6), 0.004 * sway(t, 33)),
        add((60 * x, 3.0, 4.0), sway(t, 34)),
        "2",
    )
    return [near, far]


def away(t: float, leave: float, back: float) -> float:
    """Return 0 while the hand is here, 1 while it is away, and smooth steps of 0.4 s between."""
    return smoothstep((t - leave) / 0.4) - smoothstep((t - back) / 0.4)


def leaving(t: float) -> list[Moment]:
    """Leave to the side for a blink, and later downwards for longer."""
    aside, down = away(t, 1.0, 1.55), away(t, 3.0, 4.7)
    centre = add((0.02 + 0.36 * aside, 0.01 + 0.4 * down, 0.5), 0.004 * sway(t, 41))
    turn = add((-4.0 + 30 * aside, 3.0, 6.0), 1.5 * sway(t, 42))
    return [Moment(relaxed(POSES[5], t), centre, turn, "5")]


SWIPES = ("right", "left", "down", "up", "left", "right")
"""Directions in the picture, one after the other."""
WAIT, SWIPE, STAY, RETURN = 0.7, 0.35, 0.4, 0.9  # seconds
REACH = 0.22  # metres


def swipes(t: float) -> list[Moment]:
    """Swipe to each side, and come back slowly each time."""
    k, since = divmod(t, WAIT + SWIPE + STAY + RETURN)
    direction = SWIPES[min(int(k), len(SWIPES) - 1)]
    there = smoothstep((since - WAIT) / SWIPE) - smoothstep((since - WAIT - SWIPE - STAY) / RETURN)
    x, y = {"right": (1, 0), "left": (-1, 0), "down": (0, 0.8), "up": (0, -0.8)}[direction]
    way = np.array([x, y, 0.0]) * REACH * (there - 0.5 * abs(x + y))
    start = np.array([0.0, 0.01, 0.62])
    swiping = WAIT <= since <= WAIT + SWIPE
    return [
        Moment(
            relaxed(POSES[5], t),
            add(tuple(start.tolist()), way + 0.004 * sway(t, 51)),
            add((70 * way[0], 4.0 - 30 * way[1], 6.0), 1.5 * sway(t, 52)),
            f"swipe {direction}" if swiping else "",
        )
    ]


ACTS = {
    "still": Act((Performer(1, "Right", (-8, 4)),), 4.0, still, gradient, 5, (0.5, -0.8, -1.0)),
    "moving": Act(
        (Performer(4, "Right", (6, 4)),), 7.0, moving, plaster, 6, (-0.6, -0.8, -1.0), exposures=3
    ),
    "gestures": Act(
        (Performer(2, "Right", (-10, 6)),),
        len(DIGITS) * (HOLD + CHANGE) - CHANGE,
        gestures,
        lamps,
        15,
        (0.7, -0.8, -1.0),
    ),
    "crossing": Act(
        (Performer(0, "Right", (4, 4)), Performer(4, "Left", (4, 4))),
        6.0,
        crossing,
        plaster,
        4,
        (0.4, -0.9, -1.0),
    ),
    "leaving": Act((Performer(3, "Left", (-6, 4)),), 7.0, leaving, shelves, 18, (0.5, -0.8, -1.0)),
    "swipes": Act(
        (Performer(1, "Right", (-4, 4)),),
        len(SWIPES) * (WAIT + SWIPE + STAY + RETURN),
        swipes,
        lamps,
        21,
        (-0.5, -0.8, -1.0),
        exposures=3,
    ),
}
