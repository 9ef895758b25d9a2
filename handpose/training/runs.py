"""The training loop: epochs, early stopping, the best weights, and resuming from a checkpoint."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handpose.errors import HandposeError, ModelFileError
from handpose.training.checkpoints import (
    Progress,
    load_checkpoint,
    run_fingerprint,
    save_checkpoint,
)
from handpose.training.schedule import learning_rate_at, make_optimizer, set_learning_rate

Report = Callable[[int, int], None]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class RunSettings:
    """Settings that every run has; the estimators document them."""

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    warmup_epochs: float
    patience: int


@dataclass(frozen=True)
class Task(ABC):
    """What a network learns from, and what it minimises.

    Attributes
    ----------
    settings : RunSettings
    train, held_out : ndarray of int
        Rows to learn from, and rows that decide when to stop (may be empty).
    """

    judged_by: ClassVar[str] = ""
    """The number of `judge` that is smallest in the best epoch."""

    settings: RunSettings
    train: Rows
    held_out: Rows

    @abstractmethod
    def loss(self, network: nn.Module, rows: Rows) -> Tensor:
        """Mean loss of some training rows."""

    def judge(self, network: nn.Module) -> dict[str, float]:
        """Numbers of the held-out rows."""
        return {}

    def arrays(self) -> list[NDArray[Any]]:
        """Everything that was given as an array."""
        return [value for value in vars(self).values() if isinstance(value, np.ndarray)]

    @property
    def batches(self) -> int:
        """Steps of an epoch."""
        return math.ceil(len(self.train) / self.settings.batch_size)


def train(
    network: nn.Module,
    task: Task,
    *,
    seed: int,
    name: str,
    checkpoint: Path | None = None,
    report: Report | None = None,
) -> list[dict[str, float]]:
    """Train a network until the epochs or the patience end; it keeps the best epoch's weights.

    The best epoch has the smallest ``task.judged_by`` on the held-out rows; without such rows it
    is the last one. The result depends only on the arguments and the number of threads.

    Parameters
    ----------
    network : Module
    task : Task
    seed : int
    name : str
        What is trained, for messages.
    checkpoint : Path, optional
        Written after each epoch; if it exists, the run continues from it.
    report : callable (done, total), optional
        Called after each batch; counted over the whole run.

    Returns
    -------
    list of dict
        learning_rate, train_loss, seconds and the numbers of ``task.judge``, for each epoch.

    Raises
    ------
    ModelFileError
        If the checkpoint is damaged or belongs to another run.
    HandposeError
        If the loss is no longer finite.
    """
    settings = task.settings
    fingerprint = run_fingerprint(settings, network.state_dict(), *task.arrays(), seed=seed)
    torch.manual_seed(seed)
    optimizer = make_optimizer(network, settings.learning_rate, settings.weight_decay)
    progress = load_checkpoint(checkpoint, fingerprint, name) if checkpoint else None
    if progress:
        _resume(progress, network, optimizer, f"{checkpoint}: not a checkpoint of {name}")
    else:
        progress = _beginning(network, optimizer)
    while progress.epoch < settings.epochs and progress.waited < settings.patience:
        numbers = _epoch(network, optimizer, task, progress.epoch, report)
        _advance(progress, network, optimizer, numbers, task.judged_by)
        if checkpoint:
            save_checkpoint(checkpoint, progress, fingerprint)
    network.load_state_dict(progress.best)
    network.eval()
    return progress.history


def step(
    network: nn.Module, optimizer: torch.optim.Optimizer, task: Task, rows: Rows, rate: float
) -> float:
    """One step on some rows with a learning rate; gives the loss before it."""
    set_learning_rate(optimizer, rate)
    optimizer.zero_grad()
    loss = task.loss(network, rows)
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def outputs(network: nn.Module, batches: Any) -> NDArray[np.float32]:
    """What a network gives for an iterable of batches (tensors), in one array."""
    network.eval()
    with torch.inference_mode():
        return np.concatenate([network(batch).numpy() for batch in batches])


def _epoch(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    task: Task,
    epoch: int,
    report: Report | None,
) -> dict[str, float]:
    """Train on all rows in a random order; gives the epoch's numbers."""
    start, how, count = time.perf_counter(), task.settings, task.batches
    steps, warmup = how.epochs * count, round(how.warmup_epochs * count)
    total, rate = 0.0, how.learning_rate
    network.train()
    order = torch.randperm(len(task.train)).numpy()
    for i, rows in enumerate(np.array_split(task.train[order], count)):  # no batch of one
        rate = learning_rate_at(epoch * count + i, steps, warmup, how.learning_rate)
        total += step(network, optimizer, task, rows, rate) * len(rows)
        if report:
            report(epoch * count + i + 1, steps)
    if not math.isfinite(total):
        raise HandposeError(
            f"training diverged in epoch {epoch + 1}; lower learning_rate ({how.learning_rate:g})"
        )
    numbers = {"learning_rate": rate, "train_loss": total / len(task.train)}
    if len(task.held_out):
        numbers |= task.judge(network)
    return numbers | {"seconds": time.perf_counter() - start}


def _resume(
    progress: Progress, network: nn.Module, optimizer: torch.optim.Optimizer, refusal: str
) -> None:
    try:
        progress.check()
        network.load_state_dict(progress.best)
        network.load_state_dict(progress.network)
        optimizer.load_state_dict(progress.optimizer)
        torch.set_rng_state(progress.random)
    except Exception as error:  # torch fails in many ways on a changed file
        reason = shorten(str(error) or type(error).__name__, 120)
        raise ModelFileError(f"{refusal} ({reason})") from None


def _beginning(network: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
    state = deepcopy(network.state_dict())
    return Progress(0, 0, math.inf, [], state, state, optimizer.state_dict(), torch.get_rng_state())


def _advance(
    progress: Progress,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    numbers: dict[str, float],
    judged_by: str,
) -> None:
    progress.epoch += 1
    progress.history.append(numbers)
    progress.network = deepcopy(network.state_dict())
    progress.optimizer = optimizer.state_dict()
    progress.random = torch.get_rng_state()
    # Without held-out rows the last epoch is the best.
    loss = numbers.get(judged_by, -float(progress.epoch))
    progress.waited = 0 if loss < progress.best_loss else progress.waited + 1
    if loss < progress.best_loss:
        progress.best_loss, progress.best = loss, progress.network
