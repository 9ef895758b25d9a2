"""New hand shapes: fingers of the shipped digits, recombined.

Ten hand shapes are too few to learn what tells gestures apart. But each finger of each of them is
real, and any finger of one can stand beside any finger of another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from handpose.containers.landmarks import Landmarks
from handpose.containers.skeletons import FINGERS
from handpose.datasets import Dataset
from handpose.features.normalize import palm_size

Array = NDArray[np.float64]

JOINTS = np.array([list(joints) for joints in FINGERS.values()])
ANCHORS = np.array([0, *JOINTS[1:, 0]])
"""Where a finger begins: the thumb on the wrist, the others on their own knuckle."""

ONE_PERSON = 0.4
"""Share of the rounds in which all hands are of one person, and those of a gesture of one palm."""
BLENDED = 0.3
"""Share of the fingers that are halfway between two digits."""
ALIKE = 0.3
"""Share of the gestures that have all fingers but one from another gesture."""
SPREAD = 8.0
"""Degrees by which a gesture's finger is turned within the palm's plane (standard deviation)."""
GESTURE_VIEW = (35.0, 35.0, 55.0)
"""Degrees by which a gesture is turned about x, y and z; some also show the back of the hand."""
BACK = 0.3
UNKNOWN_SIDE = 0.5
"""Share of the gestures whose hands do not say whether they are left or right."""

LOOSENESS = (0.3, 1.2)
"""How different hands of one gesture are; drawn for each round, times the three that follow."""
USUALLY_LOOSE = 0.6
"""The same in a table, which is one round."""
BEND = 0.05
VIEW = 20.0
JITTER = 0.08


class HandParts:
    """Fingers and palms of the people who showed all ten digits.

    Parameters
    ----------
    dataset : Dataset
        `sign_language_digits`.
    """

    def __init__(self, dataset: Dataset):
        hands, frames = _in_palm_frame(_complete(dataset))
        previous = np.concatenate([ANCHORS[:, None], JOINTS[:, :-1]], axis=1)
        self.bones = hands[..., JOINTS, :] - hands[..., previous, :]
        self.anchors = hands[..., ANCHORS, :]
        left, _, right = np.linalg.svd(frames.mean((0, 1)))
        self.camera = (left @ right).T

    def recombine(self, rng: np.random.Generator, n_gestures: int, n_each: int) -> Landmarks:
        """Hands of new random gestures, `n_each` of the first, then of the next.

        Parameters
        ----------
        rng : numpy.random.Generator
        n_gestures, n_each : int

        Returns
        -------
        Landmarks of length n_gestures * n_each
        """
        n, loose = n_gestures * n_each, rng.uniform(*LOOSENESS)
        people, digits = self.bones.shape[:2]
        if rng.random() < ONE_PERSON:
            person = np.full(n, rng.integers(people))
            palm = np.repeat(rng.integers(digits, size=n_gestures), n_each)
        else:
            person, palm = rng.integers(people, size=n), rng.integers(digits, size=n)
        gestures = _gestures(rng, n_gestures, digits)
        return self._shown(
            rng, gestures, np.repeat(np.arange(n_gestures), n_each), person, palm, loose
        )

    def table(
        self, rng: np.random.Generator, n_gestures: int, people: Sequence[int], n_each: int
    ) -> Dataset:
        """New random gestures, each shown several times by each of the same people.

        Parameters
        ----------
        rng : numpy.random.Generator
        n_gestures : int
        people : sequence of int
            Below `n_people`.
        n_each : int
            Hands of a gesture and person.
        """
        digits = self.bones.shape[1]
        gestures = _gestures(rng, n_gestures, digits)
        gesture = np.repeat(np.arange(n_gestures), len(people) * n_each)
        person = np.tile(np.repeat(people, n_each), n_gestures)
        palm = rng.integers(digits, size=len(person))
        hands = self._shown(rng, gestures, gesture, person, palm, USUALLY_LOOSE)
        labels = np.char.mod("gesture %03d", gesture)
        return Dataset(hands, labels, np.char.mod("person %03d", person), name="recombined")

    @property
    def n_people(self) -> int:
        """People whose fingers there are."""
        return len(self.bones)

    def _shown(
        self,
        rng: np.random.Generator,
        gestures: tuple[NDArray, ...],
        gesture: NDArray[np.intp],
        person: NDArray[np.intp],
        palm: NDArray[np.intp],
        loose: float,
    ) -> Landmarks:
        """Hands: which gesture each shows, whose it is and on which digit's palm."""
        n_gestures, n = len(gestures[0]), len(gesture)
        one, other, share, spread, view = (part[gesture] for part in gestures)
        share = share + loose * BEND * rng.standard_normal((n, 1))
        owner, finger = person[:, None], np.arange(5)
        bones = _blend(self.bones[owner, one, finger], self.bones[owner, other, finger], share)
        bones = np.einsum("nfij,nfkj->nfki", _turns(spread), bones)
        anchors = self.anchors[person, palm]
        points = np.zeros((n, 21, 3))
        points[:, JOINTS] = anchors[:, :, None] + np.cumsum(bones, axis=2)
        turn = _rotations(loose * VIEW * rng.standard_normal((n, 3))) @ _rotations(view)
        points = np.einsum("nij,nkj->nki", turn @ self.camera, points)
        scale = palm_size(points[..., :2])[:, None, None]
        points += loose * JITTER * scale * rng.standard_normal(points.shape)
        unknown = (rng.random(n_gestures) < UNKNOWN_SIDE)[gesture]
        return Landmarks(points, handedness=np.where(unknown, "", "Right"))


def _gestures(rng: np.random.Generator, n: int, digits: int) -> tuple[NDArray, ...]:
    """For each gesture and finger two digits, the second's share and a turn; then a view."""
    one, other = rng.integers(digits, size=(2, n, 5))
    share = np.where(rng.random((n, 5)) < BLENDED, rng.random((n, 5)), 0.0)
    spread = SPREAD * rng.standard_normal((n, 5))
    view = GESTURE_VIEW * rng.standard_normal((n, 3))
    view[:, 1] += 180 * (rng.random(n) < BACK)
    alike = np.arange(int(ALIKE * n))
    model = rng.integers(len(alike), n, size=len(alike))
    kept = np.arange(5) != rng.integers(5, size=(len(alike), 1))
    for part in (one, other, share):
        part[alike] = np.where(kept, part[model], part[alike])
    view[alike] = view[model]
    return one, other, share, spread, view


def _blend(one: Array, other: Array, share: Array) -> Array:
    """Bones between two fingers, as long as theirs; shape (n, 5, 4, 3)."""
    share = share[..., None, None]
    blended = (1 - share) * one + share * other
    lengths = [np.linalg.norm(bones, axis=-1, keepdims=True) for bones in (one, other, blended)]
    length = (1 - share) * lengths[0] + share * lengths[1]
    return blended / np.maximum(lengths[2], 1e-6) * length


def _complete(dataset: Dataset) -> Dataset:
    """The detected hands of people who showed every digit, person by person."""
    dataset = dataset[dataset.X.detected]
    order = np.lexsort([dataset.y, dataset.groups])
    _, first = np.unique(np.stack([dataset.groups, dataset.y])[:, order], axis=1, return_index=True)
    one_each = dataset[order[first]]
    people, counts = np.unique(one_each.groups, return_counts=True)
    whole = people[counts == len(dataset.label_names)]
    return one_each[np.isin(one_each.groups, whole)]


def _in_palm_frame(dataset: Dataset) -> tuple[Array, Array]:
    """Hands of palm size 1 seen along their own palm, (people, 10, 21, 3), and their frames."""
    points = dataset.X.points.astype(np.float64)
    points[dataset.X.handedness == "Left", :, 0] *= -1
    points = (points - points[:, :1]) / palm_size(points[..., :2])[:, None, None]
    up = _unit(points[:, 9])
    across = points[:, 17] - points[:, 5]
    across = _unit(across - (across * up).sum(1, keepdims=True) * up)
    frames = np.stack([across, up, np.cross(across, up)], axis=1)
    hands = np.einsum("nij,nkj->nki", frames, points)
    digits = len(dataset.label_names)
    return hands.reshape(-1, digits, 21, 3), frames.reshape(-1, digits, 3, 3)


def _unit(vectors: Array) -> Array:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _turns(degrees: Array) -> Array:
    """Rotations about z, shape (..., 3, 3)."""
    angles = np.zeros((degrees.size, 3))
    angles[:, 2] = degrees.ravel()
    return _rotations(angles).reshape(*degrees.shape, 3, 3)


def _rotations(degrees: Array) -> Array:
    """Rotations about x, then y, then z, shape (n, 3, 3)."""
    return Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
