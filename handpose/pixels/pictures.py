"""Pictures of any size to squares, with one original in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handpose.errors import ImageError
from handpose.images import as_rgb, read_image

Pictures: TypeAlias = Sequence[str | Path | NDArray[np.uint8]] | NDArray[Any]
"""Paths, RGB arrays of any size, or one array of shape (n, height, width, 3)."""

FILL = 127
"""Grey level of the padding of a picture that is not square, close to 0 for the networks."""


def squares(pictures: Pictures, side: int) -> NDArray[np.uint8]:
    """Read and resize pictures.

    Parameters
    ----------
    pictures : sequence of path or ndarray of uint8, or ndarray of shape (n, height, width, 3)
    side : int
        Pixels.

    Returns
    -------
    ndarray of uint8, shape (n, side, side, 3)
        3 * side**2 bytes for each picture: 77 kB at 160, 151 kB at 224. The originals are not kept.

    Raises
    ------
    ImageError
        If a file cannot be read, or an array is not an RGB image.
    """
    check_pictures(pictures)
    out = np.empty((len(pictures), side, side, 3), np.uint8)
    for row, picture in zip(out, pictures, strict=True):
        row[:] = square(picture, side)
    return out


def batches_of_squares(
    pictures: Pictures, side: int, batch_size: int
) -> Iterator[NDArray[np.uint8]]:
    """Like `squares`, a batch at a time."""
    check_pictures(pictures)
    for start in range(0, len(pictures), batch_size):
        yield squares(pictures[start : start + batch_size], side)


def square(picture: str | Path | NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Fit a picture into a square with grey padding, uncropped and undistorted."""
    rgb = read_image(picture) if isinstance(picture, str | Path) else as_rgb(picture)
    height, width = rgb.shape[:2]
    scale = side / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fitted = rgb
    if size != (width, height):
        fitted = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC))
    out = np.full((side, side, 3), FILL, np.uint8)
    top, left = (side - size[1]) // 2, (side - size[0]) // 2
    out[top : top + size[1], left : left + size[0]] = fitted
    return out


def check_pictures(pictures: Pictures) -> None:
    """Refuse anything but a list of pictures, before any is read."""
    if isinstance(pictures, str | Path) or not hasattr(pictures, "__len__"):
        got = repr(str(pictures)) if isinstance(pictures, str | Path) else type(pictures).__name__
        raise ImageError(f"pictures must be a list of paths or of RGB arrays, but got {got}")
    if isinstance(pictures, np.ndarray) and pictures.ndim not in (1, 4):
        raise ImageError(
            f"an array of pictures must have shape (n, height, width, 3), but got {pictures.shape}"
        )
    if len(pictures) == 0:
        raise ImageError("no pictures: the list is empty")
