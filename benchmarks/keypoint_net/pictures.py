"""A grid of pictures with the points that a network placed on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from handpose.containers.skeletons import Skeleton

SIDE = 192
TRUE, FOUND = (60, 200, 90), (235, 70, 60)
GROUND = 40


def draw_grid(
    images: np.ndarray,
    true: np.ndarray,
    found: np.ndarray,
    skeleton: Skeleton,
    path: Path,
    rows: int = 3,
    columns: int = 8,
) -> None:
    """Draw the first pictures: the true skeleton green, the found one red.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, side, side)
    true, found : ndarray of shape (n, k, 2)
        Pixels of the images.
    skeleton : Skeleton
    path : Path
    """
    enlarged = SIDE / images.shape[1]
    grid = Image.new("RGB", (columns * SIDE, rows * SIDE))
    for i, image in enumerate(images[: rows * columns]):
        tile = Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGB")
        draw = ImageDraw.Draw(tile)
        for points, colour in ((true[i], TRUE), (found[i], FOUND)):
            for first, second in skeleton.edges:
                ends = points[[first, second]] * enlarged
                draw.line([*ends[0], *ends[1]], fill=colour, width=2)
        grid.paste(tile, (i % columns * SIDE, i // columns * SIDE))
    path.parent.mkdir(parents=True, exist_ok=True)
    grid.quantize(96).save(path, optimize=True)


def without_pixels(images: np.ndarray) -> np.ndarray:
    """A plain ground of the same shape, for pictures that may not be shown."""
    return np.full_like(images, GROUND)
