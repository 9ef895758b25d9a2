"""How sure each landmark is: the probability that it lies where it should.

A small network judges by what is known anyhow: how sure the landmark network is of the hand, how
well its two answers agree (landmarks in pixels and landmarks in metres), and what the hand looks
like; with a look at another crop of the hand, also by how far each landmark moves. Its weights, and
what they were fitted to, are in ``point_scores.json``, which ``scripts/train_point_scores.py``
makes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import FINGERS
from handpose.containers.skeletons import HandLandmark as L
from handpose.extractors.native.hands import Hands
from handpose.extractors.native.world import centred, fit
from handpose.networks.pictures import Picture
from handpose.networks.regions import Regions

Floats = NDArray[np.float64]

WITHIN = 0.05
"""A point is right if it lies no farther off than this, in sides of the box around its hand."""

TABLE = Path(__file__).with_suffix(".json")

POINT_SCORES = ("off", "fast", "balanced", "thorough")
"""What an extractor is asked for: no scores; those from what is known anyhow; those with a look at
another crop of doubtful hands, or of each hand. A hand is doubtful if its scores are lower on
average than those of 95 in 100 hands in ordinary photos."""

IN_VIDEOS = {how: "fast" if how == "balanced" else how for how in POINT_SCORES}
"""The same for the frames of a video, where a doubtful hand would take another crop each time."""

FEATURES = ("presence", "size", "disagreement", "depth", "edge", "bone", "near")
"""What the fast model looks at; see `features`."""
MOVES = ("move", "mean_move")
"""What the thorough one looks at too."""

OTHER_TURN, OTHER_SCALE = np.deg2rad(14), 1.15
"""How the other crop differs from the hand's own region."""

_PARENT = np.zeros(21, int)
for _joints in FINGERS.values():
    _PARENT[list(_joints[1:])] = _joints[:-1]

_NEIGHBOURS = np.where(np.eye(21) + np.eye(21)[_PARENT] + np.eye(21)[_PARENT].T > 0, np.inf, 0.0)
"""Infinite where two landmarks are one or are joined by a bone."""


@dataclass(frozen=True)
class ScoreModel:
    """A network with one hidden layer that all landmarks share; each has biases of its own.

    Attributes
    ----------
    weights : ndarray of shape (n_features, n_hidden)
    biases : ndarray of shape (21, n_hidden)
    output : ndarray of shape (n_hidden,)
    intercept : float
    """

    weights: Floats
    biases: Floats
    output: Floats
    intercept: float

    def scores(self, features: Floats) -> Floats:
        """Of features of shape (n, 21, n_features), shape (n, 21)."""
        hidden = np.maximum(features @ self.weights + self.biases, 0)
        return np.asarray(1 / (1 + np.exp(-(hidden @ self.output + self.intercept))))

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> ScoreModel:
        """The model that `to_dict` wrote."""
        names = FEATURES + MOVES if MOVES[0] in document["weights"] else FEATURES
        return cls(
            np.array([document["weights"][name] for name in names]),
            np.array([document["biases"][landmark.name] for landmark in L]),
            np.array(document["output"]),
            document["intercept"],
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON, by the names of features and landmarks."""
        names = (FEATURES + MOVES)[: len(self.weights)]
        return {
            "weights": dict(zip(names, self.weights.round(4).tolist(), strict=True)),
            "biases": {
                k.name: row for k, row in zip(L, self.biases.round(4).tolist(), strict=True)
            },
            "output": self.output.round(4).tolist(),
            "intercept": round(self.intercept, 4),
        }


def other_crops(regions: Regions) -> Regions:
    """The crops in which hands are looked at once more, to see how far their landmarks move."""
    return Regions(regions.centre, regions.side * OTHER_SCALE, regions.angle + OTHER_TURN)


def features(
    points: Floats,
    world: Floats,
    presence: Floats,
    image_size: tuple[int, int],
    again: Floats | None = None,
) -> Floats:
    """What the model looks at.

    Parameters
    ----------
    points : ndarray of shape (n, 21, 3)
        Pixels.
    world : ndarray of shape (n, 21, 3)
        Metres, as the network gives them.
    presence : ndarray of shape (n,)
    image_size : (int, int)
        Width and height.
    again : ndarray of shape (n, 21, 2 or more), optional
        The landmarks once more, as they were placed in `other_crops`.

    Returns
    -------
    ndarray of shape (n, 21, 7), or (n, 21, 9) with another look
        Of the hand: the logit of its presence; the logarithm of its size in pixels (the longer side
        of its box); that of the mean distance between its landmarks and the best fit of the ones in
        metres; how deep it is. Of each landmark: how far inside the picture it lies, how long its
        bone is in metres (of the palm's length), and how far the nearest landmark is that no bone
        joins it to. With another look, the logarithms of how far each moved, and all of them on
        average. Lengths in sizes of the hand.
    """
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    size = (points.max(1) - points.min(1))[:, :2].max(1)
    unit = 1 / size[:, None]
    seen, flat = centred(points), centred(world)
    apart = np.abs(seen - fit(seen, flat)[:, None] * flat).mean(1) / size
    width, height = image_size
    inside = np.minimum(np.minimum(x, width - x), np.minimum(y, height - y)) * unit
    bones = _length(world - world[:, _PARENT])
    palm = _length(world[:, L.MIDDLE_FINGER_MCP] - world[:, L.WRIST])
    others = (np.abs(seen[:, :, None] - seen[:, None]) + _NEIGHBOURS).min(-1) * unit
    sure = np.clip(presence, 1e-4, 1 - 1e-4)
    found = np.empty((*x.shape, len(FEATURES) + (0 if again is None else len(MOVES))))
    found[..., 0] = np.log(sure / (1 - sure))[:, None]
    found[..., 1] = np.log(size)[:, None]
    found[..., 2] = np.log(apart + 1e-3)[:, None]
    found[..., 3] = ((z.max(1) - z.min(1)) / size)[:, None]
    found[..., 4] = np.clip(inside, -0.3, 0.3)
    found[..., 5] = bones / palm[:, None]
    found[..., 6] = np.minimum(others, 0.4)
    if again is not None:
        moved = _length(points[..., :2] - again[..., :2]) * unit
        found[..., 7] = np.log(moved + 2e-3)
        found[..., 8] = np.log(moved.mean(1) + 2e-3)[:, None]
    return found


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.sqrt((vectors * vectors).sum(-1)))


def point_scores(
    points: Floats,
    world: Floats,
    presence: Floats,
    image_size: tuple[int, int],
    again: Floats | None = None,
) -> Floats:
    """Probability of each landmark that it lies where it should, shape (n, 21).

    Parameters as of `features`.
    """
    if not len(points):
        return np.empty((0, 21))
    model = _model("fast" if again is None else "thorough")
    return model.scores(features(points, world, presence, image_size, again))


def scored(
    hands: Hands, picture: Picture, how: str, place: Callable[[Picture, Regions], Hands]
) -> Floats | None:
    """Scores of the landmarks of hands.

    Parameters
    ----------
    hands : Hands
    picture : Picture
        In which they were found.
    how : str
        One of `POINT_SCORES`.
    place : callable
        Places landmarks in regions of a picture.

    Returns
    -------
    ndarray of shape (n, 21), or None if `how` is ``"off"``
    """
    if how == "off" or not len(hands):
        return None
    size = picture.width, picture.height
    scores = point_scores(hands.points, hands.world, hands.presence, size)
    least = {"fast": 0.0, "balanced": _table()["doubt"], "thorough": np.inf}[how]
    rows = np.flatnonzero(scores.mean(1) < least)
    if len(rows):
        doubtful = hands[rows]
        again = place(picture, other_crops(doubtful.regions())).points
        scores[rows] = point_scores(doubtful.points, doubtful.world, doubtful.presence, size, again)
    return scores


@cache
def _table() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return document


@cache
def _model(name: str) -> ScoreModel:
    return ScoreModel.from_dict(_table()[name])
