"""The network: a module of torch, built from an `Architecture`."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from handpose.pixels.conventions import Conventions, published_conventions
from handpose.pixels.family import Architecture, Block, architecture
from handpose.training.layers import ConvNorm, folded

DROP_PATH = 0.2
"""Probability that training skips the last block (Huang et al., "Deep Networks with Stochastic
Depth", ECCV 2016); earlier blocks are skipped proportionally less."""


class EfficientNet(nn.Module):
    """An EfficientNet that takes pixels from 0 to 255.

    Parameters
    ----------
    variant : str or Architecture
    classes : int, default=1000
    conventions : Conventions, optional
        The authors' for this variant by default.

    Attributes
    ----------
    conventions : Conventions
    """

    mean: Tensor
    deviation: Tensor

    def __init__(
        self,
        variant: str | Architecture,
        *,
        classes: int = 1000,
        conventions: Conventions | None = None,
    ):
        super().__init__()
        plan = architecture(variant) if isinstance(variant, str) else variant
        rules = conventions or published_conventions(plan.name)
        blocks = [block for stage in plan.stages for block in stage]
        self.conventions = rules
        self.register_buffer("mean", _as_channels(rules.mean), persistent=False)
        self.register_buffer("deviation", _as_channels(rules.deviation), persistent=False)
        self.stem = conv_norm(3, plan.stem, 3, rules, stride=2, activation=_activation(plan))
        self.blocks = nn.Sequential(
            *(
                InvertedBottleneck(block, plan, rules, DROP_PATH * i / len(blocks))
                for i, block in enumerate(blocks)
            )
        )
        last = blocks[-1].outputs
        self.head = conv_norm(last, plan.head, 1, rules, activation=_activation(plan))
        self.dropout = nn.Dropout(plan.dropout)
        self.classifier: nn.Module = nn.Linear(plan.head, classes)
        self.apply(_initialize)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def features(self, pixels: Tensor) -> Tensor:
        """Features before the last layer.

        Parameters
        ----------
        pixels : Tensor of float, shape (n, 3, height, width)
            RGB, 0 to 255.

        Returns
        -------
        Tensor of shape (n, head)
        """
        x = (pixels - self.mean) / self.deviation
        return self.head(self.blocks(self.stem(x))).mean((2, 3))

    def forward(self, pixels: Tensor) -> Tensor:
        """Logits, shape (n, classes), of RGB pixels, 0 to 255, shape (n, 3, height, width)."""
        return self.classifier(self.dropout(self.features(pixels)))

    def fold(self) -> EfficientNet:
        """Merge normalisation into the convolutions, in place; then it can no longer be trained."""
        return folded(self).to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def conv_norm(
    inputs: int, outputs: int, kernel: int, rules: Conventions, **options: Any
) -> ConvNorm:
    """A `ConvNorm` under the conventions of some weights; without activation by default."""
    same = rules.padding == "same"
    options = {"activation": nn.Identity(), **options}
    return ConvNorm(
        inputs, outputs, kernel, epsilon=rules.norm_epsilon, pad_like_tensorflow=same, **options
    )


class SqueezeExcite(nn.Module):
    """Channels weighted by globally pooled features (Hu et al., CVPR 2018)."""

    def __init__(self, channels: int, squeezed: int):
        super().__init__()
        self.reduce = nn.Conv2d(channels, squeezed, 1)
        self.expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        pooled = functional.silu(self.reduce(x.mean((2, 3), keepdim=True)))
        return x * self.expand(pooled).sigmoid()


class InvertedBottleneck(nn.Module):
    """Expansion, depthwise convolution, projection (Sandler et al., CVPR 2018)."""

    def __init__(self, block: Block, plan: Architecture, rules: Conventions, drop_path: float):
        super().__init__()
        hidden = block.hidden
        self.expand = (
            conv_norm(block.inputs, hidden, 1, rules, activation=_activation(plan))
            if hidden != block.inputs
            else nn.Identity()
        )
        self.depthwise = conv_norm(
            hidden,
            hidden,
            block.kernel,
            rules,
            stride=block.stride,
            groups=hidden,
            activation=_activation(plan),
        )
        self.squeeze = SqueezeExcite(hidden, block.squeezed) if block.squeezed else nn.Identity()
        self.project = conv_norm(hidden, block.outputs, 1, rules)
        self.residual = block.stride == 1 and block.inputs == block.outputs
        self.drop_path = drop_path

    def forward(self, x: Tensor) -> Tensor:
        out = self.project(self.squeeze(self.depthwise(self.expand(x))))
        if not self.residual:
            return out
        if self.training and self.drop_path:
            kept = torch.rand(len(x), 1, 1, 1, device=x.device) >= self.drop_path
            out = out * kept / (1 - self.drop_path)
        return out + x


def _activation(plan: Architecture) -> nn.Module:
    return nn.ReLU6(inplace=True) if plan.lite else nn.SiLU(inplace=True)


def _as_channels(values: tuple[float, float, float]) -> Tensor:
    return torch.tensor(values).view(1, 3, 1, 1)


def _initialize(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out")
        if module.bias is not None:
            nn.init.zeros_(module.bias)
    elif isinstance(module, nn.Linear):
        bound = 1 / math.sqrt(module.out_features)
        nn.init.uniform_(module.weight, -bound, bound)
        nn.init.zeros_(module.bias)
