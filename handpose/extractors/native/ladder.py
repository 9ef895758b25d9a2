"""The recall ladder: which squares of an image to search for palms, one after the other.

The palm network sees 192 x 192 pixels, or in half of the time 128 x 128, which is enough for nearly
every hand, and in which fewer ears and mouths look like palms. A hand that fills the picture, one
that is far away and one that hangs down are each found better in another square than in the whole
picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from handpose.networks.views import COARSE, FINE, View, square

TILE = 0.5
"""Side of a tile, as a fraction of the image's longer side."""
MIN_TILE = 256
"""Pixels; in a smaller tile the palm network sees nothing that it did not see before."""


def narrow_margin(width: int, height: int) -> Iterator[View]:
    """The whole image, its edge pixels repeated outwards by an eighth of its longer side.

    Better than the bare image, which is what MediaPipe searches, even for small hands.
    """
    yield square(width / 2, height / 2, 1.25 * max(width, height))


def wide_margins(width: int, height: int) -> Iterator[View]:
    """The same with half of the longer side, then all of it: for a hand that fills the image."""
    for scale in (2, 3):
        yield square(width / 2, height / 2, scale * max(width, height))


def turns(width: int, height: int) -> Iterator[View]:
    """The image leaning to either side. (Upside down, no more hands are found.)"""
    for degrees in (45, -45):
        yield square(width / 2, height / 2, 1.7 * max(width, height), degrees)


def tiles(width: int, height: int) -> Iterator[View]:
    """Overlapping parts of a large image, for a hand that is far away."""
    side = TILE * max(width, height)
    if side >= MIN_TILE:
        for y in _tile_centres(height, side):
            for x in _tile_centres(width, side):
                yield square(x, y, side)


def _tile_centres(length: int, side: float) -> list[float]:
    if length <= side:
        return [length / 2]
    count = int(np.ceil((length - side) / (0.75 * side))) + 1
    return [float(x) for x in np.linspace(side / 2, length - side / 2, count)]


Rung = Callable[[int, int], Iterator[View]]


def coarsely(rung: Rung) -> Rung:
    """The views of a rung, seen coarsely."""

    def seen(width: int, height: int) -> Iterator[View]:
        return (replace(view, side=COARSE) for view in rung(width, height))

    return seen


_FAST = (coarsely(narrow_margin),)
_BALANCED = (*_FAST, coarsely(wide_margins), narrow_margin)

EFFORTS: dict[str, tuple[Rung, ...]] = {
    "fast": _FAST,
    "balanced": _BALANCED,
    "thorough": (*_BALANCED, coarsely(turns), wide_margins, tiles),
}

FRAME: tuple[Rung, ...] = (narrow_margin, *_FAST, coarsely(wide_margins))
"""Rungs for frames of a video in which a hand is missing: one view is searched in each frame."""


def views(
    width: int, height: int, rungs: Iterable[Rung], sides: Sequence[int] = (FINE, COARSE)
) -> Iterator[View]:
    """The squares to search in an image, in order, until one holds a hand.

    Where the palm network takes only its own side, what would be seen coarsely is seen finely, and
    no square twice.

    Parameters
    ----------
    width, height : int
        Of the image.
    rungs : iterable of callable
        A value of `EFFORTS`, or `FRAME`.
    sides : sequence of int
        Of the images that the palm network takes, in pixels.
    """
    seen = set()
    for rung in rungs:
        for view in _squares(rung, width, height):
            possible = view if view.side in sides else replace(view, side=FINE)
            if possible.key not in seen:
                seen.add(possible.key)
                yield possible


@lru_cache(maxsize=256)
def _squares(rung: Rung, width: int, height: int) -> tuple[View, ...]:
    """The views of a rung, made once for all images of a size."""
    return tuple(rung(width, height))
