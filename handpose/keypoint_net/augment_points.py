"""The same random turn, zoom, shift and mirror on a batch of pictures and on their points."""

from __future__ import annotations

import math
from collections.abc import Sequence

from handpose.keypoint_net.augmentation import PointAugmentation
from handpose.keypoint_net.torch_backend import Tensor, functional, torch


def augmented(
    pixels: Tensor, points: Tensor, settings: PointAugmentation, mirror: Sequence[int]
) -> tuple[Tensor, Tensor]:
    """Vary each picture of a batch in its own way, with torch's random numbers.

    Parameters
    ----------
    pixels : Tensor of float, shape (n, channels, side, side)
        0 to 255.
    points : Tensor of shape (n, k, 2)
        The picture's corners at 0 and 1.
    settings : PointAugmentation
    mirror : sequence of k int
        ``mirror[i]`` is the landmark that takes the place of ``i`` in a mirror image.

    Returns
    -------
    pixels, points : Tensor
        As they came. Points that leave the picture keep their place beyond its border.
    """
    flipped = torch.rand(len(pixels)) < settings.mirror
    placements = _placements(len(pixels), settings, flipped)
    grid = functional.affine_grid(placements, list(pixels.shape), align_corners=False)
    moved = functional.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
    points = torch.where(flipped[:, None, None], points[:, list(mirror)], points)
    return _relit(moved, settings), moved_points(points, placements)


def moved_points(points: Tensor, placements: Tensor) -> Tensor:
    """Where points of the old pictures lie in the new ones.

    Parameters
    ----------
    points : Tensor of shape (n, k, 2)
        The picture's corners at 0 and 1.
    placements : Tensor of shape (n, 2, 3)
        From a place in the new picture to one in the old, both -1 to 1 (torch's `affine_grid`).
    """
    old = 2 * points - 1 - placements[:, None, :, 2]
    new = torch.linalg.solve(placements[:, None, :, :2], old[..., None])[..., 0]
    return (new + 1) / 2


def _placements(count: int, settings: PointAugmentation, flipped: Tensor) -> Tensor:
    angle = _symmetric(count) * math.radians(settings.rotation)
    size = (_symmetric(count) * math.log(settings.scale)).exp()
    cos, sin = angle.cos() * size, angle.sin() * size
    sign = torch.where(flipped, -1.0, 1.0)
    x, y = 2 * settings.shift * _symmetric(2, count)
    rows = (cos * sign, -sin, x), (sin * sign, cos, y)
    return torch.stack([torch.stack(row, 1) for row in rows], 1)


def _relit(pixels: Tensor, settings: PointAugmentation) -> Tensor:
    count = len(pixels)
    pixels = pixels * (1 + settings.brightness * _symmetric(count, 1, 1, 1))
    middle = pixels.mean((1, 2, 3), keepdim=True)
    contrast = 1 + settings.contrast * _symmetric(count, 1, 1, 1)
    grains = settings.noise * torch.rand(count, 1, 1, 1) * torch.randn_like(pixels)
    return (middle + contrast * (pixels - middle) + grains).clamp(0, 255)


def _symmetric(*shape: int) -> Tensor:
    """From -1 to 1."""
    return 2 * torch.rand(*shape) - 1
