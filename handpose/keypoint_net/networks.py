"""The networks themselves, in torch. They know no files and no training."""

from __future__ import annotations

from collections.abc import Callable

from handpose.errors import UnknownNameError
from handpose.keypoint_net.torch_backend import (
    Tensor,
    functional,
    fuse_conv_bn_eval,
    nn,
    torch,
)

DARKEST_CONTRAST = 1.0
"""Standard deviation in grey levels below which a picture's contrast is no longer stretched."""


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

        Pixels are 0 to 255. Each picture is standardised first: how bright it is says nothing
        about where things are.
        """
        mean = pixels.mean((1, 2, 3), keepdim=True)
        deviation = pixels.std((1, 2, 3), keepdim=True).clamp(min=DARKEST_CONTRAST)
        return self.place((pixels - mean) / deviation)

    def place(self, x: Tensor) -> Tensor:
        """Points (n, k, 2) of standardised pictures."""
        raise NotImplementedError

    def start_at(self, points: Tensor) -> None:
        """Let an untrained network place every point near its mean place, shape (k, 2)."""

    def fold(self) -> KeypointNetwork:
        """Merge normalisation into the convolutions, for good: faster, but not to be trained."""
        for module in self.eval().modules():
            if isinstance(module, ConvNorm):
                module.fold()
        return self


class TinyNetwork(KeypointNetwork):
    """The textbook's: three convolutions (6, 16 and 32 channels), ReLU, pooling, one linear layer.

    Kernels are 5, 5 and 3 wide without padding, so that 96 pixels become 46, 21 and 9.
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

    A point is the mean place of its heat map (integral regression: Sun et al., "Integral Human
    Pose Regression", ECCV 2018). A map ends at the picture's border; a linear layer on what the
    whole picture holds adds the rest, so that points may lie beyond it.
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
    """Mean place of each map's softmax, shape (n, k, 2), the picture's corners at 0 and 1.

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


class ConvNorm(nn.Module):
    """Convolution (3x3 by default), batch normalisation, ReLU."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        kernel: int = 3,
        stride: int = 1,
        activation: Callable[[Tensor], Tensor] = functional.relu,
    ):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.norm(self.conv(x)))

    def fold(self) -> None:
        """Merge the normalisation into the convolution."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv, self.norm)
            self.norm = nn.Identity()


class Residual(nn.Module):
    """Two convolutions and a way around them (He et al., CVPR 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.first = ConvNorm(inputs, outputs, stride=stride)
        self.second = ConvNorm(outputs, outputs, activation=_as_it_is)
        changes = stride > 1 or inputs != outputs
        self.around: nn.Module = (
            ConvNorm(inputs, outputs, kernel=1, stride=stride, activation=_as_it_is)
            if changes
            else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.second(self.first(x)) + self.around(x))


def _as_it_is(x: Tensor) -> Tensor:
    return x


def _resized(x: Tensor, like: Tensor) -> Tensor:
    return functional.interpolate(x, like.shape[2:], mode="bilinear", align_corners=False)
