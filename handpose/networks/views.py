"""Views: squares of an image that a single-shot network searches."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from handpose.networks.regions import Regions

FINE, COARSE = 192, 128
"""Sides in pixels at which a view is searched."""


@dataclass(frozen=True)
class View:
    """A square to search.

    Attributes
    ----------
    region : Regions
        One region.
    border : int
        OpenCV's border mode outside the image.
    side : int
        Pixels at which the palm network sees it.
    """

    region: Regions
    border: int = cv2.BORDER_REPLICATE
    side: int = FINE

    @property
    def key(self) -> tuple[float, ...]:
        """Equal for equal views."""
        (x, y), region = self.region.centre[0], self.region
        return float(x), float(y), float(region.side[0]), float(region.angle[0]), self.side


def square(x: float, y: float, side: float, degrees: float = 0) -> View:
    """A square by its centre and side in pixels and its rotation in degrees."""
    return View(Regions(np.array([[x, y]]), np.array([side]), np.array([np.deg2rad(degrees)])))


def whole(width: int, height: int) -> View:
    """The whole image, padded to a square with black as in MediaPipe."""
    return View(square(width / 2, height / 2, max(width, height)).region, cv2.BORDER_CONSTANT)
