"""Regions: rotated squares of an image, which is all that either network ever sees."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.skeletons import HandLandmark as L

Floats = NDArray[np.float64]

TARGET_ANGLE = np.pi / 2
"""Direction from the wrist to the middle finger in a hand's region, counted from x against the
clock: straight up, as the landmark network was trained. MediaPipe 1.2.2 sets 90 for its palms,
in a field of radians, and so sees every hand turned by 26.6 degrees."""

HAND_SHIFT, HAND_SCALE = 0.1, 2.0
"""How far a region is moved towards the fingers, and how much larger it is than what it was made
from (MediaPipe's graph of the landmark tracker)."""
PALM_SHIFT, PALM_SCALE = 0.37, 2.8
"""The same for palms. MediaPipe's 0.5 and 2.6 give regions 10 % smaller than those of the hands
that are then found in them; with these, half as many hands need a second pass."""

_KNUCKLES = [
    *(L.WRIST, L.THUMB_CMC, L.THUMB_MCP, L.THUMB_IP),
    *(L.INDEX_FINGER_MCP, L.INDEX_FINGER_PIP, L.MIDDLE_FINGER_MCP, L.MIDDLE_FINGER_PIP),
    *(L.RING_FINGER_MCP, L.RING_FINGER_PIP, L.PINKY_MCP, L.PINKY_PIP),
]

MANY_PIXELS = 2_000_000
"""From which on a copy with four channels takes longer than its crops save."""

_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


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
        Radians by which a square is turned, clockwise on the screen.
    """

    centre: Floats
    side: Floats
    angle: Floats

    def __len__(self) -> int:
        return len(self.side)

    def __getitem__(self, rows: NDArray[np.integer] | NDArray[np.bool_] | slice) -> Regions:
        return Regions(self.centre[rows], self.side[rows], self.angle[rows])

    def axes(self) -> Floats:
        """Rotation matrices from a square's own axes to the image's, shape (n, 2, 2)."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.stack([cos, -sin, sin, cos], -1).reshape(-1, 2, 2)

    def to_image(self, xy: Floats) -> Floats:
        """Map points of each square, its corners at 0 and 1, to pixels of the image.

        Parameters
        ----------
        xy : ndarray of shape (n, k, 2)
        """
        turned = (xy - 0.5) @ self.axes().transpose(0, 2, 1)
        return turned * self.side[:, None, None] + self.centre[:, None]

    def shift(self, others: Regions) -> Floats:
        """Largest distance between corresponding corners, in sides of the other region."""
        corners = np.tile(_CORNERS, (len(self), 1, 1))
        apart = np.square(self.to_image(corners) - others.to_image(corners)).sum(-1)
        return np.asarray(np.sqrt(apart.max(1)) / others.side)


def palm_regions(centre: Floats, size: Floats, wrist: Floats, middle: Floats) -> Regions:
    """Where to look for the hand that belongs to a palm.

    Parameters
    ----------
    centre, size : ndarray of shape (n, 2)
        Of the palm's box, in pixels.
    wrist, middle : ndarray of shape (n, 2)
        The wrist and the base of the middle finger, in pixels.
    """
    angle = _angle(middle - wrist)
    centre = centre + _towards_fingers(angle, PALM_SHIFT * size[:, 1])
    return Regions(centre, PALM_SCALE * size.max(1), angle)


def hand_regions(points: Floats) -> Regions:
    """Where to look for a hand whose landmarks are known.

    Parameters
    ----------
    points : ndarray of shape (n, 21, 2 or more)
        Pixels of the image.
    """
    xy = points[..., :2]
    knuckles = xy[:, [L.INDEX_FINGER_MCP, L.RING_FINGER_MCP]].mean(1)
    angle = _angle((knuckles + xy[:, L.MIDDLE_FINGER_MCP]) / 2 - xy[:, L.WRIST])
    upright = Regions(np.zeros((len(xy), 2)), np.ones(len(xy)), angle).axes()
    turned = xy[:, _KNUCKLES] @ upright
    least, most = turned.min(1), turned.max(1)
    size = most - least
    centre = ((least + most)[:, None] / 2 @ upright.transpose(0, 2, 1))[:, 0]
    centre = centre + _towards_fingers(angle, HAND_SHIFT * size[:, 1])
    return Regions(centre, HAND_SCALE * size.max(1), angle)


def for_crops(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """An RGB image as it is cropped fastest: RGBA, unless the copy takes longer than it saves."""
    if image.shape[0] * image.shape[1] > MANY_PIXELS:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2RGBA), np.uint8)


def crop(
    image: NDArray[np.uint8], region: Regions, size: int, border: int = cv2.BORDER_REPLICATE
) -> NDArray[np.uint8]:
    """Cut one region out of an image.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3 or 4)
        RGB, or RGBA: OpenCV turns four channels in half the time that it takes for three. See
        `for_crops`.
    region : Regions
        One.
    size : int
        Side of the result in pixels.
    border : int
        OpenCV's name for what lies outside the image.

    Returns
    -------
    ndarray of uint8, shape (size, size, 3)
    """
    scale = region.side[0] / size
    matrix = np.empty((2, 3))
    matrix[:, :2] = region.axes()[0] * scale
    matrix[:, 2] = region.centre[0] - matrix[:, :2].sum(1) * (size / 2)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    square = cv2.warpAffine(image, matrix, (size, size), flags=flags, borderMode=border)
    if square.shape[2] == 4:
        square = cv2.cvtColor(square, cv2.COLOR_RGBA2RGB)
    return np.asarray(square, np.uint8)


def _angle(direction: Floats) -> Floats:
    angle = TARGET_ANGLE - np.arctan2(-direction[:, 1], direction[:, 0])
    return angle - 2 * np.pi * np.floor((angle + np.pi) / (2 * np.pi))


def _towards_fingers(angle: Floats, distance: Floats) -> Floats:
    return np.stack([np.sin(angle), -np.cos(angle)], -1) * distance[:, None]
