"""Parameters of the random distortions of training pictures; `augment_pixels` applies them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PixelAugmentation:
    """Random crop, rotation and light of each picture in each epoch.

    Parameters
    ----------
    area : tuple of float, default=(0.6, 1.1)
        Range of the share of the picture's area that is cut out and resized; above 1, the border is
        repeated.
    aspect : float, default=1.15
        Largest ratio of the sides of the crop.
    rotation : float, default=20
        Largest rotation in degrees, in either direction.
    flip : float, default=0
        Probability of a mirror image, which turns a left hand into a right one: use it only if no
        gesture depends on that.
    brightness, contrast, saturation : float, default=0.3
        Multiplied by a random factor from 1 - value to 1 + value.
    tint : float, default=0.1
        The same for red, green and blue independently.
    """

    area: tuple[float, float] = (0.6, 1.1)
    aspect: float = 1.15
    rotation: float = 20.0
    flip: float = 0.0
    brightness: float = 0.3
    contrast: float = 0.3
    saturation: float = 0.3
    tint: float = 0.1


DEFAULT_AUGMENTATION = PixelAugmentation()
