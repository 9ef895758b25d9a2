"""Pictures of hands made harder, whose key points stay known.

A hand is partly covered, cut off by the picture's edge, blurred, darkened, made grainy or small.
Where its points are was known before: of a rendered hand exactly, of a photo by what many crops of
the whole photo agree on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
Spoiler = Callable[[Image, Points, np.random.Generator, Sequence[Image]], tuple[Image, Points]]

LEAST = 24
"""Pixels of each side that a picture keeps."""


def side_of(points: Points) -> float:
    """Longer side of the box around a hand's points."""
    return float(np.ptp(points[:, :2], axis=0).max())


def covered(
    image: Image, points: Points, rng: np.random.Generator, others: Sequence[Image]
) -> tuple[Image, Points]:
    """Put something over a part of the hand: a piece of another picture, or a plain shape."""
    picture, side = image.copy(), side_of(points)
    centre = points[rng.integers(21)] + rng.normal(0, 0.1, 2) * side
    if rng.random() < 0.3:  # a bar
        axes = side * np.array([rng.uniform(0.8, 1.5), rng.uniform(0.05, 0.16)])
    else:
        axes = side * rng.uniform(0.1, 0.35, 2)
    mask = np.zeros(image.shape[:2], np.uint8)
    angle = float(rng.uniform(0, 180))
    if rng.random() < 0.5:
        size = np.maximum(axes.round().astype(int), 1)
        cv2.ellipse(mask, centre.astype(int).tolist(), size.tolist(), angle, 0, 360, 255, -1)
    else:
        corners = cv2.boxPoints((centre.tolist(), (2 * axes).tolist(), angle))
        cv2.fillPoly(mask, [corners.astype(np.int32)], 255)
    picture[mask > 0] = _stuff(image, rng, others)[mask > 0]
    return picture, points


def _stuff(image: Image, rng: np.random.Generator, others: Sequence[Image]) -> Image:
    """What covers a hand: one colour, its own skin's perhaps, or a piece of another picture."""
    height, width = image.shape[:2]
    kind = rng.random()
    if kind < 0.5:
        other = others[rng.integers(len(others))]
        least = min(other.shape[:2])
        size = int(rng.uniform(0.3, 1) * least)
        y, x = (int(rng.integers(n - size + 1)) for n in other.shape[:2])
        piece = cv2.resize(other[y : y + size, x : x + size], (width, height))
        return np.asarray(piece, np.uint8)
    if kind < 0.75:
        colour = image[rng.integers(height), rng.integers(width)].astype(float)
    else:
        colour = rng.uniform(0, 255, 3)
    shade = np.linspace(-1, 1, width)[None, :, None] * rng.uniform(-30, 30)
    plain = colour + shade + rng.normal(0, rng.uniform(0, 12), (height, width, 3))
    return plain.clip(0, 255).astype(np.uint8)


def cut(
    image: Image, points: Points, rng: np.random.Generator, others: Sequence[Image]
) -> tuple[Image, Points]:
    """Let the picture's edge cut a part of the hand off."""
    low, high, length = points.min(0), points.max(0), image.shape[1::-1]
    axis, share = int(rng.integers(2)), rng.uniform(0.05, 0.45)
    keep = [slice(None), slice(None)]
    shifted = points.copy()
    if rng.random() < 0.5:
        first = int(np.clip(low[axis] + share * (high - low)[axis], 0, length[axis] - LEAST))
        keep[1 - axis] = slice(first, None)
        shifted[:, axis] -= first
    else:
        keep[1 - axis] = slice(0, max(int(high[axis] - share * (high - low)[axis]), LEAST))
    return np.ascontiguousarray(image[tuple(keep)]), shifted


def blurred(
    image: Image, points: Points, rng: np.random.Generator, others: Sequence[Image]
) -> tuple[Image, Points]:
    """Blur all of it, evenly or as a moving hand is blurred."""
    side = side_of(points)
    if rng.random() < 0.5:
        sigma = side * rng.uniform(0.01, 0.08)
        return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8), points
    length = max(int(side * rng.uniform(0.08, 0.4)), 2)
    kernel = np.zeros((length, length), np.float32)
    turn = rng.uniform(0, np.pi)
    along = np.array([np.cos(turn), np.sin(turn)]) * length / 2
    middle = np.array([length / 2, length / 2])
    ends = [tuple((middle + sign * along).astype(int).tolist()) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(image, -1, kernel / max(kernel.sum(), 1)), np.uint8), points


def dark(
    image: Image, points: Points, rng: np.random.Generator, others: Sequence[Image]
) -> tuple[Image, Points]:
    """Darken it and give it grain."""
    light = np.exp(rng.uniform(np.log(0.08), 0))
    noisy = image * light + rng.normal(0, rng.uniform(2, 30) * np.sqrt(light), image.shape)
    return noisy.clip(0, 255).astype(np.uint8), points


def small(
    image: Image, points: Points, rng: np.random.Generator, others: Sequence[Image]
) -> tuple[Image, Points]:
    """Show the hand with few pixels, saved as JPEG."""
    zoom = rng.uniform(16, 60) / side_of(points)
    if zoom >= 1:
        return image, points
    size = tuple(max(round(n * zoom), LEAST) for n in image.shape[1::-1])
    picture = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))]
    picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)
    return np.asarray(picture, np.uint8), points * np.divide(size, image.shape[1::-1])


SPOILERS: dict[str, Spoiler] = {
    "covered": covered,
    "cut": cut,
    "blurred": blurred,
    "dark": dark,
    "small": small,
}


@dataclass(frozen=True)
class Example:
    """A picture and where its hand's points are, NaN where that is not known.

    Attributes
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    points : ndarray of shape (21, 2)
    kind : str
        ``"as it is"`` or the names of what was done to it.
    """

    image: Image
    points: Points
    kind: str


def spoilt(
    image: Image, points: Points, rng: np.random.Generator, others: Sequence[Image]
) -> Example:
    """A picture made harder in one way, at times in two."""
    names = rng.permutation(list(SPOILERS))[: 2 if rng.random() < 0.25 else 1].tolist()
    if "covered" not in names and rng.random() < 0.3:
        names = ["covered"]
    for name in names:
        image, points = SPOILERS[name](image, points, rng, others)
    return Example(image, points, " and ".join(sorted(names)))
