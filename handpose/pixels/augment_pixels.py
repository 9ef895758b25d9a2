"""Random crop, turn and light on a batch of tensors, in one resampling."""

from __future__ import annotations

import math

from handpose.pixels.augmentation import PixelAugmentation
from handpose.pixels.torch_backend import Tensor, functional, torch

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


def augmented(pixels: Tensor, settings: PixelAugmentation) -> Tensor:
    """Vary each picture of a batch in its own way, with torch's random numbers.

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
    grid = functional.affine_grid(_placements(len(pixels), settings), list(pixels.shape), False)
    moved = functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
    return _relit(moved, settings).contiguous(memory_format=torch.channels_last)


def _placements(count: int, settings: PixelAugmentation) -> Tensor:
    """From a place in the new picture to one in the old, both -1 to 1; shape (count, 2, 3)."""
    side = _uniform(count, *settings.area).sqrt()
    stretch = (_symmetric(count) * math.log(settings.aspect) / 2).exp()
    width, height = side * stretch, side / stretch
    mirror = torch.where(torch.rand(count) < settings.flip, -1.0, 1.0)
    angle = _symmetric(count) * math.radians(settings.rotation)
    cos, sin = angle.cos(), angle.sin()
    x = _symmetric(count) * (1 - width).abs()
    y = _symmetric(count) * (1 - height).abs()
    rows = (cos * width * mirror, -sin * height, x), (sin * width * mirror, cos * height, y)
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


def _relit(pixels: Tensor, settings: PixelAugmentation) -> Tensor:
    count = len(pixels)
    gain = 1 + settings.tint * _symmetric(count, 3)
    gain = gain * (1 + settings.brightness * _symmetric(count, 1))
    pixels = pixels * gain[:, :, None, None]
    grey = (pixels * pixels.new_tensor(_LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True)
    saturation = 1 + settings.saturation * _symmetric(count, 1, 1, 1)
    contrast = 1 + settings.contrast * _symmetric(count, 1, 1, 1)
    pixels = grey + saturation * (pixels - grey)
    middle = grey.mean((2, 3), keepdim=True)
    return (middle + contrast * (pixels - middle)).clamp(0, 255)


def _uniform(count: int, low: float, high: float) -> Tensor:
    return low + (high - low) * torch.rand(count)


def _symmetric(*shape: int) -> Tensor:
    """From -1 to 1."""
    return 2 * torch.rand(*shape) - 1
