"""Hands in a description: which are there, and the features of `handpose.features`.

Runtimes take longer to begin an operation than to compute it, so that all differences of landmarks
come from one product with a fixed matrix. They are those of the landmarks as they are given, in
which no bit is lost yet; what has a size is divided by the palm's afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.skeletons import HAND
from handpose.containers.skeletons import HandLandmark as H
from handpose.export.graph import Value
from handpose.features import GeneratedFeatures, LandmarkFeatures
from handpose.features import blocks as own
from handpose.features.crossings import SMALLEST_DIVISOR, parse_crossing
from handpose.features.normalize import PALM_POINTS, SMALLEST_LENGTH, SMALLEST_PALM

Matrix = NDArray[np.floating]

LEFT, RIGHT, UNKNOWN = 1.0, 0.0, -1.0
"""A person's own left and right hand, and any other number."""

_N = len(HAND)
_HALF_TURN = np.float32(np.pi / 2)
_TINY = np.float32(1e-30)
_SURELY = np.float32(1e30)

_PALM_UNIT = 0.25
"""Of differences within a palm: by a power of two, pixels are multiplied without rounding."""

_PALM_SCALE = _PALM_UNIT * len(PALM_POINTS)


def vectors(points: Value, side: Value | float, features: LandmarkFeatures) -> tuple[Value, Value]:
    """What `transform` gives, shape (n, n_features), and which hands are there, shape (n, 1).

    A hand is there if all its numbers are finite.

    Parameters
    ----------
    points : Value of shape (n, 21, 2 or 3)
    side : Value of shape (n,), or float
        `LEFT`, `RIGHT` or anything else; a number is that of all.
    features : LandmarkFeatures
    """
    names = features._blocks()
    crossed = isinstance(features, GeneratedFeatures) and len(features.crossings)
    needed = {*names, *(("distances", "angles") if crossed else ())}
    measured = _Measured(points, side, needed, depth=features.depth, rotate=features.rotate)
    found = [block for name in names for block in _BLOCKS[name](measured)]
    if isinstance(features, GeneratedFeatures) and crossed:
        found.append(_crossed(measured, [parse_crossing(name) for name in features.crossings]))
    return points.graph.concat(found), measured.found


def palm_size(points: Value) -> Value:
    """As `handpose.features.palm_size`, shape (n, 1), of hands (n, 21, d); never 0."""
    axes = points.shape[2]
    length = (points.reshape(-1) @ _palm(axes, axes)).length(1, keepdims=True)
    return (length * (1 / _PALM_SCALE)).maximum(SMALLEST_LENGTH)


def looks_left(points: Value) -> Value:
    """Whether hands (n, 21, d) show what a left palm would, shape (n, 1)."""
    first, second = _products(points.reshape(-1), _corners(points.shape[2]))
    return (first * second @ [[-1.0], [1.0]]).greater(0.0)


def apart(points: Value, start: H, end: H) -> Value:
    """How far two landmarks of hands (n, 21, 2) are from each other, in palms, shape (n, 1)."""
    between = _each_axis(_differences([start], [end]), 2, 2)
    return (points.reshape(-1) @ between).length(1, keepdims=True) / palm_size(points)


def _products(x: Value, matrices: Sequence[Matrix]) -> tuple[Value, ...]:
    """The products of a value with several matrices, computed as one."""
    return (x @ np.concatenate(matrices, axis=1)).split(*(m.shape[1] for m in matrices))


def _differences(starts: ArrayLike, ends: ArrayLike) -> Matrix:
    """Columns of a 1 and a -1: vectors between landmarks, in one axis."""
    starts, ends = np.asarray(starts), np.asarray(ends)
    column = np.arange(len(starts))
    matrix = np.zeros((_N, len(starts)))
    matrix[ends, column] += 1
    matrix[starts, column] -= 1
    return matrix


_FROM_WRIST = _differences([H.WRIST] * _N, range(_N))


def _each_axis(matrix: Matrix, given: int, axes: int) -> Matrix:
    """A matrix of landmarks for hands as they are given: columns of x, then of y, then of z."""
    return _with_axes(np.eye(given)[:, :axes], matrix)


def _with_axes(picked: Matrix, matrix: Matrix) -> Matrix:
    """For hands as they are given: columns of `matrix` of one axis after the other.

    `picked` (given axes, wanted axes) says of which, and with which sign.
    """
    each = np.kron(picked, matrix)
    return each.reshape(len(picked), _N, -1).transpose(1, 0, 2).reshape(len(each), -1)


def _palm(given: int, axes: int) -> Matrix:
    """Columns whose length is `_PALM_SCALE` palm sizes; of a palm seen as a point, a little.

    The squared distances of points from their centre are those of all pairs over their number.
    """
    within = _differences(*np.array(list(combinations(PALM_POINTS, 2))).T) * _PALM_UNIT
    least = _FROM_WRIST * float(SMALLEST_PALM) * _PALM_SCALE
    return np.concatenate([_each_axis(within, given, axes), _each_axis(least, given, 2)], axis=1)


def _corners(given: int) -> list[Matrix]:
    """Two factors of each of two products: a palm looks left where the second one is larger."""
    seen = _each_axis(_differences([H.WRIST] * 2, [H.INDEX_FINGER_MCP, H.PINKY_MCP]), given, 2)
    index_x, pinky_x, index_y, pinky_y = seen.T
    return [np.stack([index_y, index_x], axis=1), np.stack([pinky_x, pinky_y], axis=1)]


class _Measured:
    """What the blocks need: positions, lengths, factors of angles."""

    def __init__(
        self, points: Value, side: Value | float, blocks: set[str], *, depth: bool, rotate: bool
    ):
        self.graph, self.axes = points.graph, 3 if depth else 2
        given = points.shape[2]
        self._pairs = own.PAIR_STARTS, own.PAIR_ENDS
        if "distances" not in blocks:
            self._pairs = own.REACH_STARTS, own.REACH_ENDS
        wanted: dict[str, Matrix] = {"palm": _palm(given, 2)}
        if blocks & {"distances", "fingertips"}:
            wanted["pairs"] = _each_axis(_differences(*self._pairs), given, self.axes)
        if "angles" in blocks:
            wanted |= _angle_factors(given, self.axes)
        if blocks & {"coordinates", "fingertips"}:
            wanted["landmarks"] = _each_axis(_FROM_WRIST, given, self.axes)
            if isinstance(side, Value):
                wanted |= zip(("one", "other"), _corners(given), strict=True)
        found = _products(points.reshape(-1), list(wanted.values()))
        self.parts: Mapping[str, Value] = dict(zip(wanted, found, strict=True))
        palm = self.parts["palm"].length(1, keepdims=True)
        # whatever a number that is not finite is multiplied by, 0 too, the sum is none
        self.found = palm.equal(palm)
        self._scale = _PALM_SCALE / palm.maximum(SMALLEST_LENGTH)
        if "pairs" in wanted:
            self.lengths = self.parts["pairs"].reshape(self.axes, -1).length(1) * self._scale
        if "landmarks" in wanted:
            self._places_of(side, blocks, rotate)

    def rows(self, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> NDArray[np.intp]:
        """Which of the lengths are those of these pairs."""
        row = {frozenset(pair): i for i, pair in enumerate(zip(*self._pairs, strict=True))}
        return np.array([row[frozenset(pair)] for pair in zip(starts, ends, strict=True)])

    def _places_of(self, side: Value | float, blocks: set[str], rotate: bool) -> None:
        """Positions, of right hands in the size of the palm: all axes of one after the other."""
        wanted: dict[str, Matrix] = {}
        if "coordinates" in blocks:
            wanted["coordinates"] = np.eye(_N)[:, 1:]
        if "fingertips" in blocks:
            palm = np.eye(_N)[:, own.PALM_CORNERS].mean(1, keepdims=True)
            wanted["tips"] = np.eye(_N)[:, own.FINGER_TIPS] - palm
        landmarks = self.parts["landmarks"]
        landmarks = self._upright(landmarks) if rotate else landmarks
        each = np.kron(np.eye(self.axes), np.concatenate(list(wanted.values()), axis=1))
        order = np.arange(each.shape[1]).reshape(self.axes, -1).T.ravel()
        signs = np.ones((2, each.shape[1]), np.float32)
        signs[int(LEFT), :: self.axes] = -1
        places = landmarks @ each[:, order] * self._scale * self._mirror(side, signs)
        found = places.split(*(matrix.shape[1] * self.axes for matrix in wanted.values()))
        self.places: Mapping[str, Value] = dict(zip(wanted, found, strict=True))

    def _mirror(self, side: Value | float, signs: Matrix) -> Value | Matrix:
        """The row of right hands or that of left ones, for each hand."""
        if not isinstance(side, Value):
            return signs[[int(side == LEFT)]]
        known = side.reshape(1).equal(np.array([[RIGHT, LEFT]], np.float32))
        return known.where(_SURELY, self.parts["one"] * self.parts["other"]).argmax().rows_of(signs)

    def _upright(self, landmarks: Value) -> Value:
        x, y, *depth = landmarks.split(*[_N] * self.axes)
        knuckle = H.MIDDLE_FINGER_MCP
        across, down = x.part(knuckle, knuckle + 1), y.part(knuckle, knuckle + 1)
        length = (across * across + down * down).sqrt().maximum(float(SMALLEST_PALM) / self._scale)
        cos, sin = (down * -1.0) / length, across / length
        return self.graph.concat([cos * x + sin * y, (sin * -1.0) * x + cos * y, *depth])


def _angle_factors(given: int, axes: int) -> dict[str, Matrix]:
    """Factors of `_angle_terms` of each angle."""
    starts, ends = (np.split(side, 2) for side in (own.ANGLE_STARTS, own.ANGLE_ENDS))
    one, other, sign, _ = np.array(_angle_terms(axes)).T
    picked = np.eye(given)[:, one], np.eye(given)[:, other] * sign
    return {
        name: _with_axes(picked[i], _differences(starts[i], ends[i]))
        for i, name in enumerate(("first", "second"))
    }


def _angle_terms(axes: int) -> list[tuple[int, int, int, int]]:
    """Axis of the first and of the second vector, sign, and to which sum their product belongs.

    The first sum is the scalar product, the others are the components of the cross product.
    """
    terms = [(axis, axis, 1, 0) for axis in range(axes)]
    for part, (i, j) in enumerate(zip(*own.TURNS[axes], strict=True), 1):
        terms += [(i, j, 1, part), (j, i, -1, part)]
    return terms


def _coordinates(measured: _Measured) -> list[Value]:
    return [measured.places["coordinates"]]


def _distances(measured: _Measured) -> list[Value]:
    return [measured.lengths]


def _angles(measured: _Measured) -> list[Value]:
    count = len(own.ANGLE_STARTS) // 2
    belongs = np.array(_angle_terms(measured.axes))[:, 3]
    sums = np.kron(np.eye(belongs.max() + 1)[belongs], np.eye(count))
    # atan2 of a cross that is not negative; with the tiny number it is 0 where both are 0
    tiny = np.where(np.arange(sums.shape[1]) < count, _TINY, 0)
    products = measured.parts["first"] * measured.parts["second"]
    dot, turned = (products @ sums + tiny).split(count, sums.shape[1] - count)
    cross = turned.abs() if measured.axes == 2 else turned.reshape(-1, count).length(1)
    return [_HALF_TURN - (dot / cross).atan()]


def _fingertips(measured: _Measured) -> list[Value]:
    fingers = len(own.FINGER_TIPS)
    rows = measured.rows(own.REACH_STARTS, own.REACH_ENDS)
    sums = np.zeros((measured.lengths.shape[1], 2 * fingers))
    sums[rows[:fingers], np.arange(fingers)] = 1
    sums[rows[fingers:], fingers + np.repeat(np.arange(fingers), 3)] = 1
    tiny = np.where(np.arange(2 * fingers) < fingers, 0, SMALLEST_LENGTH)
    reach, bones = (measured.lengths @ sums + tiny).split(fingers, fingers)
    return [measured.places["tips"], reach / bones]


_BLOCKS = {
    "coordinates": _coordinates,
    "distances": _distances,
    "angles": _angles,
    "fingertips": _fingertips,
}


def _crossed(measured: _Measured, crossings: list[tuple[int, str, int]]) -> Value:
    """As `handpose.features.crossings.crossed`, an operation at a time."""
    graph = measured.graph
    base = graph.concat([*_distances(measured), *_angles(measured)])
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
