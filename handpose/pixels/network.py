"""The network itself, in torch, built from an `Architecture`. It knows no files and no training."""

from __future__ import annotations

import math

from handpose.pixels.conventions import Conventions, published_conventions
from handpose.pixels.family import Architecture, Block, architecture
from handpose.pixels.torch_backend import (
    Tensor,
    functional,
    fuse_conv_bn_eval,
    nn,
    torch,
)

DROP_PATH = 0.2
"""How often training skips the last block (Huang et al., "Deep Networks with Stochastic Depth",
ECCV 2016); earlier blocks are skipped proportionally less."""


class EfficientNet(nn.Module):
    """An EfficientNet that takes pixels as they are, 0 to 255.

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
        self.stem = ConvNorm(3, plan.stem, 3, rules, stride=2, activation=_activation(plan))
        self.blocks = nn.Sequential(
            *(
                InvertedBottleneck(block, plan, rules, DROP_PATH * i / len(blocks))
                for i, block in enumerate(blocks)
            )
        )
        last = blocks[-1].outputs
        self.head = ConvNorm(last, plan.head, 1, rules, activation=_activation(plan))
        self.dropout = nn.Dropout(plan.dropout)
        self.classifier: nn.Module = nn.Linear(plan.head, classes)
        self.apply(_initialize)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def features(self, pixels: Tensor) -> Tensor:
        """Give what the last layer sees.

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
        """Merge normalisation into the convolutions, for good: faster, but not to be trained."""
        for module in self.eval().modules():
            if isinstance(module, ConvNorm):
                module.fold()
        return self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


class ConvNorm(nn.Module):
    """Convolution, batch normalisation, activation."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        rules: Conventions,
        *,
        stride: int = 1,
        groups: int = 1,
        activation: nn.Module | None = None,
    ):
        super().__init__()
        self.pad_like_tensorflow = rules.padding == "same" and stride > 1
        padding = 0 if self.pad_like_tensorflow else (kernel - 1) // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
        self.norm: nn.Module = nn.BatchNorm2d(outputs, eps=rules.norm_epsilon)
        self.activation = activation or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        if self.pad_like_tensorflow:
            x = pad_same(x, self.conv.kernel_size[0], self.conv.stride[0])
        return self.activation(self.norm(self.conv(x)))

    def fold(self) -> None:
        """Merge the normalisation into the convolution."""
        if isinstance(self.norm, nn.BatchNorm2d):
            self.conv = fuse_conv_bn_eval(self.conv, self.norm)
            self.norm = nn.Identity()


class SqueezeExcite(nn.Module):
    """Channels weighted by what the whole picture holds (Hu et al., CVPR 2018)."""

    def __init__(self, channels: int, squeezed: int):
        super().__init__()
        self.reduce = nn.Conv2d(channels, squeezed, 1)
        self.expand = nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        pooled = functional.silu(self.reduce(x.mean((2, 3), keepdim=True)))
        return x * self.expand(pooled).sigmoid()


class InvertedBottleneck(nn.Module):
    """Widen, filter each channel alone, weigh the channels, narrow (Sandler et al., CVPR 2018)."""

    def __init__(self, block: Block, plan: Architecture, rules: Conventions, drop_path: float):
        super().__init__()
        hidden = block.hidden
        self.expand = (
            ConvNorm(block.inputs, hidden, 1, rules, activation=_activation(plan))
            if hidden != block.inputs
            else nn.Identity()
        )
        self.depthwise = ConvNorm(
            hidden,
            hidden,
            block.kernel,
            rules,
            stride=block.stride,
            groups=hidden,
            activation=_activation(plan),
        )
        self.squeeze = SqueezeExcite(hidden, block.squeezed) if block.squeezed else nn.Identity()
        self.project = ConvNorm(hidden, block.outputs, 1, rules)
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


def pad_same(x: Tensor, kernel: int, stride: int) -> Tensor:
    """Pad with zeros as TensorFlow does, so that ceil(size / stride) pixels come out."""
    top, bottom = _same_padding(x.shape[2], kernel, stride)
    left, right = _same_padding(x.shape[3], kernel, stride)
    return functional.pad(x, (left, right, top, bottom))


def _same_padding(size: int, kernel: int, stride: int) -> tuple[int, int]:
    total = max((math.ceil(size / stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


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
