"""Training of the whole network. Reproducible for a seed and a number of threads."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.errors import HandposeError
from handpose.pixels.augment_pixels import augmented
from handpose.pixels.augmentation import PixelAugmentation
from handpose.pixels.inference import as_pixels, outputs
from handpose.pixels.network import EfficientNet
from handpose.pixels.torch_backend import functional, nn, torch
from handpose.training.checkpoints import run_fingerprint
from handpose.training.optimization import make_optimizer
from handpose.training.runs import (
    Report,
    RunFile,
    RunSettings,
    batches,
    run_batches,
    run_epochs,
)


@dataclass(frozen=True)
class Training(RunSettings):
    """Settings of a run; `EfficientNetClassifier` explains them."""

    label_smoothing: float
    augment: PixelAugmentation | None


@dataclass(frozen=True)
class Task:
    """What to learn from: pictures (n, side, side, 3), their classes, and the two kinds of rows."""

    pictures: NDArray[np.uint8]
    codes: NDArray[np.intp]
    train: NDArray[np.intp]
    held_out: NDArray[np.intp]


def fine_tune(
    network: EfficientNet,
    task: Task,
    settings: Training,
    *,
    seed: int,
    checkpoint: Path | None = None,
    report: Report | None = None,
) -> list[dict[str, float]]:
    """Train a network; it ends with the weights of the best epoch.

    The best epoch has the lowest loss on the rows held out; without such rows it is the last.

    Parameters
    ----------
    network : EfficientNet
    task : Task
    settings : Training
    seed : int
    checkpoint : Path, optional
        Written after each epoch; where it exists, the run goes on from there.
    report : callable (done, total), optional
        Called after each batch; in batches of the whole run.

    Returns
    -------
    list of dict
        For each epoch: learning_rate, train_loss, seconds, and where rows are held out also
        held_out_loss and held_out_accuracy.
    """
    fingerprint = run_fingerprint(settings, network.state_dict(), *vars(task).values(), seed=seed)
    torch.manual_seed(seed)
    _follow_quickly(network, batches(task.train, settings) * settings.epochs)
    optimizer = make_optimizer(network, settings.learning_rate, settings.weight_decay)
    return run_epochs(
        network,
        optimizer,
        settings,
        lambda epoch: _epoch(network, optimizer, task, settings, epoch, report),
        judged_by="held_out_loss",
        file=RunFile(checkpoint, fingerprint, "EfficientNet"),
    )


def _follow_quickly(network: nn.Module, steps: int) -> None:
    """Let batch normalisation's statistics be those of the last ten batches, or of a third of them.

    The authors' average over a hundred batches still lags behind the weights when a short run ends.
    """
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = min(1.0, max(0.1, 3 / steps))


def _epoch(
    network: EfficientNet,
    optimizer: torch.optim.Optimizer,
    task: Task,
    settings: Training,
    epoch: int,
    report: Report | None,
) -> dict[str, float]:
    start = time.perf_counter()
    network.train()
    loss, rate = run_batches(
        optimizer,
        task.train,
        settings,
        epoch,
        lambda rows: _step(network, optimizer, task, rows, settings),
        report,
    )
    if not math.isfinite(loss):
        raise HandposeError(
            f"training diverged in epoch {epoch + 1}; lower learning_rate ({rate:g})"
        )
    numbers = {"learning_rate": rate, "train_loss": loss}
    if len(task.held_out):
        numbers |= _evaluate(network, task, settings.batch_size)
    return numbers | {"seconds": time.perf_counter() - start}


def _step(
    network: EfficientNet,
    optimizer: torch.optim.Optimizer,
    task: Task,
    rows: NDArray[np.intp],
    settings: Training,
) -> float:
    pixels = as_pixels(task.pictures[rows])
    if settings.augment:
        pixels = augmented(pixels, settings.augment)
    targets = torch.from_numpy(task.codes[rows].astype(np.int64))
    optimizer.zero_grad()
    loss = functional.cross_entropy(
        network(pixels), targets, label_smoothing=settings.label_smoothing
    )
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def _evaluate(network: EfficientNet, task: Task, batch_size: int) -> dict[str, float]:
    rows = task.held_out
    starts = range(0, len(rows), batch_size)
    found = outputs(network, (task.pictures[rows[i : i + batch_size]] for i in starts))
    logits = torch.from_numpy(found)
    targets = torch.from_numpy(task.codes[task.held_out].astype(np.int64))
    return {
        "held_out_loss": float(functional.cross_entropy(logits, targets)),
        "held_out_accuracy": float((logits.argmax(1) == targets).float().mean()),
    }
