"""The networks in torch: convolutions and attention over time."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from handpose.classifiers.motion_net.channels import channels, split
from handpose.classifiers.motion_net.forward import FARTHEST, HEADS, LAYERS
from handpose.features.motion_sequences import SequenceForm


class Convolution(nn.Module):
    """A convolution over time in each network, a normalisation of its channels, and ReLU."""

    def __init__(self, networks: int, inputs: int, outputs: int, kernel: int, *, shared: bool):
        super().__init__()
        self.networks = networks
        self.weight = nn.Conv1d(
            inputs if shared else networks * inputs,
            networks * outputs,
            kernel,
            padding=kernel // 2,
            bias=False,
            groups=1 if shared else networks,
        )
        self.norm = nn.BatchNorm1d(networks * outputs)

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(self.norm(self.weight(x)), inplace=True)

    def folded(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weight (networks, kernel, inputs, outputs), bias (networks, outputs), normalised."""
        mean, variance = (getattr(self.norm, f"running_{name}") for name in ("mean", "var"))
        scale = self.norm.weight / torch.sqrt(variance + self.norm.eps)
        weight = self.weight.weight * scale[:, None, None]
        weight = weight.reshape(self.networks, -1, *weight.shape[1:])
        bias = (self.norm.bias - mean * scale).reshape(self.networks, -1)
        return _array(weight.permute(0, 3, 2, 1)), _array(bias)


class MotionNetwork(nn.Module):
    """Networks side by side, from points, presence and body to the logits of each.

    Parameters
    ----------
    form : SequenceForm
    networks : int
    width : int
    classes : int
    dropout : float
    mean, scale : ndarray of float32, shape (channels,)
        Standardisation of the channels.
    """

    def __init__(
        self,
        form: SequenceForm,
        networks: int,
        width: int,
        classes: int,
        dropout: float,
        mean: NDArray[np.float32],
        scale: NDArray[np.float32],
    ):
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("scale", torch.from_numpy(scale))
        self.networks = networks
        self.layers = nn.ModuleDict(
            {
                layer.name: Convolution(
                    networks,
                    layer.inputs * width or len(mean),
                    layer.outputs * width,
                    layer.kernel,
                    shared=not layer.inputs,
                )
                for layer in LAYERS
            }
        )
        self.attention = nn.Conv1d(networks * 2 * width, networks * HEADS, 1, groups=networks)
        self.head = nn.Conv1d(networks * 4 * width, networks * classes, 1, groups=networks)
        self.dropout = dropout

    def forward(self, x: Tensor) -> Tensor:
        """Logits (n, networks, classes) of what `read` gives."""
        x = functional.dropout1d(x, self.dropout / 5, self.training)
        for layer in LAYERS:
            found = self.layers[layer.name](x)
            x = found + x if layer.adds else found
            if layer.halves:
                x = torch.maximum(x[..., ::2], x[..., 1::2])
        n, networks, frames = len(x), self.networks, x.shape[2]
        shares = torch.softmax(self.attention(x), 2).reshape(n, networks * HEADS, 1, frames)
        looked = (shares * x.reshape(n, networks * HEADS, -1, frames)).sum(3)
        pooled = torch.cat([looked.reshape(n, networks, -1), x.amax(2).reshape(n, networks, -1)], 2)
        pooled = functional.dropout(pooled.reshape(n, -1, 1), self.dropout, self.training)
        return self.head(pooled).reshape(n, networks, -1)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """Weights for `forward.logits`, normalisation inside."""
        found = {}
        for name, layer in self.layers.items():
            assert isinstance(layer, Convolution)
            found[f"{name}_weight"], found[f"{name}_bias"] = layer.folded()
        for name, linear in (("attention", self.attention), ("head", self.head)):
            weight, bias = linear.state_dict().values()
            weight = weight.reshape(self.networks, -1, weight.shape[1])
            found[f"{name}_weight"] = _array(weight.transpose(1, 2))
            found[f"{name}_bias"] = _array(bias.reshape(self.networks, -1))
        return found


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return np.ascontiguousarray(tensor.detach().numpy().astype(np.float32))


def inputs(sequences: NDArray[np.float32], form: SequenceForm) -> tuple[Tensor, Tensor, Tensor]:
    """Points, presence and body of sequences, as tensors."""
    points, seen, body = split(torch.from_numpy(sequences), form)
    return points, seen, body


def read(network: nn.Module, points: Tensor, seen: Tensor, body: Tensor) -> Tensor:
    """What a `MotionNetwork` takes, shape (n, channels, frames): channels in their deviations."""
    x = (channels(points, seen, body, torch) - network.mean) / network.scale
    return x.clamp(-FARTHEST, FARTHEST).transpose(1, 2)
