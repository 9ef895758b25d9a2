"""The same random distortion of a batch of pictures and of their points."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from handpose.keypoint_net.augmentation import PointAugmentation
from handpose.training.distortions import placements, resampled, symmetric, with_contrast


def augmented(
    pixels: Tensor, points: Tensor, settings: PointAugmentation, mirror: Sequence[int]
) -> tuple[Tensor, Tensor]:
    """Distort each picture of a batch in its own way, with torch's random numbers.

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
        Of the same shapes. Points may lie outside their picture.
    """
    count = len(pixels)
    flipped = torch.rand(count) < settings.mirror
    angle = symmetric(count) * math.radians(settings.rotation)
    size = (symmetric(count) * math.log(settings.scale)).exp()
    x, y = 2 * settings.shift * symmetric(2, count)
    maps = placements(angle, size, size, torch.where(flipped, -1.0, 1.0), x, y)
    points = torch.where(flipped[:, None, None], points[:, list(mirror)], points)
    return _relit(resampled(pixels, maps), settings), moved_points(points, maps)


def moved_points(points: Tensor, maps: Tensor) -> Tensor:
    """Where points of the old pictures lie in the new ones.

    Parameters
    ----------
    points : Tensor of shape (n, k, 2)
        The picture's corners at 0 and 1.
    maps : Tensor of shape (n, 2, 3)
        See `handpose.training.distortions.placements`.
    """
    old = 2 * points - 1 - maps[:, None, :, 2]
    new = torch.linalg.solve(maps[:, None, :, :2], old[..., None])[..., 0]
    return (new + 1) / 2


def _relit(pixels: Tensor, settings: PointAugmentation) -> Tensor:
    count = len(pixels)
    pixels = pixels * (1 + settings.brightness * symmetric(count, 1, 1, 1))
    middle = pixels.mean((1, 2, 3), keepdim=True)
    pixels = with_contrast(pixels, middle, settings.contrast)
    grain = settings.noise * torch.rand(count, 1, 1, 1) * torch.randn_like(pixels)
    return (pixels + grain).clamp(0, 255)
