"""Parameters of the random distortions of training pictures and their points."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PointAugmentation:
    """Random rotation, zoom, shift, mirroring, light and noise of each picture in each epoch.

    Parameters
    ----------
    rotation : float, default=20
        Largest rotation in degrees, in either direction.
    scale : float, default=1.2
        Largest factor by which the content is enlarged or reduced. The border is repeated outside
        the picture.
    shift : float, default=0.08
        Largest shift as a share of the picture's side, in any direction.
    mirror : float, default=0.5
        Probability of a mirror image; the skeleton says how its points are swapped.
    brightness, contrast : float, default=0.3
        Multiplied by a random factor from 1 - value to 1 + value.
    noise : float, default=6
        Largest standard deviation of the noise, in grey levels.
    """

    rotation: float = 20.0
    scale: float = 1.2
    shift: float = 0.08
    mirror: float = 0.5
    brightness: float = 0.3
    contrast: float = 0.3
    noise: float = 6.0


DEFAULT_AUGMENTATION = PointAugmentation()
