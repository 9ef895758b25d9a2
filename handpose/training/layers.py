"""Layers that several networks are built of."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

Network = TypeVar("Network", bound=nn.Module)


class ConvNorm(nn.Module):
    """Convolution, batch normalisation, activation.

    Parameters
    ----------
    inputs, outputs : int
        Channels.
    kernel : int, default=3
    stride, groups : int, default=1
        Of the convolution.
    epsilon : float, default=1e-5
        Of the normalisation.
    pad_like_tensorflow : bool, default=False
        With a stride, the odd pixel of padding goes right and below; else each side gets
        (kernel - 1) / 2.
    activation : callable, default=relu
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        *,
        stride: int = 1,
        groups: int = 1,
        epsilon: float = 1e-5,
        pad_like_tensorflow: bool = False,
        activation: Callable[[Tensor], Tensor] = functional.relu,
    ):
        super().__init__()
        self.pad_like_tensorflow = pad_like_tensorflow and stride > 1
        padding = 0 if self.pad_like_tensorflow else (kernel - 1) // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs, eps=epsilon)
        self.activation = activation

    def forward(self, x: Tensor) -> Tensor:
        if self.pad_like_tensorflow:
            x = pad_same(x, self.conv.kernel_size[0], self.conv.stride[0])
        return self.activation(self.norm(self.conv(x)))


def folded(network: Network) -> Network:
    """The same network with its normalisation merged into the convolutions, in place.

    It predicts faster, but can no longer be trained.
    """
    for module in network.eval().modules():
        if isinstance(module, ConvNorm) and isinstance(module.norm, nn.BatchNorm2d):
            module.conv = fuse_conv_bn_eval(module.conv, module.norm)
            module.norm = nn.Identity()
    return network


def pad_same(x: Tensor, kernel: int, stride: int) -> Tensor:
    """Pad with zeros as TensorFlow does, so that ceil(size / stride) pixels come out."""
    top, bottom = _same_padding(x.shape[2], kernel, stride)
    left, right = _same_padding(x.shape[3], kernel, stride)
    return functional.pad(x, (left, right, top, bottom))


def _same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2
