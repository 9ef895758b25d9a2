"""The recall ladder: which squares of an image to search for palms, one after the other.

The palm network sees 192 x 192 pixels. A hand that fills the picture, one that is far away and
one that hangs down are each found better in another square than in the whole picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from handpose.extractors.native.regions import Regions


@dataclass(frozen=True)
class View:
    """A square to search, and what to show outside the image (OpenCV's name for it)."""

    region: Regions
    border: int = cv2.BORDER_REPLICATE


def _view(x: float, y: float, side: float, degrees: float = 0) -> View:
    return View(Regions(np.array([[x, y]]), np.array([side]), np.array([np.deg2rad(degrees)])))


def letterbox(width: int, height: int) -> Iterator[View]:
    """The whole image on black: what MediaPipe searches."""
    region = _view(width / 2, height / 2, max(width, height)).region
    yield View(region, cv2.BORDER_CONSTANT)


def margin(width: int, height: int) -> Iterator[View]:
    """The whole image, its edge pixels repeated outwards by an eighth of its longer side."""
    yield _view(width / 2, height / 2, 1.25 * max(width, height))


def wide_margin(width: int, height: int) -> Iterator[View]:
    """The same with half of the longer side, for a hand that fills the image."""
    yield _view(width / 2, height / 2, 2 * max(width, height))


def turned(width: int, height: int) -> Iterator[View]:
    """The image on its sides and on its head, for a hand that hangs down."""
    for degrees in (270, 90, 180):
        yield _view(width / 2, height / 2, 1.5 * max(width, height), degrees)


def tiles(width: int, height: int) -> Iterator[View]:
    """Overlapping parts of the image, for a hand that is far away."""
    side = TILE * max(width, height)
    for y in _starts(height, side):
        for x in _starts(width, side):
            yield _view(x, y, side)


def _starts(length: int, side: float) -> list[float]:
    """Centres of tiles that cover a length."""
    count = 1 if length <= side else int(np.ceil((length - side) / (0.7 * side))) + 1
    if count == 1:
        return [length / 2]
    return [float(x) for x in np.linspace(side / 2, length - side / 2, count)]


TILE = 0.6
"""Side of a tile, as a fraction of the longer side."""

Rung = Callable[[int, int], Iterator[View]]

EFFORTS: dict[str, tuple[Rung, ...]] = {
    "fast": (margin,),
    "balanced": (margin, wide_margin, letterbox),
    "thorough": (margin, wide_margin, letterbox, turned, tiles),
}
VIDEO_RUNGS: tuple[Rung, ...] = (margin, wide_margin)


def views(width: int, height: int, rungs: Iterable[Rung]) -> Iterator[View]:
    """The squares to search in an image, in order, until one holds a hand.

    Parameters
    ----------
    width, height : int
        Of the image.
    rungs : iterable of callable
        One of `EFFORTS`, or `VIDEO_RUNGS`.
    """
    for rung in rungs:
        yield from rung(width, height)
