"""Arms of bodies: where the hands at their ends should be."""

from __future__ import annotations

import numpy as np

from handpose.containers.bodies import Bodies
from handpose.containers.skeletons import BodyLandmark as B
from handpose.networks.regions import Floats, Regions, upward_angle

HAND_SIDE = 0.105
"""Side of a hand's region in sides of its body's."""
HAND_AT = 0.26
"""Distance of a region's centre from the wrist, in its sides, along the hand."""
FOREARM = 0.5
"""Weight of the direction of the forearm beside that from the wrist to the knuckles, which is
uncertain where the body is small."""
MIN_VISIBILITY = 0.3
"""Least visibility of a wrist whose hand is looked for."""

_SIDES = (
    (B.LEFT_ELBOW, B.LEFT_WRIST, B.LEFT_INDEX, B.LEFT_PINKY),
    (B.RIGHT_ELBOW, B.RIGHT_WRIST, B.RIGHT_INDEX, B.RIGHT_PINKY),
)


def arm_regions(bodies: Bodies, sides: Floats) -> Regions:
    """Regions of the hands of bodies: all left ones, then all right ones.

    Parameters
    ----------
    bodies : Bodies
    sides : ndarray of shape (n,)
        Of the bodies' regions, in pixels.
    """
    xy = bodies.points[..., :2].astype(np.float64)
    elbow, wrist, index, pinky = (
        np.concatenate([xy[:, side[k]] for side in _SIDES]) for k in range(len(_SIDES[0]))
    )
    knuckles = (2 * index + pinky) / 3
    along = _unit(_unit(knuckles - wrist) + FOREARM * _unit(wrist - elbow))
    side = HAND_SIDE * np.tile(sides, 2)
    return Regions(wrist + HAND_AT * side[:, None] * along, side, upward_angle(along))


def _unit(direction: Floats) -> Floats:
    length = np.hypot(direction[:, 0], direction[:, 1])
    return np.asarray(direction / np.maximum(length, 1e-9)[:, None])
