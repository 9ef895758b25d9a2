"""The EfficientNet family: one table of stages, scaled. It does not need torch.

Source: Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
ICML 2019; the lite variants are those of TensorFlow's model garden (Liu & Tan, 2020).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from handpose.errors import UnknownNameError


@dataclass(frozen=True)
class Stage:
    """A row of table 1 of the paper: blocks of one shape; the first may have a stride of 2.

    Attributes
    ----------
    expansion : int
        Ratio of the channels inside a block to its input channels.
    channels : int
        Output channels of the stage.
    blocks : int
    stride : int
        Of the first block.
    kernel : int
        Side of the depthwise convolution.
    """

    expansion: int
    channels: int
    blocks: int
    stride: int
    kernel: int


B0_STEM = 32
B0_STAGES = (
    Stage(expansion=1, channels=16, blocks=1, stride=1, kernel=3),
    Stage(expansion=6, channels=24, blocks=2, stride=2, kernel=3),
    Stage(expansion=6, channels=40, blocks=2, stride=2, kernel=5),
    Stage(expansion=6, channels=80, blocks=3, stride=2, kernel=3),
    Stage(expansion=6, channels=112, blocks=3, stride=1, kernel=5),
    Stage(expansion=6, channels=192, blocks=4, stride=2, kernel=5),
    Stage(expansion=6, channels=320, blocks=1, stride=1, kernel=3),
)
B0_HEAD = 1280
"""B0, found by architecture search; the other networks are scaled versions of it."""


@dataclass(frozen=True)
class Scaling:
    """How a variant differs from B0.

    Attributes
    ----------
    width, depth : float
        Factors of the channels and of the blocks of a stage.
    resolution : int
        Side of the picture in pixels in the publication.
    dropout : float
        Before the last layer.
    lite : bool
        No squeeze-and-excitation, ReLU6 instead of SiLU; stem, head and the depth of the first and
        last stage are those of B0.
    """

    width: float
    depth: float
    resolution: int
    dropout: float
    lite: bool = False


VARIANTS: dict[str, Scaling] = {
    "b0": Scaling(1.0, 1.0, 224, 0.2),
    "b1": Scaling(1.0, 1.1, 240, 0.2),
    "b2": Scaling(1.1, 1.2, 260, 0.3),
    "b3": Scaling(1.2, 1.4, 300, 0.3),
    "b4": Scaling(1.4, 1.8, 380, 0.4),
    "b5": Scaling(1.6, 2.2, 456, 0.4),
    "b6": Scaling(1.8, 2.6, 528, 0.5),
    "b7": Scaling(2.0, 3.1, 600, 0.5),
    "lite0": Scaling(1.0, 1.0, 224, 0.2, lite=True),
    "lite1": Scaling(1.0, 1.1, 240, 0.2, lite=True),
    "lite2": Scaling(1.1, 1.2, 260, 0.3, lite=True),
    "lite3": Scaling(1.2, 1.4, 280, 0.3, lite=True),
    "lite4": Scaling(1.4, 1.8, 300, 0.3, lite=True),
}
"""Compound scaling: depth 1.2^k, width 1.1^k, resolution 1.15^k, so that each step nearly doubles
the cost (1.2 * 1.1^2 * 1.15^2 = 1.92). These are the authors' rounded coefficients, which the
formula does not give exactly."""


@dataclass(frozen=True)
class Block:
    """One inverted bottleneck, in channels. `squeezed` is 0 without squeeze-and-excitation."""

    inputs: int
    hidden: int
    outputs: int
    stride: int
    kernel: int
    squeezed: int


@dataclass(frozen=True)
class Architecture:
    """The layers of a variant.

    Attributes
    ----------
    name : str
    stem, head : int
        Channels of the first and of the last convolution.
    stages : tuple of tuple of Block
    resolution : int
    dropout : float
    lite : bool
    """

    name: str
    stem: int
    stages: tuple[tuple[Block, ...], ...]
    head: int
    resolution: int
    dropout: float
    lite: bool


def architecture(name: str) -> Architecture:
    """Scale B0 to a variant.

    Parameters
    ----------
    name : str
        A key of `VARIANTS`.

    Raises
    ------
    UnknownNameError
        If there is no such variant.
    """
    if name not in VARIANTS:
        raise UnknownNameError("EfficientNet variant", name, VARIANTS)
    scaling = VARIANTS[name]
    fixed = 1.0 if scaling.lite else scaling.width
    stem = scaled_channels(B0_STEM, fixed)
    stages, inputs = [], stem
    for stage in B0_STAGES:
        outer = stage in (B0_STAGES[0], B0_STAGES[-1])
        depth = 1.0 if scaling.lite and outer else scaling.depth
        outputs = scaled_channels(stage.channels, scaling.width)
        stages.append(_blocks(stage, inputs, outputs, math.ceil(stage.blocks * depth), scaling))
        inputs = outputs
    head = scaled_channels(B0_HEAD, fixed)
    return Architecture(
        name, stem, tuple(stages), head, scaling.resolution, scaling.dropout, scaling.lite
    )


def scaled_channels(channels: int, width: float) -> int:
    """Scale to the nearest multiple of 8 that keeps at least 90 % of the channels."""
    wanted = channels * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded if rounded >= 0.9 * wanted else rounded + 8


def _blocks(
    stage: Stage, inputs: int, outputs: int, count: int, scaling: Scaling
) -> tuple[Block, ...]:
    blocks = []
    for i in range(count):
        blocks.append(
            Block(
                inputs=inputs,
                hidden=inputs * stage.expansion,
                outputs=outputs,
                stride=stage.stride if i == 0 else 1,
                kernel=stage.kernel,
                squeezed=0 if scaling.lite else max(1, inputs // 4),
            )
        )
        inputs = outputs
    return tuple(blocks)
