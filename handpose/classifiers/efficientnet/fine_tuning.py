"""Training of the whole network. Reproducible for a seed and a number of threads."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.efficientnet.augment_pixels import augmented
from handpose.classifiers.efficientnet.augmentation import PixelAugmentation
from handpose.classifiers.efficientnet.checkpoints import (
    Progress,
    load_checkpoint,
    run_fingerprint,
    save_checkpoint,
)
from handpose.classifiers.efficientnet.inference import as_pixels, outputs
from handpose.classifiers.efficientnet.network import EfficientNet
from handpose.classifiers.efficientnet.torch_backend import functional, nn, torch
from handpose.errors import HandposeError

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Training:
    """Settings of a run; `EfficientNetClassifier` explains them."""

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    warmup_epochs: float
    label_smoothing: float
    patience: int
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
    _follow_quickly(network, _batches(task, settings) * settings.epochs)
    optimizer = _optimizer(network, settings)
    progress = load_checkpoint(checkpoint, fingerprint) if checkpoint else None
    if progress:
        network.load_state_dict(progress.network)
        optimizer.load_state_dict(progress.optimizer)
        torch.set_rng_state(progress.random)
    else:
        progress = _beginning(network, optimizer)
    while progress.epoch < settings.epochs and progress.waited < settings.patience:
        numbers = _epoch(network, optimizer, task, settings, progress.epoch, report)
        _advance(progress, network, optimizer, numbers)
        if checkpoint:
            save_checkpoint(checkpoint, progress, fingerprint)
    network.load_state_dict(progress.best)
    network.eval()
    return progress.history


def learning_rate_at(step: int, steps: int, warmup: int, peak: float) -> float:
    """Linear warm-up, then half a cosine to nothing (Loshchilov & Hutter, ICLR 2017)."""
    if step < warmup:
        return peak * (step + 1) / warmup
    return peak * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))) / 2


@contextmanager
def own_randomness(threads: int | None) -> Iterator[None]:
    """Leave torch's random numbers and number of threads as they were."""
    before = torch.get_num_threads()
    try:
        if threads:
            torch.set_num_threads(threads)
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        torch.set_num_threads(before)


def _batches(task: Task, settings: Training) -> int:
    return math.ceil(len(task.train) / settings.batch_size)


def _follow_quickly(network: nn.Module, steps: int) -> None:
    """Let batch normalisation's statistics be those of the last ten batches, or of a third of them.

    The authors' average over a hundred batches still lags behind the weights when a short run ends.
    """
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = min(1.0, max(0.1, 3 / steps))


def _beginning(network: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
    state = deepcopy(network.state_dict())
    return Progress(0, 0, math.inf, [], state, state, optimizer.state_dict(), torch.get_rng_state())


def _epoch(
    network: EfficientNet,
    optimizer: torch.optim.Optimizer,
    task: Task,
    settings: Training,
    epoch: int,
    report: Report | None,
) -> dict[str, float]:
    start, total = time.perf_counter(), 0.0
    count = _batches(task, settings)
    steps, warmup = settings.epochs * count, round(settings.warmup_epochs * count)
    network.train()
    order = torch.randperm(len(task.train)).numpy()
    rate = settings.learning_rate
    for i, rows in enumerate(np.array_split(task.train[order], count)):  # no batch of one
        rate = learning_rate_at(epoch * count + i, steps, warmup, settings.learning_rate)
        for parameters in optimizer.param_groups:
            parameters["lr"] = rate
        total += _step(network, optimizer, task, rows, settings) * len(rows)
        if report:
            report(epoch * count + i + 1, steps)
    if not math.isfinite(total):
        raise HandposeError(
            f"training diverged in epoch {epoch + 1}; lower learning_rate ({rate:g})"
        )
    numbers = {"learning_rate": rate, "train_loss": total / len(task.train)}
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


def _advance(
    progress: Progress,
    network: nn.Module,
    optimizer: torch.optim.Optimizer,
    numbers: dict[str, float],
) -> None:
    progress.epoch += 1
    progress.history.append(numbers)
    progress.network = deepcopy(network.state_dict())
    progress.optimizer = optimizer.state_dict()
    progress.random = torch.get_rng_state()
    loss = numbers.get(
        "held_out_loss", -float(progress.epoch)
    )  # nothing held out: the last is best
    progress.waited = 0 if loss < progress.best_loss else progress.waited + 1
    if loss < progress.best_loss:
        progress.best_loss, progress.best = loss, progress.network


def _optimizer(network: nn.Module, settings: Training) -> torch.optim.Optimizer:
    """AdamW; biases and normalisation do not decay."""
    matrices = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": settings.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ],
        lr=settings.learning_rate,
    )
