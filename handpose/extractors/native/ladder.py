"""The recall ladder: which squares of an image to search for palms, one after the other.

The palm network sees 192 x 192 pixels, or in half of the time 128 x 128, which is enough for nearly
every hand, and in which fewer ears and mouths look like palms. A hand that fills the picture, one
that is far away and one that hangs down are each found better in another square than in the whole
picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from handpose.networks.views import COARSE, FINE, View, square, whole

MIN_TILE = 256
"""Pixels; in a smaller tile the palm network sees nothing that it did not see before."""

LONG = 2.0
"""Length over width of a picture of which the palm network sees too little at once."""
MOST_IN_ROW = 20
"""Squares in a row at most: in a longer picture there are gaps between them."""


STRIP = 1.25
"""Side of a square along a long picture, in widths of the picture."""
STEP = 0.75
"""Most pixels from one square of a row to the next, in sides."""

Rung = Callable[[int, int], Iterator[View]]
"""Width and height of a picture to the squares that are searched in it."""


@dataclass(frozen=True)
class Centred:
    """The whole image, its edge pixels repeated outwards.

    Attributes
    ----------
    scales : tuple of float
        Sides of the squares, in longer sides of the image.
    degrees : tuple of float
        How each of them is turned.
    side : int
        Pixels at which the palm network sees them.
    """

    scales: tuple[float, ...]
    degrees: tuple[float, ...] = (0,)
    side: int = FINE

    def __call__(self, width: int, height: int) -> Iterator[View]:
        for scale in self.scales:
            for degrees in self.degrees:
                view = square(width / 2, height / 2, scale * max(width, height), degrees)
                yield replace(view, side=self.side)


@dataclass(frozen=True)
class Strips:
    """Overlapping squares along a picture that is `LONG` times as long as it is wide, or longer."""

    side: int = FINE

    def __call__(self, width: int, height: int) -> Iterator[View]:
        short, long = sorted((width, height))
        if long >= LONG * short:
            for view in _squares_over(width, height, STRIP * short):
                yield replace(view, side=self.side)


@dataclass(frozen=True)
class Tiles:
    """Overlapping parts of a large image, for hands that are far away.

    Attributes
    ----------
    parts : int
        How many times smaller than the longer side they are.
    side : int
    """

    parts: int
    side: int = FINE

    def __call__(self, width: int, height: int) -> Iterator[View]:
        tile = max(width, height) / self.parts
        if tile >= MIN_TILE:
            for view in _squares_over(width, height, tile):
                yield replace(view, side=self.side)


def _squares_over(width: int, height: int, side: float) -> Iterator[View]:
    for y in _tile_centres(height, side):
        for x in _tile_centres(width, side):
            yield square(x, y, side)


def _tile_centres(length: int, side: float) -> list[float]:
    if length <= side:
        return [length / 2]
    count = min(int(np.ceil((length - side) / (STEP * side))) + 1, MOST_IN_ROW)
    return [float(x) for x in np.linspace(side / 2, length - side / 2, count)]


narrow_margin = Centred((1.25,))
"""An eighth of the longer side around the image: better than the bare image, which is what
MediaPipe searches, even for small hands."""
wide_margins = Centred((2, 3))
"""Half of the longer side, then all of it: for a hand that fills the image."""
turns = Centred((1.7,), (45, -45))
"""The image leaning to either side. (Upside down, no more hands are found.)"""
bare = Centred((1,))
"""Without margins, which shows hands as large as can be."""
strips = Strips()
tiles = Tiles(2)
small_tiles = Tiles(3)
"""For many hands."""


def coarsely(rung: Centred | Strips | Tiles) -> Rung:
    """The views of a rung, seen coarsely."""
    return replace(rung, side=COARSE)


def in_black(width: int, height: int) -> Iterator[View]:
    """The whole image with black bars, as the person network was trained."""
    yield whole(width, height)


@dataclass(frozen=True)
class Effort:
    """Which squares are searched, in order.

    Attributes
    ----------
    first : tuple of Rung
        Of a photo, until a hand is sure.
    more : tuple of Rung
        Of a photo in which a hand was found, until as many as are wanted are sure. (The wide
        margins are for a hand that fills the picture. Coarse tiles take a sixth less time, and find
        86 second hands in 218 photos of drone_hand where fine ones find 83.)
    frame : tuple of Rung
        Of a video while a hand is missing: one view in each frame, in turn.
    people : tuple of Rung, optional
        Where people are searched in a photo, whose arms show where hands are.
    before_people : int
        How many rungs of `first` come before that; the others follow if no hand is at an arm.
    recolored : tuple of Rung
        Of a photo in which no hand is sure, in the colours of skin: for gloves.
    is_tireless : bool
        Whether `more` is searched even where the first view showed no palm but those of sure hands.
    """

    first: tuple[Rung, ...]
    more: tuple[Rung, ...]
    frame: tuple[Rung, ...]
    people: tuple[Rung, ...] = ()
    before_people: int = 0
    recolored: tuple[Rung, ...] = ()
    is_tireless: bool = False


_FAST = (coarsely(narrow_margin),)
_LARGE = (*_FAST, coarsely(strips), coarsely(wide_margins), narrow_margin)
_BALANCED = (*_LARGE, coarsely(tiles))
PEOPLE = (in_black,)
_FRAME = (narrow_margin, *_FAST, coarsely(strips), coarsely(wide_margins))

EFFORTS: dict[str, Effort] = {
    "fast": Effort(_FAST, (), _FRAME),
    "balanced": Effort(
        _BALANCED,
        (bare, coarsely(tiles)),
        _FRAME,
        PEOPLE,
        before_people=len(_LARGE),
        recolored=(*_FAST, narrow_margin),
    ),
    "thorough": Effort(
        (*_BALANCED, coarsely(turns), wide_margins, bare, tiles, small_tiles),
        (bare, narrow_margin, tiles, small_tiles, turns, wide_margins, coarsely(tiles)),
        (*_FRAME, tiles, small_tiles),
        (*PEOPLE, tiles),
        before_people=len(_LARGE),
        recolored=(*_FAST, narrow_margin, coarsely(wide_margins)),
        is_tireless=True,
    ),
}


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
        Of an `Effort`.
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
