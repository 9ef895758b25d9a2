"""The networks: modules of torch, independent of files and training."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from handpose.errors import UnknownNameError
from handpose.training.layers import ConvNorm

DARKEST_CONTRAST = 1.0
"""Smallest standard deviation in grey levels that pictures are divided by."""


class KeypointNetwork(nn.Module):
    """From pixels to points: what the presets share.

    Parameters
    ----------
    channels : int
        1 (grey) or 3 (RGB).
    size : int
        Side of the pictures in pixels.
    points : int
        How many points a picture has.
    """

    def __init__(self, channels: int, size: int, points: int):
        super().__init__()
        self.channels, self.size, self.points = channels, size, points

    def forward(self, pixels: Tensor) -> Tensor:
        """Points (n, k, 2), the picture's corners at 0 and 1, of pixels (n, channels, size, size).

        Pixels are 0 to 255. Each picture is standardised first, so that brightness has no effect.
        """
        mean = pixels.mean((1, 2, 3), keepdim=True)
        deviation = pixels.std((1, 2, 3), keepdim=True).clamp(min=DARKEST_CONTRAST)
        return self.place((pixels - mean) / deviation)

    def place(self, x: Tensor) -> Tensor:
        """Points (n, k, 2) of standardised pictures."""
        raise NotImplementedError

    def start_at(self, points: Tensor) -> None:
        """Make an untrained network predict roughly these points, shape (k, 2)."""


class TinyNetwork(KeypointNetwork):
    """Three convolutions (6, 16, 32 channels) with ReLU and pooling, then one linear layer.

    Kernels of 5, 5 and 3 pixels without padding turn 96 pixels into 46, 21 and 9.
    """

    smallest = 30

    def __init__(self, channels: int, size: int, points: int):
        super().__init__(channels, size, points)
        layers: list[nn.Module] = []
        inputs, side = channels, size
        for outputs, kernel in ((6, 5), (16, 5), (32, 3)):
            layers += [nn.Conv2d(inputs, outputs, kernel), nn.ReLU(), nn.MaxPool2d(2)]
            inputs, side = outputs, (side - kernel + 1) // 2
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.linear = nn.Linear(inputs * side * side, 2 * points)

    def place(self, x: Tensor) -> Tensor:
        return self.linear(self.features(x)).unflatten(1, (self.points, 2))

    def start_at(self, points: Tensor) -> None:
        with torch.no_grad():
            self.linear.weight.mul_(0.1)
            self.linear.bias.copy_(points.flatten())


class SmallNetwork(KeypointNetwork):
    """Residual stages down to a sixteenth, back up to a quarter, and a heat map for each point.

    A point is the mean position of its heat map (integral regression: Sun et al., "Integral Human
    Pose Regression", ECCV 2018). Since a map ends at the border of the picture, a linear layer on
    globally pooled features adds an offset: points may lie outside.
    """

    smallest = 32

    def __init__(self, channels: int, size: int, points: int):
        super().__init__(channels, size, points)
        self.stem = ConvNorm(channels, 16, stride=2)
        self.quarter = Residual(16, 24, stride=2)
        self.eighth = nn.Sequential(Residual(24, 48, stride=2), Residual(48, 48))
        self.sixteenth = nn.Sequential(Residual(48, 96, stride=2), Residual(96, 96))
        self.to_eighth = nn.Conv2d(96, 48, 1)
        self.from_eighth = ConvNorm(48, 24)
        self.from_quarter = ConvNorm(24, 24)
        self.maps = nn.Conv2d(24, points, 1)
        self.beyond = nn.Linear(96, 2 * points)
        nn.init.zeros_(self.beyond.weight)
        nn.init.zeros_(self.beyond.bias)

    def place(self, x: Tensor) -> Tensor:
        quarter = self.quarter(self.stem(x))
        eighth = self.eighth(quarter)
        sixteenth = self.sixteenth(eighth)
        x = self.from_eighth(eighth + _resized(self.to_eighth(sixteenth), eighth))
        x = self.from_quarter(quarter + _resized(x, quarter))
        rest = self.beyond(sixteenth.mean((2, 3))).unflatten(1, (self.points, 2))
        return mean_places(self.maps(x)) + rest


PRESETS: dict[str, type[TinyNetwork] | type[SmallNetwork]] = {
    "tiny": TinyNetwork,
    "small": SmallNetwork,
}


def make_network(preset: str, channels: int, size: int, points: int) -> KeypointNetwork:
    """Build an untrained network.

    Raises
    ------
    UnknownNameError
        If there is no such preset.
    ValueError
        If `size` is too small for it.
    """
    if preset not in PRESETS:
        raise UnknownNameError("preset", preset, PRESETS)
    kind = PRESETS[preset]
    if size < kind.smallest:
        raise ValueError(f"size must be at least {kind.smallest} for {preset!r}, but got {size}")
    return kind(channels, size, points)


def mean_places(maps: Tensor) -> Tensor:
    """Mean position of each map's softmax, shape (n, k, 2), the picture's corners at 0 and 1.

    Parameters
    ----------
    maps : Tensor of shape (n, k, height, width)
        Logits.
    """
    height, width = maps.shape[2:]
    shares = maps.flatten(2).softmax(-1).unflatten(2, (height, width))
    x = (torch.arange(width, dtype=maps.dtype, device=maps.device) + 0.5) / width
    y = (torch.arange(height, dtype=maps.dtype, device=maps.device) + 0.5) / height
    return torch.stack([shares.sum(2) @ x, shares.sum(3) @ y], -1)


class Residual(nn.Module):
    """Two convolutions with a shortcut (He et al., CVPR 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.first = ConvNorm(inputs, outputs, stride=stride)
        self.second = ConvNorm(outputs, outputs, activation=nn.Identity())
        changes = stride > 1 or inputs != outputs
        self.around: nn.Module = (
            ConvNorm(inputs, outputs, 1, stride=stride, activation=nn.Identity())
            if changes
            else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.second(self.first(x)) + self.around(x))


def _resized(x: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(x, like.shape[2:], mode="bilinear", align_corners=False)
