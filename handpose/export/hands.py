"""Hands in a description: which are there, normalising, mirroring, the feature blocks.

Every step is that of `handpose.features`, in the same order and in float32. Angles of straight
fingers turn the last bit of a coordinate into a thousandth of a radian, so that equal features need
equal roundings.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import HAND
from handpose.containers.skeletons import HandLandmark as H
from handpose.export.graph import Value
from handpose.features import GeneratedFeatures, LandmarkFeatures
from handpose.features import blocks as own
from handpose.features.crossings import SMALLEST_DIVISOR, parse_crossing
from handpose.features.normalize import PALM_POINTS, SMALLEST_LENGTH, SMALLEST_PALM

LEFT, RIGHT, UNKNOWN = 1.0, 0.0, -1.0
"""A person's own left and right hand, and any other number."""

_VECTORS = {
    "distances": (own.PAIR_STARTS, own.PAIR_ENDS),
    "angles": (own.ANGLE_STARTS, own.ANGLE_ENDS),
    "fingertips": (own.REACH_STARTS, own.REACH_ENDS),
}
"""From which landmarks to which the vectors of a block lead."""

_X = 0
_HALF_TURN = np.float32(np.pi / 2)
_TINY = np.float32(1e-30)


def present(points: Value) -> Value:
    """Which hands are there, shape (n,): all their numbers are finite."""
    nothing = (points * 0.0).sum(1, 2)
    return nothing.equal(0.0)


def normalized(points: Value, side: Value | float, features: LandmarkFeatures) -> Value:
    """What `handpose.features.normalize` gives, but of shape (n, d, 21).

    Parameters
    ----------
    points : Value of shape (n, 21, 2 or 3)
        All of them finite.
    side : Value of shape (n,), or float
        `LEFT`, `RIGHT` or anything else; a number is that of all.
    features : LandmarkFeatures
    """
    axes = 3 if features.depth else 2
    planes = points.transpose(0, 2, 1)
    planes = planes if axes == points.shape[2] else planes.part(0, axes, 1)
    centred = planes - planes.part(H.WRIST, H.WRIST + 1)
    flat = planes.part(0, 2, 1) if axes == 3 else planes
    signs = np.ones((1, axes, 1), np.float32)
    signs[:, _X] = -1
    mirror: Value | NDArray[np.float32] = signs if side == LEFT else np.ones_like(signs)
    if isinstance(side, Value):
        mirror = _is_mirror_image(centred, side).where(signs, np.ones_like(signs))
    hands = centred / palm_size(flat).maximum(least_palm(centred)) * mirror
    return _upright(hands) if features.rotate else hands


def vectors(hands: Value, features: LandmarkFeatures) -> Value:
    """The features of normalised hands (n, d, 21), shape (n, n_features)."""
    names = features._blocks()
    crossed = isinstance(features, GeneratedFeatures) and len(features.crossings)
    needed = {*names, *(("distances", "angles") if crossed else ())}
    measured = _Measured(hands, [name for name in _VECTORS if name in needed])
    blocks = [_BLOCKS[name](measured) for name in names]
    if isinstance(features, GeneratedFeatures) and crossed:
        blocks.append(_crossed(measured, [parse_crossing(name) for name in features.crossings]))
    return hands.graph.concat(blocks)


def least_palm(centred: Value) -> Value:
    """What the size of a palm is at least, shape (n, 1, 1), of hands (n, d, 21) from the wrist."""
    flat = centred.part(0, 2, 1) if centred.shape[1] == 3 else centred
    return (flat.abs().max(1, 2, keepdims=True) * SMALLEST_PALM).maximum(SMALLEST_LENGTH)


def palm_size(planes: Value) -> Value:
    """As `handpose.features.palm_size`, shape (n, 1, 1), of hands (n, d, 21)."""
    palm = planes.take(PALM_POINTS)
    count = np.float32(len(PALM_POINTS))
    centred = palm - palm.total(2, keepdims=True) / count
    squares = (centred * centred).total(1, keepdims=True)
    return (squares.total(2, keepdims=True) / count).sqrt()


def looks_left(centred: Value) -> Value:
    """Whether hands (n, d, 21), seen from the wrist, show what a left palm would: (n, 1, 1)."""
    flat = centred.reshape(-1)
    n = len(HAND)
    index, pinky = H.INDEX_FINGER_MCP, H.PINKY_MCP
    products = flat.take([index, n + index]) * flat.take([n + pinky, pinky])
    return products.part(0, 1).greater(products.part(1, 2)).reshape(1, 1)


def _is_mirror_image(centred: Value, side: Value) -> Value:
    """As `handpose.features.normalize.is_mirror_image`, of hands seen from the wrist: (n, 1, 1)."""
    side = side.reshape(1, 1)
    return side.equal(LEFT) | (looks_left(centred) & ~side.equal(RIGHT))


def _upright(hands: Value) -> Value:
    x, y = hands.part(0, 1, 1), hands.part(1, 2, 1)
    knuckle = H.MIDDLE_FINGER_MCP
    across, down = x.part(knuckle, knuckle + 1), y.part(knuckle, knuckle + 1)
    length = (across * across + down * down).sqrt().maximum(SMALLEST_PALM)
    cos, sin = (down * -1.0) / length, across / length
    planes = [cos * x + sin * y, (sin * -1.0) * x + cos * y]
    if hands.shape[1] == 3:
        planes.append(hands.part(2, 3, 1))
    return hands.graph.concat(planes, 1)


class _Measured:
    """What several blocks need, computed once: vectors between landmarks and their lengths.

    A vector is the product with a column of a 1 and a -1, which rounds as a difference does.
    """

    def __init__(self, hands: Value, blocks: Sequence[str]):
        self.hands = hands
        self._places: dict[str, tuple[int, int]] = {}
        columns = []
        end = 0
        for name in blocks:
            starts, ends = _VECTORS[name]
            column = np.zeros((len(HAND), len(starts)), np.float32)
            column[starts, np.arange(len(starts))] -= 1
            column[ends, np.arange(len(ends))] += 1
            columns.append(column)
            self._places[name] = end, end + len(starts)
            end += len(starts)
        if columns:
            self._vectors = hands @ np.concatenate(columns, axis=1)
            self._squares = (self._vectors * self._vectors).total(1)

    def vectors(self, name: str) -> Value:
        """Shape (n, d, m)."""
        return self._vectors.part(*self._places[name])

    def squares(self, name: str) -> Value:
        """Of their lengths, shape (n, m)."""
        return self._squares.part(*self._places[name])


def _coordinates(measured: _Measured) -> Value:
    hands = measured.hands
    return hands.part(1, len(HAND)).transpose(0, 2, 1).reshape(-1)


def _distances(measured: _Measured) -> Value:
    return measured.squares("distances").sqrt()


def _angles(measured: _Measured) -> Value:
    vectors, squares = measured.vectors("angles"), measured.squares("angles")
    count = squares.shape[1] // 2
    lengths = (squares.part(0, count) * squares.part(count, 2 * count)).sqrt()
    dot = (vectors.part(0, count) * vectors.part(count, 2 * count)).total(1)
    cross = (lengths * lengths - dot * dot).maximum(0.0).sqrt()
    # atan2 of a cross that is not negative; with the tiny number it is 0 where both are 0
    return _HALF_TURN - ((dot + _TINY) / cross).atan()


def _fingertips(measured: _Measured) -> Value:
    hands = measured.hands
    fingers, palm = len(own.FINGER_TIPS), np.float32(len(own.PALM_CORNERS))
    centre = hands.take(own.PALM_CORNERS).total(2, keepdims=True) / palm
    tips = (hands.take(own.FINGER_TIPS) - centre).transpose(0, 2, 1).reshape(-1)
    lengths = measured.squares("fingertips").sqrt()
    bones = lengths.part(fingers, lengths.shape[1]).reshape(fingers, -1).total(2)
    stretch = lengths.part(0, fingers) / bones.maximum(1e-6)
    return hands.graph.concat([tips, stretch])


_BLOCKS = {
    "coordinates": _coordinates,
    "distances": _distances,
    "angles": _angles,
    "fingertips": _fingertips,
}


def _crossed(measured: _Measured, crossings: list[tuple[int, str, int]]) -> Value:
    """As `handpose.features.crossings.crossed`, an operation at a time."""
    graph = measured.hands.graph
    base = graph.concat([_distances(measured), _angles(measured)])
    found: list[Value] = []
    order: list[int] = []
    for operation in ("/", "-", "*"):
        rows = [i for i, (_, own_, _) in enumerate(crossings) if own_ == operation]
        if rows:
            left, right = (base.take([crossings[i][side] for i in rows]) for side in (0, 2))
            divided = left / right.maximum(SMALLEST_DIVISOR) if operation == "/" else None
            found.append(divided or (left - right if operation == "-" else left * right))
            order += rows
    return graph.concat(found).take(np.argsort(order))
