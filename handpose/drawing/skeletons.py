"""Skeletons, a hand's with one colour a finger; dark outlines show them on any background."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import cycle, pairwise
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import FINGERS, HAND, Skeleton

Colour = tuple[int, int, int]

FINGER_COLOURS: dict[str, Colour] = {
    "thumb": (251, 146, 60),
    "index": (250, 204, 21),
    "middle": (74, 222, 128),
    "ring": (56, 189, 248),
    "pinky": (192, 132, 252),
}
PALM_COLOUR: Colour = (241, 245, 249)
INK: Colour = (15, 23, 42)

UNSURE = 0.5
"""Points whose score is below it are more probably off than not, and are drawn faintly."""
FAINTNESS = 0.3
"""How opaque they are."""

_Chains: TypeAlias = "list[tuple[tuple[int, ...], Colour]]"
_Joints: TypeAlias = "list[tuple[int, Colour]]"

_SUBPIXEL_BITS = 4
_FAR = 2.0**20
"""Pixels beyond which OpenCV's integers would overflow."""


@dataclass(frozen=True)
class _Style:
    """Chains of landmarks that are drawn as lines, and the landmarks, with their colours."""

    chains: _Chains
    joints: _Joints


def draw_skeleton(
    picture: NDArray[np.uint8],
    points: NDArray[np.floating],
    skeleton: Skeleton = HAND,
    point_scores: NDArray[np.floating] | None = None,
) -> None:
    """Draw the points of one hand, face or anything else into a picture.

    Parameters
    ----------
    picture : ndarray of uint8, shape (height, width, 3)
        RGB, contiguous; changed in place.
    points : ndarray of shape (k, 2)
        Pixels.
    skeleton : Skeleton, default=HAND
        Of k landmarks.
    point_scores : ndarray of shape (k,), optional
        How sure each point is, 0 to 1. Points below 0.5, and the bones that end there, are drawn
        faintly.
    """
    style = _style(skeleton)
    unsure = np.zeros(len(points), bool) if point_scores is None else point_scores < UNSURE
    if unsure.any():
        layer = picture.copy()
        _draw(layer, points, *_parts(style, unsure, faint=True))
        cv2.addWeighted(layer, FAINTNESS, picture, 1 - FAINTNESS, 0, dst=picture)
        _draw(picture, points, *_parts(style, unsure, faint=False))
    else:
        _draw(picture, points, style.chains, style.joints)


def _parts(style: _Style, unsure: NDArray[np.bool_], *, faint: bool) -> tuple[_Chains, _Joints]:
    """The bones and the landmarks that are drawn faintly, or the others."""
    chains: _Chains = [
        (bone, colour)
        for chain, colour in style.chains
        for bone in pairwise(chain)
        if bool(unsure[list(bone)].any()) == faint
    ]
    return chains, [(joint, colour) for joint, colour in style.joints if unsure[joint] == faint]


def _draw(
    picture: NDArray[np.uint8], points: NDArray[np.floating], bones: _Chains, joints: _Joints
) -> None:
    extent = float((points.max(0) - points.min(0)).max())
    width = max(round(extent / 45), round(max(picture.shape[:2]) / 320), 1)
    fixed = np.clip(points - 0.5, -_FAR, _FAR) * (1 << _SUBPIXEL_BITS)
    places = fixed.round().astype(np.int32)
    chains = [(places.take(chain, axis=0), colour) for chain, colour in bones]
    options = {"lineType": cv2.LINE_AA, "shift": _SUBPIXEL_BITS}
    outline = width + max(2, width)
    for chain, _ in chains:
        cv2.polylines(picture, [chain], False, INK, outline, **options)
    for chain, colour in chains:
        cv2.polylines(picture, [chain], False, colour, width, **options)
    radius = round(width * 1.5 * (1 << _SUBPIXEL_BITS))
    rim = max(round(width / 2), 1) << _SUBPIXEL_BITS
    centres = places.tolist()
    for joint, colour in joints:
        cv2.circle(picture, centres[joint], radius + rim, INK, -1, **options)
        cv2.circle(picture, centres[joint], radius, colour, -1, **options)


@cache
def _style(skeleton: Skeleton) -> _Style:
    if skeleton == HAND:
        fingers = [(joints, FINGER_COLOURS[finger]) for finger, joints in FINGERS.items()]
        chains = [((1, 0, 5, 9, 13, 17, 0), PALM_COLOUR), *fingers]
        joints = [(joint, colour) for joints, colour in fingers for joint in joints]
        return _Style(chains, [(0, PALM_COLOUR), *joints])
    colours = cycle(FINGER_COLOURS.values())
    return _Style(
        [(edge, PALM_COLOUR) for edge in skeleton.edges],
        list(zip(range(len(skeleton)), colours, strict=False)),
    )
