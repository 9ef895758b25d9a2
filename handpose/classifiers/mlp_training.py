"""Training of the multi-layer perceptron. The only part of it that needs torch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.errors import MissingExtraError

try:
    import torch
    from torch import nn

    from handpose.training.randomness import own_randomness
except ImportError:
    raise MissingExtraError("training an mlp", "torch") from None

_THREADS = 1
"""Faster for networks this small, and always the same sums."""

Network = tuple[list[NDArray[np.float32]], list[NDArray[np.float32]], int]


def train_network(
    X: NDArray[np.float32],
    y: NDArray[np.intp],
    *,
    train: NDArray[np.intp],
    held_out: NDArray[np.intp],
    class_weights: NDArray[np.float32],
    seed: int,
    settings: dict[str, Any],
) -> Network:
    """Train a network on standardised features.

    Parameters
    ----------
    X : ndarray of float32, shape (n, d)
    y : ndarray of int, shape (n,)
        Class of each row, from 0.
    train, held_out : ndarray of int
        Rows to learn from, and rows whose loss decides when to stop (may be none).
    class_weights : ndarray, shape (n_classes,)
    seed : int
    settings : dict
        The parameters of `handpose.classifiers.MLP`.

    Returns
    -------
    weights, biases : list of ndarray
        Of the epoch with the lowest held-out loss, or of the last one.
    n_iter : int
        Epochs that were trained.
    """
    inputs, targets = torch.from_numpy(X), torch.from_numpy(y.astype(np.int64))
    with own_randomness(threads=_THREADS):
        torch.manual_seed(seed)
        network = _network(X.shape[1], settings["hidden"], len(class_weights), settings["dropout"])
        loss = nn.CrossEntropyLoss(torch.from_numpy(class_weights))
        epochs = _epochs(network, loss, inputs[train], targets[train], settings)
        best, best_loss, waited, epoch = network, np.inf, 0, 0
        for epoch in epochs:  # noqa: B007
            if not len(held_out):
                continue
            current = _loss(network, loss, inputs[held_out], targets[held_out])
            waited = 0 if current < best_loss else waited + 1
            if current < best_loss:
                best, best_loss = deepcopy(network), current
            if waited >= settings["patience"]:
                break
    layers = [layer for layer in best if isinstance(layer, nn.Linear)]
    weights = [np.ascontiguousarray(layer.weight.detach().numpy().T) for layer in layers]
    return weights, [layer.bias.detach().numpy().copy() for layer in layers], epoch


def _network(inputs: int, hidden: Sequence[int], outputs: int, dropout: float) -> nn.Sequential:
    layers: list[nn.Module] = []
    for width in hidden:
        layers += [nn.Linear(inputs, width), nn.ReLU(), nn.Dropout(dropout)]
        inputs = width
    return nn.Sequential(*layers, nn.Linear(inputs, outputs))


def _epochs(
    network: nn.Sequential,
    loss: nn.Module,
    inputs: torch.Tensor,
    targets: torch.Tensor,
    settings: dict[str, Any],
) -> Iterator[int]:
    """Train epoch by epoch; yields the number of epochs that are done."""
    size, epochs = min(settings["batch_size"], len(inputs)), settings["max_epochs"]
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=settings["learning_rate"], weight_decay=settings["weight_decay"]
    )
    batches = -(-len(inputs) // size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=settings["learning_rate"], total_steps=epochs * batches
    )
    for epoch in range(1, epochs + 1):
        network.train()
        for rows in torch.randperm(len(inputs)).split(size):
            optimizer.zero_grad()
            loss(network(inputs[rows]), targets[rows]).backward()
            optimizer.step()
            schedule.step()
        yield epoch


def _loss(
    network: nn.Sequential, loss: nn.Module, inputs: torch.Tensor, targets: torch.Tensor
) -> float:
    network.eval()
    with torch.no_grad():
        return float(loss(network(inputs), targets))
