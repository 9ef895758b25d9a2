"""Random distortions of a batch of pictures, the geometry in one resampling."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def symmetric(*shape: int) -> Tensor:
    """Random numbers from -1 to 1."""
    return 2 * torch.rand(*shape) - 1


def placements(
    angle: Tensor, width: Tensor, height: Tensor, sign: Tensor, x: Tensor, y: Tensor
) -> Tensor:
    """Affine maps from the new picture to the old one, both -1 to 1; shape (n, 2, 3).

    Parameters
    ----------
    angle : Tensor of shape (n,)
        Radians.
    width, height : Tensor of shape (n,)
        Sides of what is cut out, relative to the old picture.
    sign : Tensor of shape (n,)
        -1 for a mirror image, else 1.
    x, y : Tensor of shape (n,)
        Centre of what is cut out.
    """
    cos, sin = angle.cos(), angle.sin()
    rows = (cos * width * sign, -sin * height, x), (sin * width * sign, cos * height, y)
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


def resampled(pixels: Tensor, maps: Tensor) -> Tensor:
    """Pictures (n, channels, side, side) under `placements`; the border is repeated."""
    grid = functional.affine_grid(maps, list(pixels.shape), align_corners=False)
    return functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)


def with_contrast(pixels: Tensor, middle: Tensor, amount: float) -> Tensor:
    """Differences from a grey level (n, 1, 1, 1) times 1 - amount to 1 + amount."""
    factor = 1 + amount * symmetric(len(pixels), 1, 1, 1)
    return middle + factor * (pixels - middle)
