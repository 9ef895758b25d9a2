"""Images of other numbers than bytes: whole numbers of up to 32 bits, and floats."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.errors import ImageError

DEPTHS = (8, 10, 12, 14, 16, 24, 32)
"""Bits that an image of whole numbers may use, whatever its type could hold: a camera of 12 bits
writes values up to 4,095 into 16-bit files."""
HOT = 1e-4
"""Share of the values that may be brighter than white: hot pixels of a sensor, a few highlights."""
BRIGHT_FLOATS = 16.0
"""Floats of a range up to 255 are brighter than this, those of an HDR image are not."""
OVERSHOOT = 0.05
"""Values below 0 that are taken for black, in shares of white: what resampling leaves."""
STRIP_ROWS = 256
"""Rows that are converted at a time: all at once takes several times the memory of the result."""


def as_bytes(image: NDArray[Any]) -> NDArray[np.uint8]:
    """Scale the values of an image to 0...255; alpha, the fourth channel, by itself.

    Parameters
    ----------
    image : ndarray of bool, int or float, shape (height, width) or (height, width, channels)

    Returns
    -------
    ndarray of uint8, of the same shape

    Raises
    ------
    ImageError
        If its numbers are complex or none at all, or `white_of` knows no white.
    """
    if image.dtype.kind not in "buif":
        raise ImageError(
            f"an image must hold bytes, other whole numbers or floats, but got {image.dtype}"
        )
    scaled = np.empty(image.shape, np.uint8)
    parts: tuple[Any, ...] = (np.s_[...],)
    if image.ndim == 3 and image.shape[2] == 4:
        parts = (np.s_[..., :3], np.s_[..., 3:])
    for part in parts:
        white = white_of(image[part])
        for top in range(0, len(image), STRIP_ROWS):
            rows = np.s_[top : top + STRIP_ROWS]
            scaled[rows][part] = _scaled(image[rows][part], white)
    return scaled


def white_of(values: NDArray[Any]) -> float:
    """The value that is white in an image, from what it holds.

    Of whole numbers the largest of 8, 10, 12, 14, 16, 24 or 32 bits, the fewest that hold them all.
    Of floats 1 where none is larger; else the largest itself, in an HDR image; or, where that is
    above 16, as of whole numbers. One value in 10,000 may be larger than white.

    Parameters
    ----------
    values : ndarray of bool, int or float

    Raises
    ------
    ImageError
        If values are larger than 32 bits hold, not a number, or negative beyond what resampling
        leaves.
    """
    white = _white(values)
    if np.count_nonzero(values < -OVERSHOOT * white) > HOT * values.size:
        raise ImageError(
            f"the values of an image start at 0, but the least here is {np.nanmin(values):g}; "
            "scale them to 0...255 (uint8) or 0...1 (float)"
        )
    return white


def _white(values: NDArray[Any]) -> float:
    if values.dtype.kind == "b":
        return 1.0
    if values.dtype.kind == "f":
        if not np.isfinite(values).any():
            raise ImageError("an image holds no finite number; check how it was made")
        if not _exceeds(values, 1):
            return 1.0
        brightest = float(np.nanquantile(values, 1 - HOT))
        if brightest <= BRIGHT_FLOATS:
            return brightest
    for bits in DEPTHS:
        if not _exceeds(values, 2**bits - 1):
            return float(2**bits - 1)
    raise ImageError(
        f"the values of an image may have up to {DEPTHS[-1]} bits, but the largest here is "
        f"{float(np.nanmax(values)):g}; scale them to 0...255 (uint8) or 0...1 (float)"
    )


def _exceeds(values: NDArray[Any], limit: float) -> bool:
    """Whether more values than a few are above a limit."""
    return bool(np.count_nonzero(values > limit) > HOT * values.size)


def _scaled(values: NDArray[Any], white: float) -> NDArray[np.uint8]:
    """Bytes of values; not a number is black."""
    shares = np.nan_to_num(values.astype(np.float64) / white, nan=0, posinf=1, neginf=0)
    return (shares.clip(0, 1) * 255).round().astype(np.uint8)
