"""Feature blocks: each turns normalised hands into a few numbers with a name.

Input is always a float32 array (n, 21, d) from `normalize`; output is (n, k).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from handpose.skeletons import FINGERS, HAND
from handpose.skeletons import HandLandmark as H

Hands = NDArray[np.float32]

_PAIRS = np.array(list(combinations(range(len(HAND)), 2)))

_JOINTS = np.array(
    [
        triple
        for finger in FINGERS.values()
        for triple in zip((H.WRIST, *finger), finger, finger[1:], strict=False)
    ]
)
"""(before, joint, after) along each finger: 15 joints."""

_FINGER_BASES = np.array([joints[0] for joints in FINGERS.values()])
_FINGER_TIPS = np.array([joints[-1] for joints in FINGERS.values()])
_FINGER_PAIRS = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)])
_PALM = np.array([H.WRIST, H.INDEX_FINGER_MCP, H.PINKY_MCP])


def coordinates(hands: Hands) -> Hands:
    """Where each landmark but the wrist is."""
    return hands[:, 1:].reshape(len(hands), (len(HAND) - 1) * hands.shape[2])


def distances(hands: Hands) -> Hands:
    """Distance between each of the 210 pairs of landmarks."""
    squares = np.zeros((len(hands), len(_PAIRS)), np.float32)
    for axis in range(hands.shape[2]):
        along = np.ascontiguousarray(hands[..., axis].T)
        squares += np.square(along[_PAIRS[:, 0]] - along[_PAIRS[:, 1]]).T
    return np.sqrt(squares)


def angles(hands: Hands) -> Hands:
    """How far each of 15 joints is bent, and how far five pairs of fingers are spread (radians).

    0 is a straight joint, or two parallel fingers.
    """
    before, joint, after = (hands[:, _JOINTS[:, i]] for i in range(3))
    flexion = _angle(joint - before, after - joint)
    directions = hands[:, _FINGER_TIPS] - hands[:, _FINGER_BASES]
    spread = _angle(directions[:, _FINGER_PAIRS[:, 0]], directions[:, _FINGER_PAIRS[:, 1]])
    return np.concatenate([flexion, spread], axis=1)


def fingertips(hands: Hands) -> Hands:
    """Each fingertip as seen from the palm's centre, and how far its finger is stretched.

    Stretch is the distance from base to tip over the length of the bones between: 1 is straight.
    """
    centre = hands[:, _PALM].mean(1, keepdims=True)
    tips = hands[:, _FINGER_TIPS] - centre
    positions = tips.reshape(len(hands), len(FINGERS) * hands.shape[2])
    chains = np.stack([hands[:, list(joints)] for joints in FINGERS.values()], axis=1)
    bones = np.linalg.norm(np.diff(chains, axis=2), axis=3).sum(2)
    reach = np.linalg.norm(chains[:, :, -1] - chains[:, :, 0], axis=2)
    return np.concatenate([positions, reach / np.maximum(bones, np.float32(1e-6))], axis=1)


def _angle(a: Hands, b: Hands) -> Hands:
    """Unsigned angle between vectors, to about 0.001 radians in float32."""
    lengths = np.sqrt(np.square(a).sum(-1) * np.square(b).sum(-1))
    dot = (a * b).sum(-1)
    cross = np.sqrt(np.maximum(np.square(lengths) - np.square(dot), 0))
    return np.arctan2(cross, dot)


def _coordinate_names(axes: str) -> list[str]:
    return [f"{name.lower()}_{axis}" for name in HAND.landmarks[1:] for axis in axes]


def _distance_names(axes: str) -> list[str]:
    names = [name.lower() for name in HAND.landmarks]
    return [f"distance_{names[i]}_{names[j]}" for i, j in _PAIRS]


def _angle_names(axes: str) -> list[str]:
    fingers = list(FINGERS)
    flexion = [f"flexion_{HAND.landmarks[joint].lower()}" for joint in _JOINTS[:, 1]]
    return flexion + [f"spread_{fingers[i]}_{fingers[j]}" for i, j in _FINGER_PAIRS]


def _fingertip_names(axes: str) -> list[str]:
    positions = [f"fingertip_{finger}_{axis}" for finger in FINGERS for axis in axes]
    return positions + [f"stretch_{finger}" for finger in FINGERS]


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
