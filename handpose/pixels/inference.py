"""Networks for features and for training, and what they give for pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handpose.pixels.network import EfficientNet
from handpose.pixels.weights import pretrained_network
from handpose.training import runs

Report = Callable[[int, int], None]


def feature_network(variant: str, weights: str | Path | None, seed: int) -> EfficientNet:
    """Build a network that gives features, shape (n, head), instead of logits."""
    network = _start(variant, weights, seed)
    network.classifier = nn.Identity()
    return network.fold()


def trainable_network(
    variant: str, weights: str | Path | None, classes: int, seed: int
) -> EfficientNet:
    """Build a network with a new last layer for some classes."""
    network = _start(variant, weights, seed)
    network.classifier = last = nn.Linear(network.head.conv.out_channels, classes)
    nn.init.normal_(last.weight, std=0.01)  # almost equal logits
    nn.init.zeros_(last.bias)
    return network


def with_last_layer(
    network: EfficientNet, weights: NDArray[np.float64], biases: NDArray[np.float64]
) -> EfficientNet:
    """Turn a network that gives features into one that gives logits."""
    network.classifier = last = nn.Linear(weights.shape[1], len(weights)).eval()
    with torch.no_grad():
        last.weight.copy_(torch.from_numpy(weights))
        last.bias.copy_(torch.from_numpy(biases))
    return network


def as_pixels(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 (n, height, width, 3) to float (n, 3, height, width), channels last in memory."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float()


def outputs(
    network: nn.Module,
    batches: Iterable[NDArray[np.uint8]],
    *,
    total: int = 0,
    report: Report | None = None,
) -> NDArray[np.float32]:
    """What a network gives for batches of pictures (n, side, side, 3), in one array."""

    def tensors() -> Iterator[Tensor]:
        done = 0
        for batch in batches:
            yield as_pixels(batch)
            done += len(batch)
            if report:
                report(done, total)

    return runs.outputs(network, tensors())


def _start(variant: str, weights: str | Path | None, seed: int) -> EfficientNet:
    torch.manual_seed(seed)
    return EfficientNet(variant) if weights is None else pretrained_network(variant, weights)
