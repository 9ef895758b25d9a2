"""Regions: rotated squares of an image, the inputs of the networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import HandLandmark as L
from handpose.networks.pictures import Picture

Floats = NDArray[np.float64]

TARGET_ANGLE = np.pi / 2
"""Direction from the wrist to the middle finger in a hand's region, counterclockwise from x:
straight up, as the landmark network was trained. MediaPipe 1.2.2 sets 90 for its palms in a field
of radians, and so sees every hand rotated by 26.6 degrees."""

HAND_SHIFT, HAND_SCALE = 0.1, 2.0
"""Shift of a region towards the fingers and its size, relative to the box of the knuckles
(MediaPipe's graph of the landmark tracker)."""
PALM_SHIFT, PALM_SCALE = 0.37, 2.8
"""The same for palms. MediaPipe's 0.5 and 2.6 give regions 10 % smaller than those of the hands
found in them; with these values, half as many hands need a second pass."""

ENLARGED = 0.5
"""Pixels of the image for one of a crop, below which it is enlarged cubically."""

KNUCKLES = np.array(
    [
        *(L.WRIST, L.THUMB_CMC, L.THUMB_MCP, L.THUMB_IP),
        *(L.INDEX_FINGER_MCP, L.INDEX_FINGER_PIP, L.MIDDLE_FINGER_MCP, L.MIDDLE_FINGER_PIP),
        *(L.RING_FINGER_MCP, L.RING_FINGER_PIP, L.PINKY_MCP, L.PINKY_PIP),
    ]
)
"""Landmarks whose box a hand's region is made of."""

_BESIDE = 3
"""Pixels beside a square that its own are mixed from, and one for rounding."""
_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])


@dataclass(frozen=True)
class Regions:
    """Rotated squares of an image.

    Attributes
    ----------
    centre : ndarray of shape (n, 2)
        Pixels of the image.
    side : ndarray of shape (n,)
        Pixels of the image.
    angle : ndarray of shape (n,)
        Rotation in radians, clockwise on the screen.
    """

    centre: Floats
    side: Floats
    angle: Floats

    def __len__(self) -> int:
        return len(self.side)

    def __getitem__(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Regions:
        return Regions(self.centre[rows], self.side[rows], self.angle[rows])

    @classmethod
    def concat(cls, parts: Sequence[Regions]) -> Regions:
        """The regions of all parts; there must be one part at least."""
        return cls(
            np.concatenate([part.centre for part in parts]),
            np.concatenate([part.side for part in parts]),
            np.concatenate([part.angle for part in parts]),
        )

    @cached_property
    def axes(self) -> Floats:
        """Rotation matrices from a square's own axes to the image's, shape (n, 2, 2)."""
        return rotations(self.angle)

    @cached_property
    def frames(self) -> Floats:
        """Matrices from rows in sides of a square to pixels: ``xy @ frames``, shape (n, 2, 2)."""
        return self.axes.transpose(0, 2, 1) * self.side[:, None, None]

    def to_image(self, xy: Floats) -> Floats:
        """Map points of each square, its corners at 0 and 1, to pixels of the image.

        Parameters
        ----------
        xy : ndarray of shape (n, k, 2)
        """
        return np.asarray((xy - 0.5) @ self.frames + self.centre[:, None])

    def moved(self, across: float, down: float, scale: float) -> Regions:
        """Moved by so many sides along each square's own axes, and scaled about its centre."""
        move = np.array([[across, down]]) @ self.frames
        return replace(self, centre=self.centre + move[:, 0], side=self.side * scale)

    def shift(self, others: Regions) -> Floats:
        """Largest distance between corresponding corners, in sides of the other region."""
        apart = _CORNERS @ (self.frames - others.frames) + (self.centre - others.centre)[:, None]
        return np.asarray(np.hypot(apart[..., 0], apart[..., 1]).max(1) / others.side)


def palm_regions(centre: Floats, size: Floats, wrist: Floats, middle: Floats) -> Regions:
    """The region of the hand of a palm.

    Parameters
    ----------
    centre, size : ndarray of shape (n, 2)
        Of the palm's box, in pixels.
    wrist, middle : ndarray of shape (n, 2)
        The wrist and the base of the middle finger, in pixels.
    """
    angle = upward_angle(middle - wrist)
    towards_fingers = -rotations(angle)[..., 1]
    centre = centre + towards_fingers * (PALM_SHIFT * size[:, 1:])
    return Regions(centre, PALM_SCALE * size.max(1), angle)


def hand_regions(points: Floats) -> Regions:
    """The region of a hand with known landmarks.

    Parameters
    ----------
    points : ndarray of shape (n, 21, 2 or more)
        Pixels of the image.
    """
    xy = points[..., :2]
    knuckles = (xy[:, L.INDEX_FINGER_MCP] + xy[:, L.RING_FINGER_MCP]) / 2
    angle = upward_angle((knuckles + xy[:, L.MIDDLE_FINGER_MCP]) / 2 - xy[:, L.WRIST])
    upright = rotations(angle)
    turned = xy[:, KNUCKLES] @ upright
    least, most = turned.min(1), turned.max(1)
    size = most - least
    middle = (least + most) / 2
    middle[:, 1] -= HAND_SHIFT * size[:, 1]
    centre = (upright @ middle[..., None])[..., 0]
    return Regions(centre, HAND_SCALE * size.max(1), angle)


def crops(
    picture: Picture, regions: Regions, size: int, border: int = cv2.BORDER_REPLICATE
) -> NDArray[np.uint8]:
    """Cut regions out of a picture.

    Parameters
    ----------
    picture : Picture
    regions : Regions
    size : int
        Side of the result in pixels.
    border : int
        OpenCV's border mode outside the image.

    Returns
    -------
    ndarray of uint8, shape (n, size, size, 3)
    """
    shrinks = regions.side / size
    matrices = np.empty((len(regions), 2, 3))
    matrices[..., :2] = regions.axes * shrinks[:, None, None]
    matrices[..., 2] = regions.centre - matrices[..., :2].sum(-1) * (size / 2)
    squares = np.empty((len(regions), size, size, 3), np.uint8)
    for matrix, shrink, square in zip(matrices, shrinks, squares, strict=True):
        image, across, down = picture.level(shrink)
        scaled = matrix * np.array([[across], [down]])
        scaled[:, 2] += (across - 1) / 2, (down - 1) / 2
        part, corner = _part(image, scaled, size)
        scaled[:, 2] -= corner
        sampling = cv2.INTER_CUBIC if shrink < ENLARGED else cv2.INTER_LINEAR
        flags = sampling | cv2.WARP_INVERSE_MAP
        turned = cv2.warpAffine(part, scaled, (size, size), flags=flags, borderMode=border)
        cv2.cvtColor(turned, cv2.COLOR_RGBA2RGB, dst=square)
    return squares


def _part(
    image: NDArray[np.uint8], matrix: Floats, size: int
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """What a square shows of an image, as RGBA, which OpenCV turns in half the time; its corner."""
    height, width = image.shape[:2]
    (a, b, x), (c, d, y) = matrix.tolist()
    left, right = _reach(x, a * size, b * size, width)
    top, bottom = _reach(y, c * size, d * size, height)
    part = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_RGB2RGBA)
    return np.asarray(part, np.uint8), (left, top)


def _reach(start: float, across: float, down: float, length: int) -> tuple[int, int]:
    """First and last pixel, plus one, of a square along an axis; at least one of the image's."""
    least = int(start + min(across, 0) + min(down, 0)) - _BESIDE
    most = int(start + max(across, 0) + max(down, 0)) + _BESIDE
    first = min(max(least, 0), length - 1)
    return first, max(min(most, length), first + 1)


def upward_angle(direction: Floats) -> Floats:
    angle = TARGET_ANGLE - np.arctan2(-direction[:, 1], direction[:, 0])
    return angle - 2 * np.pi * np.floor((angle + np.pi) / (2 * np.pi))


def rotations(angle: Floats) -> Floats:
    rotations = np.empty((len(angle), 2, 2))
    rotations[:, 0, 0] = rotations[:, 1, 1] = np.cos(angle)
    rotations[:, 1, 0] = np.sin(angle)
    rotations[:, 0, 1] = -rotations[:, 1, 0]
    return rotations
