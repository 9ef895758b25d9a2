"""Checks of pictures and points, and their conversion for a network."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from handpose.containers.skeletons import Skeleton
from handpose.errors import ImageError, LandmarksError

BEYOND = 1.0
"""Largest distance of a point outside its picture, in sides of the picture."""


def check_images(images: ArrayLike) -> NDArray[np.uint8]:
    """Pictures as an array.

    Raises
    ------
    ImageError
        If they are not an array (n, height, width) or (n, height, width, 3) of uint8.
    """
    try:
        found = np.asarray(images)
    except ValueError:
        raise ImageError("images have different sizes; resize or crop them to one") from None
    colours = found.ndim == 4 and found.shape[3] == 3
    if not (found.ndim == 3 or colours) or found.dtype != np.uint8 or 0 in found.shape[1:]:
        raise ImageError(
            "images must be uint8 of shape (n, height, width) or (n, height, width, 3), "
            f"but got {found.dtype} of shape {found.shape}"
        )
    return found


def check_points(
    points: ArrayLike, images: NDArray[np.uint8], skeleton: Skeleton
) -> NDArray[np.float32]:
    """Points relative to their pictures, whose corners are at 0 and 1; shape (n, k, 2).

    Parameters
    ----------
    points : array_like of shape (n, k, 2)
        Pixels of the pictures.
    images : ndarray of shape (n, height, width, ...)
    skeleton : Skeleton
        Of k points.

    Raises
    ------
    LandmarksError
        If they are not numeric, have another shape, contain NaN or infinity, lie more than a whole
        picture outside, or are already relative.
    """
    try:
        found = np.asarray(points, np.float64)
    except (TypeError, ValueError):
        raise LandmarksError("points must be numeric, shape (n, k, 2)") from None
    expected = len(images), len(skeleton), 2
    if found.shape != expected:
        raise LandmarksError(
            f"points must have shape {expected}: {len(images)} images, the {len(skeleton)} points "
            f"of skeleton {skeleton.name!r}, x and y; but got {found.shape}"
        )
    bad = int((~np.isfinite(found)).any((1, 2)).sum())
    if bad:
        raise LandmarksError(
            f"points of {bad} of {len(found)} images contain NaN or infinity; remove these images"
        )
    height, width = images.shape[1:3]
    relative = found / (width, height)
    far = int((np.abs(relative - 0.5) > 0.5 + BEYOND).any((1, 2)).sum())
    if far:
        raise LandmarksError(
            f"points of {far} of {len(found)} images lie more than a whole image outside of "
            f"{width} x {height}; use pixels of the images"
        )
    if len(found) and min(height, width) > 2 and np.abs(found).max() <= 1:
        raise LandmarksError(
            f"all points are between 0 and 1; use pixels of the images (times {width} and {height})"
        )
    return relative.astype(np.float32)


def as_network_takes(images: NDArray[np.uint8], size: int, channels: int) -> NDArray[np.uint8]:
    """Pictures stretched to squares (n, channels, size, size), converted to grey or RGB."""
    squares = np.empty((len(images), channels, size, size), np.uint8)
    for square, image in zip(squares, images, strict=True):
        square[:] = _with_channels(_resized(image, size), channels)
    return squares


def _resized(image: NDArray[np.uint8], size: int) -> NDArray[Any]:
    height, width = image.shape[:2]
    if (height, width) == (size, size):
        return image
    shrinks = height * width > size * size
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size, size), interpolation=way))


def _with_channels(image: NDArray[Any], channels: int) -> NDArray[Any]:
    if image.ndim == 2:
        return np.broadcast_to(image, (channels, *image.shape))
    if channels == 3:
        return image.transpose(2, 0, 1)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))[None]
