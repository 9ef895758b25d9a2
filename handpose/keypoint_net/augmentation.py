"""How training pictures vary, and their points with them. Only the numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PointAugmentation:
    """Turn, zoom, shift, mirror, light and noise, drawn anew for each picture and epoch.

    Parameters
    ----------
    rotation : float, default=20
        Degrees, to either side.
    scale : float, default=1.2
        What is in the picture becomes up to this many times larger or smaller. Beyond the border,
        the edge is repeated.
    shift : float, default=0.08
        Share of the picture's side, in any direction.
    mirror : float, default=0.5
        Probability of a mirror image, in which the skeleton's map says which point is which.
    brightness, contrast : float, default=0.3
        Each is multiplied by a factor from 1 - value to 1 + value.
    noise : float, default=6
        Grey levels: the largest standard deviation of a picture's noise.
    """

    rotation: float = 20.0
    scale: float = 1.2
    shift: float = 0.08
    mirror: float = 0.5
    brightness: float = 0.3
    contrast: float = 0.3
    noise: float = 6.0


DEFAULT_AUGMENTATION = PointAugmentation()
