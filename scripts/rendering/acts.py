"""What the hands do in each clip, as functions of time."""

import numpy as np

from scripts.rendering.acting import Act, Moment, Performer, add, blend, relaxed, smoothstep, sway
from scripts.rendering.poses import POSES
from scripts.rendering.scene import gradient, lamps, plaster, shelves
from scripts.rendering.strokes import CIRCLES, SWIPES

HOLD, CHANGE = 0.9, 0.35  # seconds that a digit is held, and that the next one takes to form
DIGITS = (1, 2, 3, 4, 5, 0, 9)
# Degrees by which the thumb's side turns towards the camera while a digit is shown.
YAW = {0: 42.0, 9: 20.0}


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


def swipes(t: float) -> list[Moment]:
    """Raise an open hand and swipe to each side, coming back slowly each time."""
    place, motion = SWIPES.at(t)
    centre = add((0.0, 0.08, 0.62), place + 0.004 * sway(t, 51))
    turn = add((70 * place[0], 4.0 - 30 * place[1], 6.0), 1.5 * sway(t, 52))
    return [Moment(relaxed(POSES[5], t), centre, turn, "5", motion)]


def circles(t: float) -> list[Moment]:
    """Point, and draw circles each way; go aside and towards the camera in between."""
    place, motion = CIRCLES.at(t)
    centre = add((0.0, -0.04, 0.55), place + 0.004 * sway(t, 61))
    turn = add((40 * place[0], 4.0, 6.0), 1.5 * sway(t, 62))
    return [Moment(relaxed(POSES[1], t), centre, turn, "1", motion)]


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
        SWIPES.seconds,
        swipes,
        lamps,
        21,
        (-0.5, -0.8, -1.0),
        exposures=3,
    ),
    "circles": Act(
        (Performer(2, "Left", (6, 4)),),
        CIRCLES.seconds,
        circles,
        shelves,
        22,
        (0.6, -0.8, -1.0),
        exposures=3,
    ),
}
