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

TILE = 0.5
"""Side of a tile, as a fraction of the image's longer side."""
MIN_TILE = 256
"""Pixels; in a smaller tile the palm network sees nothing that it did not see before."""


@dataclass(frozen=True)
class View:
    """A square to search, and what to show outside the image (OpenCV's name for it)."""

    region: Regions
    border: int = cv2.BORDER_REPLICATE


def _view(x: float, y: float, side: float, degrees: float = 0) -> View:
    return View(Regions(np.array([[x, y]]), np.array([side]), np.array([np.deg2rad(degrees)])))


def whole(width: int, height: int) -> View:
    """The whole image, between black bars where it is no square: what MediaPipe searches."""
    return View(_view(width / 2, height / 2, max(width, height)).region, cv2.BORDER_CONSTANT)


def narrow_margin(width: int, height: int) -> Iterator[View]:
    """The whole image, its edge pixels repeated outwards by an eighth of its longer side.

    Better than the bare image, which is what MediaPipe searches, even for small hands.
    """
    yield _view(width / 2, height / 2, 1.25 * max(width, height))


def wide_margins(width: int, height: int) -> Iterator[View]:
    """The same with half of the longer side, then all of it: for a hand that fills the image."""
    for scale in (2, 3):
        yield _view(width / 2, height / 2, scale * max(width, height))


def turns(width: int, height: int) -> Iterator[View]:
    """The image leaning to either side. (Upside down, no more hands are found.)"""
    for degrees in (45, -45):
        yield _view(width / 2, height / 2, 1.7 * max(width, height), degrees)


def tiles(width: int, height: int) -> Iterator[View]:
    """Overlapping parts of a large image, for a hand that is far away."""
    side = TILE * max(width, height)
    if side >= MIN_TILE:
        for y in _tile_centres(height, side):
            for x in _tile_centres(width, side):
                yield _view(x, y, side)


def _tile_centres(length: int, side: float) -> list[float]:
    if length <= side:
        return [length / 2]
    count = int(np.ceil((length - side) / (0.75 * side))) + 1
    return [float(x) for x in np.linspace(side / 2, length - side / 2, count)]


Rung = Callable[[int, int], Iterator[View]]

EFFORTS: dict[str, tuple[Rung, ...]] = {
    "fast": (narrow_margin,),
    "balanced": (narrow_margin, wide_margins),
    "thorough": (narrow_margin, wide_margins, turns, tiles),
}


def views(width: int, height: int, rungs: Iterable[Rung]) -> Iterator[View]:
    """The squares to search in an image, in order, until one holds a hand.

    Parameters
    ----------
    width, height : int
        Of the image.
    rungs : iterable of callable
        A value of `EFFORTS`.
    """
    for rung in rungs:
        yield from rung(width, height)
