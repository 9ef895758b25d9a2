"""Finding a graph by gradient, and training it: the parts that need torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from handpose.classifiers.searched.forward import initial_parameters, make_network
from handpose.classifiers.searched.graph import EDGES, Edge, fixed_weights, strongest
from handpose.classifiers.searched.operations import OPERATIONS
from handpose.training.runs import RunSettings, Task, train

_CHOICE_RATE = 0.02
"""Learning rate of the choice of operations."""
_WEIGHT_DECAY = 1e-2
_BATCH = 64
_WARMUP = 0.3
"""Share of the epochs in which the learning rate rises."""

Rows = NDArray[np.intp]


def find_graph(
    X: NDArray[np.float32],
    y: NDArray[np.intp],
    halves: tuple[Rows, Rows],
    *,
    width: int,
    epochs: int,
    learning_rate: float,
    rng: np.random.RandomState,
    go_on: Callable[[], bool] = lambda: True,
) -> tuple[str, ...]:
    """Differentiable architecture search, of first order.

    Liu et al., "DARTS: Differentiable Architecture Search", ICLR 2019. Every edge computes the
    softmax-weighted sum of all operations. The network learns from one half of the rows and the
    softmax from the other, in turns; finally the strongest operations are kept.

    Parameters
    ----------
    X : ndarray of float32, shape (n, features)
    y : ndarray of int, shape (n,)
    halves : two arrays of int
        Rows; the halves share no person.
    width, epochs : int
    learning_rate : float
    rng : RandomState
    go_on : callable, optional
        Called before every epoch; False ends the search.

    Returns
    -------
    tuple of str
        As for `parse_graph`.
    """
    choices = torch.zeros((len(EDGES), len(OPERATIONS)), requires_grad=True)
    everywhere: dict[Edge, Any] = {edge: dict.fromkeys(OPERATIONS, 1.0) for edge in EDGES}
    network = _Network(initial_parameters(everywhere, X.shape[1], width, int(y.max()) + 1, rng))
    learn = torch.optim.AdamW(network.parameters(), lr=learning_rate, weight_decay=_WEIGHT_DECAY)
    choose = torch.optim.Adam([choices], lr=_CHOICE_RATE, betas=(0.5, 0.999))
    inputs, targets = torch.from_numpy(X), torch.from_numpy(y.astype(np.int64))
    for _ in range(epochs):
        if not go_on():
            break
        for pair in _paired_batches(halves, rng):
            for optimizer, rows in zip((choose, learn), pair, strict=True):
                learn.zero_grad()
                choose.zero_grad()
                outputs = network(inputs[rows], _weights(choices))
                functional.cross_entropy(outputs, targets[rows]).backward()
                optimizer.step()
    chances = torch.softmax(choices.detach(), 1).tolist()
    return strongest(
        {
            edge: dict(zip(OPERATIONS, row, strict=True))
            for edge, row in zip(EDGES, chances, strict=True)
        }
    )


def train_graph(
    X: NDArray[np.float32],
    y: NDArray[np.intp],
    graph: tuple[str, ...],
    *,
    width: int,
    epochs: int,
    learning_rate: float,
    rng: np.random.RandomState,
) -> dict[str, NDArray[np.float32]]:
    """Train the network of a graph.

    Parameters
    ----------
    X : ndarray of float32, shape (n, features)
    y : ndarray of int, shape (n,)
    graph : tuple of str
    width, epochs : int
    learning_rate : float
        Peak of the schedule: a warm-up, then half a cosine.
    rng : RandomState

    Returns
    -------
    dict of ndarray
        Parameters for `make_network`.

    Raises
    ------
    HandposeError
        If training diverges.
    """
    start = initial_parameters(fixed_weights(graph), X.shape[1], width, int(y.max()) + 1, rng)
    network = _Network(start)
    settings = RunSettings(epochs, _BATCH, learning_rate, _WEIGHT_DECAY, _WARMUP * epochs, epochs)
    task = _GraphTask(settings, np.arange(len(X)), np.arange(0), X, y, graph)
    train(network, task, seed=int(rng.randint(2**31 - 1)), name="searched")
    return network.arrays()


@dataclass(frozen=True)
class _GraphTask(Task):
    X: NDArray[np.float32]
    y: NDArray[np.intp]
    graph: tuple[str, ...]

    def loss(self, network: nn.Module, rows: Rows) -> torch.Tensor:
        outputs = network(torch.from_numpy(self.X[rows]), fixed_weights(self.graph))
        return functional.cross_entropy(outputs, torch.from_numpy(self.y[rows].astype(np.int64)))


class _Network(nn.Module):
    def __init__(self, parameters: dict[str, NDArray[np.float32]]):
        super().__init__()
        self._names = list(parameters)
        self._values = nn.ParameterList(
            nn.Parameter(torch.from_numpy(parameters[name])) for name in self._names
        )

    def forward(self, x: torch.Tensor, weights: Any) -> torch.Tensor:
        named = dict(zip(self._names, self._values, strict=True))
        return make_network(named, weights, torch)(x)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        values = (value.detach().numpy().copy() for value in self._values)
        return dict(zip(self._names, values, strict=True))


def _weights(choices: torch.Tensor) -> dict[Edge, dict[str, torch.Tensor]]:
    shares = torch.softmax(choices, 1)
    return {
        edge: dict(zip(OPERATIONS, row, strict=True))
        for edge, row in zip(EDGES, shares, strict=True)
    }


def _paired_batches(halves: tuple[Rows, Rows], rng: np.random.RandomState) -> Any:
    """Pairs of a batch of each half."""
    batches = [torch.from_numpy(rng.permutation(half)).split(_BATCH) for half in halves]
    return zip(*batches, strict=False)
