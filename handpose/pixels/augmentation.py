"""How training pictures vary. Only the numbers; `augment_pixels` applies them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PixelAugmentation:
    """Random crop, turn and light, drawn anew for each picture and epoch.

    Parameters
    ----------
    area : tuple of float, default=(0.6, 1.1)
        Share of the picture's area that is cut out and resized; above 1 shows what is around it,
        by repeating the edge.
    aspect : float, default=1.15
        The cut is up to this much wider or higher than square.
    rotation : float, default=20
        Degrees, to either side.
    flip : float, default=0
        Probability of a mirror image. It turns a left hand into a right one, which is only right
        where no gesture depends on that.
    brightness, contrast, saturation : float, default=0.3
        Each is multiplied by a factor from 1 - value to 1 + value.
    tint : float, default=0.1
        The same for each of red, green and blue by itself.
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
