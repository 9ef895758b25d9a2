"""Plates: lines of text on rounded, translucent ground, made once and pasted often."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from handpose.drawing.skeletons import INK, Colour

WHITE: Colour = (255, 255, 255)
_SUPERSAMPLING = 4
_SMALL = 18
"""Pixels."""


@dataclass(frozen=True, eq=False)
class Plate:
    """A small picture with transparency.

    Attributes
    ----------
    light : ndarray of uint8, shape (height, width, 3)
        Colour, dimmed by opacity.
    through : ndarray of uint8, shape (height, width, 3)
        How much of the ground shines through.
    """

    light: NDArray[np.uint8]
    through: NDArray[np.uint8]

    @property
    def width(self) -> int:
        """Pixels."""
        return self.light.shape[1]

    @property
    def height(self) -> int:
        """Pixels."""
        return self.light.shape[0]

    def paste(self, picture: NDArray[np.uint8], x: float, y: float) -> None:
        """Put the plate on a picture, its top left corner at (x, y); what sticks out is cut off."""
        left, top = round(x), round(y)
        x0, y0 = max(left, 0), max(top, 0)
        x1 = min(left + self.width, picture.shape[1])
        y1 = min(top + self.height, picture.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        part = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
        ground = picture[y0:y1, x0:x1]
        shaded = cv2.multiply(ground, self.through[part], scale=1 / 255)
        cv2.add(shaded, self.light[part], dst=ground)


@lru_cache(maxsize=1024)
def text_plate(
    text: str, size: int, *, colour: Colour = WHITE, ground: Colour = INK, opacity: float = 1.0
) -> Plate:
    """A line of text on a rounded plate.

    Parameters
    ----------
    text : str
    size : int
        Of the letters, pixels.
    colour, ground : (int, int, int)
        RGB.
    opacity : float, default=1.0
        Of the ground; 0 is none.
    """
    font = ImageFont.load_default(size)
    if size < _SMALL:
        text = text.replace(" ", "  ")  # this font's own spaces are too narrow to be seen
    left, _, right, _ = font.getbbox(text)
    pad = round(size * 0.36) if opacity else 0
    width, height = max(round(right - left), 1) + 2 * pad, round(size * 1.25) + pad
    image = _panel(width, height, radius=pad, colour=ground, opacity=opacity)
    letters = Image.new("RGBA", image.size, (*colour, 0))
    ImageDraw.Draw(letters).text((pad - left, pad / 2), text, font=font, fill=(*colour, 255))
    return _plate(Image.alpha_composite(image, letters))


@lru_cache(maxsize=64)
def ground_plate(width: int, height: int, radius: int, opacity: float = 0.75) -> Plate:
    """An empty plate."""
    return _plate(_panel(width, height, radius, INK, opacity))


def _panel(width: int, height: int, radius: int, colour: Colour, opacity: float) -> Image.Image:
    """A rounded rectangle, RGBA."""
    large = Image.new("L", (width * _SUPERSAMPLING, height * _SUPERSAMPLING))
    box = (0, 0, large.width - 1, large.height - 1)
    ImageDraw.Draw(large).rounded_rectangle(
        box, radius=radius * _SUPERSAMPLING, fill=round(255 * opacity)
    )
    image = Image.new("RGBA", (width, height), colour)
    image.putalpha(large.resize((width, height), Image.Resampling.BOX))
    return image


def _plate(image: Image.Image) -> Plate:
    rgba = np.asarray(image, np.uint8)
    opacity = rgba[..., 3:] / 255
    light = (rgba[..., :3] * opacity).round().astype(np.uint8)
    through = np.broadcast_to(255 - rgba[..., 3:], light.shape)
    return Plate(light, np.ascontiguousarray(through))
