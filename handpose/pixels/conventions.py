"""What weights assume beside the architecture: padding, epsilon, range of the pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handpose.pixels.family import VARIANTS

_IMAGENET_MEAN = (123.675, 116.28, 103.53)
_IMAGENET_DEVIATION = (58.395, 57.12, 57.375)
_TORCHVISION_LARGE = ("b5", "b6", "b7")


@dataclass(frozen=True)
class Conventions:
    """How a network was run when its weights were trained.

    Attributes
    ----------
    padding : {"same", "symmetric"}
        ``"same"`` is TensorFlow's: at stride 2 the odd pixel of padding goes right and below.
        ``"symmetric"`` pads (kernel - 1) / 2 on every side.
    norm_epsilon : float
        Of batch normalisation.
    mean, deviation : tuple of float
        Of red, green and blue, on the scale 0 to 255; pixels enter as (x - mean) / deviation.
    """

    padding: Literal["same", "symmetric"]
    norm_epsilon: float
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


LITE = Conventions("same", 1e-3, (127.0, 127.0, 127.0), (128.0, 128.0, 128.0))
"""The authors' lite variants."""

PUBLISHED = Conventions("same", 1e-3, _IMAGENET_MEAN, _IMAGENET_DEVIATION)
"""The authors' B0 to B7."""


def torchvision_conventions(variant: str) -> Conventions:
    """Give the conventions of torchvision's weights for b0 to b7."""
    epsilon = 1e-3 if variant in _TORCHVISION_LARGE else 1e-5
    return Conventions("symmetric", epsilon, _IMAGENET_MEAN, _IMAGENET_DEVIATION)


def published_conventions(variant: str) -> Conventions:
    """Give the conventions under which the authors trained a variant."""
    return LITE if VARIANTS[variant].lite else PUBLISHED


CONVENTIONS = {"published": published_conventions, "torchvision": torchvision_conventions}
"""Names in files of `EfficientNetClassifier`."""
