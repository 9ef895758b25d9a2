"""A run of training: epochs, the best of them, and going on where a run was killed."""

from __future__ import annotations

import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from handpose.errors import ModelFileError
from handpose.training.checkpoints import Progress, load_checkpoint, save_checkpoint
from handpose.training.optimization import learning_rate_at, set_learning_rate

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class RunSettings:
    """Settings that every run has; the estimators explain them."""

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    warmup_epochs: float
    patience: int


@dataclass(frozen=True)
class RunFile:
    """Where a run is kept.

    Attributes
    ----------
    path : Path or None
        Written after each epoch; where it exists, the run goes on from there.
    fingerprint : str
        Of all that decides how the run ends.
    network : str
        What is trained, for messages.
    """

    path: Path | None
    fingerprint: str
    network: str


def run_epochs(
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    settings: RunSettings,
    epoch: Callable[[int], dict[str, float]],
    judged_by: str,
    file: RunFile,
) -> list[dict[str, float]]:
    """Train until the epochs or the patience end; the network keeps the weights of the best.

    Parameters
    ----------
    network : Module
    optimizer : Optimizer
    settings : RunSettings
    epoch : callable
        Trains for the epoch with this number, from 0, and gives its numbers.
    judged_by : str
        Which number is smallest in the best epoch; where epochs lack it, the last is the best.
    file : RunFile

    Returns
    -------
    list of dict
        Numbers of each epoch.

    Raises
    ------
    ModelFileError
        If the file is damaged, or that of another run.
    """
    progress = load_checkpoint(file.path, file.fingerprint, file.network) if file.path else None
    if progress:
        _go_on(progress, network, optimizer, file)
    else:
        progress = _beginning(network, optimizer)
    while progress.epoch < settings.epochs and progress.waited < settings.patience:
        numbers = epoch(progress.epoch)
        _advance(progress, network, optimizer, numbers, judged_by)
        if file.path:
            save_checkpoint(file.path, progress, file.fingerprint)
    network.load_state_dict(progress.best)
    network.eval()
    return progress.history


def batches(rows: NDArray[np.intp], settings: RunSettings) -> int:
    """Steps of an epoch."""
    return math.ceil(len(rows) / settings.batch_size)


def run_batches(
    optimizer: torch.optim.Optimizer,
    rows: NDArray[np.intp],
    settings: RunSettings,
    epoch: int,
    step: Callable[[NDArray[np.intp]], float],
    report: Report | None,
) -> tuple[float, float]:
    """One epoch's steps, in a random order; gives the mean loss of a row and the last rate."""
    total, rate = 0.0, settings.learning_rate
    count = batches(rows, settings)
    steps, warmup = settings.epochs * count, round(settings.warmup_epochs * count)
    order = torch.randperm(len(rows)).numpy()
    for i, batch in enumerate(np.array_split(rows[order], count)):  # no batch of one
        rate = learning_rate_at(epoch * count + i, steps, warmup, settings.learning_rate)
        set_learning_rate(optimizer, rate)
        total += step(batch) * len(batch)
        if report:
            report(epoch * count + i + 1, steps)
    return total / len(rows), rate


def _go_on(
    progress: Progress, network: nn.Module, optimizer: torch.optim.Optimizer, file: RunFile
) -> None:
    try:
        _check_numbers(progress)
        network.load_state_dict(progress.best)
        network.load_state_dict(progress.network)
        optimizer.load_state_dict(progress.optimizer)
        torch.set_rng_state(progress.random)
    except Exception as error:  # torch fails in many ways on what it did not write
        reason = shorten(str(error) or type(error).__name__, 120)
        raise ModelFileError(
            f"{file.path}: not a checkpoint of {file.network} ({reason})"
        ) from None


def _check_numbers(progress: Progress) -> None:
    for name in ("epoch", "waited"):
        if type(number := getattr(progress, name)) is not int or number < 0:
            raise ValueError(f"{name} must be a whole number of at least 0, but got {number!r}")
    loss, history = progress.best_loss, progress.history
    if not isinstance(loss, int | float) or math.isnan(loss):
        raise ValueError(f"best_loss must be a number, but got {loss!r}")
    whole = isinstance(history, list) and len(history) == progress.epoch
    if not whole or not all(isinstance(numbers, dict) for numbers in history):
        raise ValueError("history must have the numbers of each epoch")


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
    # Where nothing is held out, the last epoch is the best.
    loss = numbers.get(judged_by, -float(progress.epoch))
    progress.waited = 0 if loss < progress.best_loss else progress.waited + 1
    if loss < progress.best_loss:
        progress.best_loss, progress.best = loss, progress.network
