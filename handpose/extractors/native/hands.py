"""The landmark network: from a region of an image to the hand in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.containers.skeletons import PALM
from handpose.extractors.native.world import as_seen
from handpose.networks.pictures import Picture
from handpose.networks.regions import Floats, Regions, crops, hand_regions
from handpose.networks.runtimes import Network

INPUT_SIZE = 224
DEPTH_SCALE = 1 / 0.4
"""The network's z in units of its x (``normalize_z`` in MediaPipe's graph)."""

SAME_PALM = 0.4
"""Two hands are one if their palms lie nearer than this, in lengths of the longer palm."""
ON_HAND = 0.08
"""A landmark lies on another hand if one of that hand's landmarks is nearer than this, in sides of
its box."""
SAME_SHARE = 0.5
"""Two hands are one if this share of one's landmarks lies on the other: a curved hand is otherwise
found twice, with its palm in two places. The share is at least 0.81 for 90 % of such pairs, and at
most 0.14 for 90 % of two hands of a person."""
NEARER = (0.0, 0.05, 0.85)
"""Another look at a hand: how far across and down, in sides of its region, and its scale."""
RIGHT_FROM = 0.5
"""Least output of the network for a right hand."""
SAME_REGION = 0.25
"""A region shows a hand if their centres lie nearer than this, in sides of the hand's region."""


@dataclass(frozen=True)
class Hands:
    """What the landmark network says of n regions.

    Attributes
    ----------
    points : ndarray of shape (n, 21, 3)
        Pixels of the image; z in the same scale, relative to the wrist.
    world : ndarray of shape (n, 21, 3)
        Metres, axes as for `points`.
    presence : ndarray of shape (n,)
        Probability that a hand is there.
    right : ndarray of shape (n,)
        Probability that it is a right hand.
    confidence : ndarray of shape (n,), optional
        Probability that a hand is there, by all that is known; without it `presence`.
    """

    points: Floats
    world: Floats
    presence: Floats
    right: Floats
    confidence: Floats = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.confidence is None:
            object.__setattr__(self, "confidence", self.presence)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Hands:
        return Hands(*(column[rows] for column in self._columns()))

    def _columns(self) -> tuple[Floats, ...]:
        return self.points, self.world, self.presence, self.right, self.confidence

    @classmethod
    def concat(cls, parts: Iterable[Hands]) -> Hands:
        parts = [part for part in parts if len(part)]
        if len(parts) < 2:
            return parts[0] if parts else cls.none()
        return cls(*map(np.concatenate, zip(*(part._columns() for part in parts), strict=True)))

    @classmethod
    def none(cls) -> Hands:
        shape = (0, N_LANDMARKS, 3)
        return cls(np.empty(shape), np.empty(shape), np.empty(0), np.empty(0))

    def replaced(self, rows: NDArray[np.integer], others: Hands) -> Hands:
        """With others in these rows."""
        columns = [column.copy() for column in self._columns()]
        for column, values in zip(columns, others._columns(), strict=True):
            column[rows] = values
        return Hands(*columns)

    def regions(self) -> Regions:
        """The regions that these hands fill better than those they were found in."""
        return hand_regions(self.points)

    def likeliest_first(self) -> Hands:
        """By falling confidence."""
        return self if len(self) < 2 else self[np.argsort(-self.confidence, kind="stable")]

    def distinct(self) -> Hands:
        """Without the hands that are an earlier one again."""
        if len(self) < 2:
            return self
        again = self._same_palm() | self._lie_on_each_other()
        rows: list[int] = []
        for row in range(len(self)):
            if not again[row, rows].any():
                rows.append(row)
        return self[np.array(rows, int)]

    def _same_palm(self) -> NDArray[np.bool_]:
        """Whose palms are in the same place, shape (n, n)."""
        palm = self.points[:, PALM, :2]
        apart = np.linalg.norm(palm[:, None] - palm, axis=-1).mean(-1)
        length = np.linalg.norm(palm[:, 2] - palm[:, 0], axis=-1)
        return np.asarray(apart < SAME_PALM * np.maximum(length[:, None], length))

    def _lie_on_each_other(self) -> NDArray[np.bool_]:
        """Of which pairs one hand lies on the other, shape (n, n)."""
        xy = self.points[..., :2]
        side = np.ptp(xy, axis=1).max(-1)
        apart = np.linalg.norm(xy[:, None, :, None] - xy[None, :, None, :], axis=-1).min(-1)
        share = (apart < ON_HAND * side[None, :, None]).mean(-1)
        return np.asarray(np.maximum(share, share.T) >= SAME_SHARE)

    def cover(self, regions: Regions) -> NDArray[np.bool_]:
        """Which regions show one of these hands, shape (m,)."""
        if not len(self):
            return np.zeros(len(regions), bool)
        own = self.regions()
        apart = np.linalg.norm(own.centre[:, None] - regions.centre, axis=-1)
        ratio = own.side[:, None] / regions.side
        same = (apart < SAME_REGION * own.side[:, None]) & (ratio > 0.5) & (ratio < 2)
        return np.asarray(same.any(0))

    def landmarks(
        self,
        width: int,
        height: int,
        mirrored: bool,
        point_scores: Floats | None = None,
    ) -> Landmarks:
        """As the library's own container; its world landmarks agree with those in the image.

        Parameters
        ----------
        width, height : int
            Of the image.
        mirrored : bool
            Whether the image shows a left hand where the person has a right one.
        point_scores : ndarray of shape (n, 21), optional
            How sure each landmark is.
        """
        if not len(self):
            return Landmarks.empty()
        right = 1 - self.right if mirrored else self.right
        return Landmarks(
            points=self.points,
            world=as_seen(self.points, self.world),
            handedness=np.where(right >= RIGHT_FROM, "Right", "Left"),
            handedness_score=np.maximum(right, 1 - right),
            score=self.presence,
            image_size=np.full((len(self), 2), (width, height)),
            point_scores=point_scores,
        )


def find_landmarks(network: Network, picture: Picture, regions: Regions) -> Hands:
    """Place landmarks in each region of an image.

    Parameters
    ----------
    network : Network
        The landmark network.
    picture : Picture
    regions : Regions
    """
    if not len(regions):
        return Hands.none()
    outputs = network(crops(picture, regions, INPUT_SIZE))
    points, presence, right, world = (output.astype(np.float64) for output in outputs)
    points = points.reshape(-1, N_LANDMARKS, 3) / INPUT_SIZE
    points[..., 2] -= points[:, :1, 2]
    points[..., 2] *= DEPTH_SCALE * regions.side[:, None]
    points[..., :2] = regions.to_image(points[..., :2])
    world = world.reshape(-1, N_LANDMARKS, 3)
    world[..., :2] = world[..., :2] @ regions.axes.transpose(0, 2, 1)
    return Hands(
        points=points,
        world=world,
        presence=presence.reshape(-1),
        right=right.reshape(-1),
    )


def further_presence(network: Network, picture: Picture, regions: Regions) -> Floats:
    """Presence of hands in two other views of their regions: from nearer, and mirrored.

    Parameters
    ----------
    network : Network
        The landmark network.
    picture : Picture
    regions : Regions
        The hands' own, n of them.

    Returns
    -------
    ndarray of shape (2, n)
    """
    nearer = crops(picture, regions.moved(*NEARER), INPUT_SIZE)
    mirrored = crops(picture, regions, INPUT_SIZE)[:, :, ::-1]
    return np.stack([network(images)[1].reshape(-1) for images in (nearer, mirrored)]).astype(float)
