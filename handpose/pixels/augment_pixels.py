"""Random crop, rotation and light on a batch of pictures."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from handpose.pixels.augmentation import PixelAugmentation
from handpose.training.distortions import placements, resampled, symmetric, with_contrast

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


def augmented(pixels: Tensor, settings: PixelAugmentation) -> Tensor:
    """Distort each picture of a batch in its own way, with torch's random numbers.

    Parameters
    ----------
    pixels : Tensor of float, shape (n, 3, side, side)
        RGB, 0 to 255.
    settings : PixelAugmentation

    Returns
    -------
    Tensor of float, shape (n, 3, side, side), channels last
        RGB, 0 to 255.
    """
    count = len(pixels)
    low, high = settings.area
    side = (low + (high - low) * torch.rand(count)).sqrt()
    stretch = (symmetric(count) * math.log(settings.aspect) / 2).exp()
    width, height = side * stretch, side / stretch
    sign = torch.where(torch.rand(count) < settings.flip, -1.0, 1.0)
    angle = symmetric(count) * math.radians(settings.rotation)
    x = symmetric(count) * (1 - width).abs()
    y = symmetric(count) * (1 - height).abs()
    moved = resampled(pixels, placements(angle, width, height, sign, x, y))
    return _relit(moved, settings).contiguous(memory_format=torch.channels_last)


def _relit(pixels: Tensor, settings: PixelAugmentation) -> Tensor:
    count = len(pixels)
    gain = 1 + settings.tint * symmetric(count, 3)
    gain = gain * (1 + settings.brightness * symmetric(count, 1))
    pixels = pixels * gain[:, :, None, None]
    grey = (pixels * pixels.new_tensor(_LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
    saturation = 1 + settings.saturation * symmetric(count, 1, 1, 1)
    pixels = grey + saturation * (pixels - grey)
    return with_contrast(pixels, grey.mean((2, 3), keepdim=True), settings.contrast).clamp(0, 255)
