"""The network in torch: convolutions and attention over time."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from handpose.classifiers.motion_net.channels import channels, split
from handpose.classifiers.motion_net.forward import HEADS
from handpose.features.motion_sequences import SequenceForm


class Convolution(nn.Module):
    """A convolution over time and a normalisation of its channels; frames come second."""

    def __init__(self, inputs: int, outputs: int, kernel: int):
        super().__init__()
        self.weight = nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm1d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.weight(x.transpose(1, 2))).transpose(1, 2)

    def folded(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weight (kernel, inputs, outputs) and bias with the normalisation inside."""
        scale = self.norm.weight / torch.sqrt(self.norm.running_var + self.norm.eps)
        weight = self.weight.weight * scale[:, None, None]
        bias = self.norm.bias - self.norm.running_mean * scale
        return _array(weight.permute(2, 1, 0)), _array(bias)


class MotionNetwork(nn.Module):
    """From points, presence and body to logits.

    Parameters
    ----------
    form : SequenceForm
    width : int
    classes : int
    dropout : float
    mean, scale : ndarray of float32, shape (channels,)
        Standardisation of the channels.
    """

    def __init__(
        self,
        form: SequenceForm,
        width: int,
        classes: int,
        dropout: float,
        mean: NDArray[np.float32],
        scale: NDArray[np.float32],
    ):
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("scale", torch.from_numpy(scale))
        self.stem = Convolution(len(mean), width, 1)
        self.fine = nn.ModuleList(Convolution(width, width, 3) for _ in range(2))
        self.widen = Convolution(width, 2 * width, 3)
        self.coarse = nn.ModuleList(Convolution(2 * width, 2 * width, 3) for _ in range(2))
        self.attention = nn.Linear(2 * width, HEADS)
        self.head = nn.Linear(4 * width, classes)
        self.dropout = dropout

    def forward(self, points: Tensor, seen: Tensor, body: Tensor) -> Tensor:
        x = (channels(points, seen, body, torch) - self.mean) / self.scale
        x = functional.dropout(x, self.dropout / 5, self.training)
        x = functional.relu(self.stem(x))
        for layer in self.fine:
            x = x + functional.relu(layer(x))
        x = functional.relu(self.widen(x))
        x = x.reshape(len(x), x.shape[1] // 2, 2, -1).amax(2)
        for layer in self.coarse:
            x = x + functional.relu(layer(x))
        shares = torch.softmax(self.attention(x), 1)
        n, _, wide = x.shape
        looked = torch.einsum("nth,nthc->nhc", shares, x.reshape(n, -1, HEADS, wide // HEADS))
        pooled = torch.cat([looked.reshape(n, wide), x.amax(1)], 1)
        return self.head(functional.dropout(pooled, self.dropout, self.training))

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Weights for `forward.logits`, normalisation inside."""
        named = {"stem": self.stem, "widen": self.widen}
        named |= {f"fine_{i}": layer for i, layer in enumerate(self.fine)}
        named |= {f"coarse_{i}": layer for i, layer in enumerate(self.coarse)}
        found = {}
        for name, layer in named.items():
            found[f"{name}_weight"], found[f"{name}_bias"] = layer.folded()
        for name, linear in (("attention", self.attention), ("head", self.head)):
            found[f"{name}_weight"] = _array(linear.weight.T)
            found[f"{name}_bias"] = _array(linear.bias)
        return found


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.detach().numpy().astype(np.float32))


def inputs(sequences: NDArray[np.float32], form: SequenceForm) -> tuple[Tensor, Tensor, Tensor]:
    """Points, presence and body of sequences, as tensors."""
    points, seen, body = split(torch.from_numpy(sequences), form)
    return points, seen, body
