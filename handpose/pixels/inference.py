"""Networks for features and for training, and what they say about pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.pixels.network import EfficientNet
from handpose.pixels.torch_backend import Tensor, nn, torch
from handpose.pixels.weights import pretrained_network


def feature_network(variant: str, weights: str | Path | None, seed: int) -> EfficientNet:
    """Build a network that gives features, shape (n, head), in place of logits."""
    network = _start(variant, weights, seed)
    network.classifier = nn.Identity()
    return network.fold()


def trainable_network(
    variant: str, weights: str | Path | None, classes: int, seed: int
) -> EfficientNet:
    """Build a network with a new last layer for some classes."""
    network = _start(variant, weights, seed)
    network.classifier = last = nn.Linear(network.head.conv.out_channels, classes)
    nn.init.normal_(last.weight, std=0.01)  # no opinion yet
    nn.init.zeros_(last.bias)
    return network


def with_last_layer(
    network: EfficientNet, weights: NDArray[np.float64], biases: NDArray[np.float64]
) -> EfficientNet:
    """Let a network that gives features give logits instead."""
    network.classifier = last = nn.Linear(weights.shape[1], len(weights)).eval()
    with torch.no_grad():
        last.weight.copy_(torch.from_numpy(weights))
        last.bias.copy_(torch.from_numpy(biases))
    return network


def as_pixels(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 (n, height, width, 3) to float (n, 3, height, width), which is then channels last."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).float()


def outputs(
    network: nn.Module,
    batches: Iterable[NDArray[np.uint8]],
    *,
    total: int = 0,
    report: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Run a network on batches of pictures (n, side, side, 3); shape (all, what it gives)."""
    network.eval()
    found: list[NDArray[np.float32]] = []
    done = 0
    with torch.inference_mode():
        for batch in batches:
            found.append(network(as_pixels(batch)).numpy())
            done += len(batch)
            if report:
                report(done, total)
    return np.concatenate(found)


def _start(variant: str, weights: str | Path | None, seed: int) -> EfficientNet:
    torch.manual_seed(seed)
    return EfficientNet(variant) if weights is None else pretrained_network(variant, weights)
