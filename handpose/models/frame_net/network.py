"""The network in torch."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from handpose.models.frame_net.net import AHEAD, DILATIONS, FARTHEST, KERNEL


class Block(nn.Module):
    """A dilated convolution over the steps before, and what it finds added to what it reads."""

    def __init__(self, width: int, dilation: int, dropout: float):
        super().__init__()
        self.reach = (KERNEL - 1) * dilation
        self.wide = nn.Conv1d(width, width, KERNEL, dilation=dilation, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(dropout)
        self.point = nn.Conv1d(width, width, 1)

    def forward(self, x: Tensor) -> Tensor:
        wide = self.norm(self.wide(functional.pad(x, (self.reach, 0))))
        found: Tensor = x + self.point(self.drop(functional.relu(wide)))
        return found

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Weights for `FrameNet`, normalisation inside."""
        mean, variance = (getattr(self.norm, f"running_{name}") for name in ("mean", "var"))
        scale = self.norm.weight / torch.sqrt(variance + self.norm.eps)
        return {
            "wide_weight": _array((self.wide.weight * scale[:, None, None]).permute(2, 1, 0)),
            "wide_bias": _array(self.norm.bias - mean * scale),
            "point_weight": _array(self.point.weight[..., 0].T),
            "point_bias": _array(self.point.bias),
        }


class FrameNetwork(nn.Module):
    """From channels of streams (n, steps, channels) to logits (n, classes, steps)."""

    scale: Tensor

    def __init__(self, scale: NDArray[np.float32], width: int, classes: int, dropout: float):
        super().__init__()
        self.register_buffer("scale", torch.from_numpy(scale))
        self.stem = nn.Conv1d(len(scale), width, 1)
        self.blocks = nn.Sequential(*(Block(width, d, dropout) for d in DILATIONS))
        self.head = nn.Conv1d(width, classes, 1)

    def forward(self, read: Tensor) -> Tensor:
        x = (read / self.scale).clamp(-FARTHEST, FARTHEST).transpose(1, 2)
        x = functional.pad(x, (0, AHEAD))
        logits: Tensor = self.head(functional.relu(self.blocks(self.stem(x))))
        return logits[..., AHEAD:]

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Weights for `FrameNet`."""
        found = {"scale": _array(self.scale)}
        for name, layer in (("stem", self.stem), ("head", self.head)):
            found[f"{name}_weight"] = _array(layer.weight[..., 0].T)
            found[f"{name}_bias"] = _array(layer.bias)
        each = [block.arrays() for block in self.blocks if isinstance(block, Block)]
        return found | {name: np.stack([one[name] for one in each]) for name in each[0]}


def _array(tensor: Tensor | None) -> NDArray[np.float32]:
    assert tensor is not None
    return np.ascontiguousarray(tensor.detach().numpy().astype(np.float32))
