"""Feature blocks: each turns normalised hands into a few numbers with a name.

Input is always a float32 array (n, 21, d) from `normalize`; output is (n, k). Inside, landmarks are
(d, 21, n), as `normalize` stores them: few numpy calls for one hand, long rows for many.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import FINGERS, HAND, PALM_TRIANGLE
from handpose.containers.skeletons import HandLandmark as H
from handpose.features.normalize import SMALLEST_LENGTH

Hands = NDArray[np.float32]
Indices = NDArray[np.intp]

_PAIRS = np.array(list(combinations(range(len(HAND)), 2)))
PAIR_STARTS, PAIR_ENDS = _PAIRS.T.copy()

_JOINTS = [
    triple
    for finger in FINGERS.values()
    for triple in zip((H.WRIST, *finger), finger, finger[1:], strict=False)
]
"""(before, joint, after) along each finger: 15 joints."""

_FINGER_ENDS = [(joints[0], joints[-1]) for joints in FINGERS.values()]
_FINGER_PAIRS = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)]
FINGER_TIPS = np.array([tip for _, tip in _FINGER_ENDS])
PALM_CORNERS = np.array(PALM_TRIANGLE)

ANGLE_STARTS, ANGLE_ENDS = np.array(
    [((before, joint), (joint, after)) for before, joint, after in _JOINTS]
    + [(_FINGER_ENDS[i], _FINGER_ENDS[j]) for i, j in _FINGER_PAIRS]
).T.reshape(2, -1)
"""Of the first vectors of all angles, then of the second: 2 x 20."""

TURNS = {2: ([0], [1]), 3: ([1, 2, 0], [2, 0, 1])}
"""Axes of the products in each component of a cross product, of vectors with two or three axes."""

_BONES = [bone for joints in FINGERS.values() for bone in pairwise(joints)]
REACH_STARTS, REACH_ENDS = np.array(_FINGER_ENDS + _BONES).T.copy()
"""From base to tip of five fingers, then along each finger's three bones."""


def coordinates(hands: Hands) -> Hands:
    """Where each landmark but the wrist is."""
    return hands[:, 1:].reshape(len(hands), (len(HAND) - 1) * hands.shape[2])


def distances(hands: Hands) -> Hands:
    """Distance between each of the 210 pairs of landmarks."""
    return np.sqrt(_squares(_vectors(hands, PAIR_STARTS, PAIR_ENDS))).T


def angles(hands: Hands) -> Hands:
    """How far each of 15 joints is bent, and how far five pairs of fingers are spread (radians).

    0 is a straight joint, or two parallel fingers.
    """
    first, second = np.split(_vectors(hands, ANGLE_STARTS, ANGLE_ENDS), 2, axis=1)
    dot = np.add.reduce(first * second)
    one, other = TURNS[len(first)]
    turned = first[one] * second[other] - first[other] * second[one]
    cross = np.abs(turned[0]) if len(turned) == 1 else np.sqrt(_squares(turned))
    return np.arctan2(cross, dot).T


def fingertips(hands: Hands) -> Hands:
    """Each fingertip as seen from the palm's centre, and how far its finger is stretched.

    Stretch is the distance from base to tip over the length of the bones between: 1 is straight.
    """
    landmarks = hands.T
    palm = landmarks.take(PALM_CORNERS, axis=1)
    tips = landmarks.take(FINGER_TIPS, axis=1)
    tips -= np.add.reduce(palm, axis=1, keepdims=True) / np.float32(len(PALM_CORNERS))
    positions = tips.T.reshape(len(hands), len(FINGERS) * hands.shape[2])
    lengths = np.sqrt(_squares(_vectors(hands, REACH_STARTS, REACH_ENDS)))
    reach, bones = lengths[: len(FINGERS)], lengths[len(FINGERS) :]
    bones = np.add.reduce(bones.reshape(len(FINGERS), -1, len(hands)), axis=1)
    return np.concatenate([positions, (reach / np.maximum(bones, SMALLEST_LENGTH)).T], axis=1)


def _vectors(hands: Hands, start: Indices, end: Indices) -> Hands:
    """From each start to its end, shape (d, len(start), n)."""
    landmarks = hands.T
    return landmarks.take(end, axis=1) - landmarks.take(start, axis=1)


def _squares(vectors: Hands) -> Hands:
    """Squared lengths of vectors of shape (d, m, n), shape (m, n)."""
    return np.add.reduce(np.square(vectors))


def _coordinate_names(axes: str) -> list[str]:
    return [f"{name.lower()}_{axis}" for name in HAND.landmarks[1:] for axis in axes]


def _distance_names(axes: str) -> list[str]:
    names = [name.lower() for name in HAND.landmarks]
    distance = _measured("distance", axes)
    return [f"{distance}_{names[i]}_{names[j]}" for i, j in _PAIRS]


def _angle_names(axes: str) -> list[str]:
    fingers = list(FINGERS)
    flexion, spread = _measured("flexion", axes), _measured("spread", axes)
    bent = [f"{flexion}_{HAND.landmarks[joint].lower()}" for _, joint, _ in _JOINTS]
    return bent + [f"{spread}_{fingers[i]}_{fingers[j]}" for i, j in _FINGER_PAIRS]


def _fingertip_names(axes: str) -> list[str]:
    positions = [f"fingertip_{finger}_{axis}" for finger in FINGERS for axis in axes]
    stretch = _measured("stretch", axes)
    return positions + [f"{stretch}_{finger}" for finger in FINGERS]


def _measured(what: str, axes: str) -> str:
    """``"distance"`` in the image, ``"distance_xyz"`` in space: other numbers, another name."""
    return what if axes == "xy" else f"{what}_{axes}"


@dataclass(frozen=True)
class Block:
    """A feature block.

    Attributes
    ----------
    compute : callable
        (n, 21, d) -> (n, k).
    names : callable
        ``"xy"`` or ``"xyz"`` -> k names.
    """

    compute: Callable[[Hands], Hands]
    names: Callable[[str], list[str]]


BLOCKS: dict[str, Block] = {
    "coordinates": Block(coordinates, _coordinate_names),
    "distances": Block(distances, _distance_names),
    "angles": Block(angles, _angle_names),
    "fingertips": Block(fingertips, _fingertip_names),
}
