"""Training. Reproducible for a seed and a number of threads."""

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

from handpose.errors import HandposeError
from handpose.extractors.keypoint_net.augment_points import augmented
from handpose.extractors.keypoint_net.augmentation import PointAugmentation
from handpose.extractors.keypoint_net.checkpoints import (
    Progress,
    load_checkpoint,
    run_fingerprint,
    save_checkpoint,
)
from handpose.extractors.keypoint_net.networks import KeypointNetwork
from handpose.extractors.keypoint_net.torch_backend import Tensor, nn, torch

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Training:
    """Settings of a run; `KeypointNet` explains them."""

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    warmup_epochs: float
    patience: int
    augment: PointAugmentation | None
    mirror: tuple[int, ...]


@dataclass(frozen=True)
class Task:
    """What to learn from.

    Attributes
    ----------
    pictures : ndarray of uint8, shape (n, channels, size, size)
    points : ndarray of float32, shape (n, k, 2)
        The picture's corners at 0 and 1.
    train, held_out : ndarray of int
        Rows.
    """

    pictures: NDArray[np.uint8]
    points: NDArray[np.float32]
    train: NDArray[np.intp]
    held_out: NDArray[np.intp]


def train(
    network: KeypointNetwork,
    task: Task,
    settings: Training,
    *,
    seed: int,
    checkpoint: Path | None = None,
    report: Report | None = None,
) -> list[dict[str, float]]:
    """Train a network; it ends with the weights of the best epoch.

    The best epoch has the smallest error on the rows held out; without such rows it is the last.

    Parameters
    ----------
    network : KeypointNetwork
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
        held_out_error, the mean distance in sides of the picture.
    """
    fingerprint = run_fingerprint(settings, network.state_dict(), *vars(task).values(), seed=seed)
    torch.manual_seed(seed)
    optimizer = make_optimizer(network, settings)
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


def predicted(
    network: nn.Module, pictures: NDArray[np.uint8], batch_size: int
) -> NDArray[np.float32]:
    """Run a network on pictures (n, channels, size, size); relative points (n, k, 2)."""
    network.eval()
    with torch.inference_mode():
        found = [
            network(torch.from_numpy(pictures[i : i + batch_size]).float()).numpy()
            for i in range(0, len(pictures), batch_size)
        ]
    return np.concatenate(found)


def make_optimizer(network: nn.Module, settings: Training) -> torch.optim.Optimizer:
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


def step(
    network: KeypointNetwork,
    optimizer: torch.optim.Optimizer,
    task: Task,
    rows: NDArray[np.intp],
    settings: Training,
) -> float:
    """One step on some rows; gives the loss before it, the mean absolute difference."""
    pixels = torch.from_numpy(task.pictures[rows]).float()
    points = torch.from_numpy(task.points[rows])
    if settings.augment:
        pixels, points = augmented(pixels, points, settings.augment, settings.mirror)
    optimizer.zero_grad()
    loss = (network(_channels_last(pixels)) - points).abs().mean()
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def _channels_last(pixels: Tensor) -> Tensor:
    return pixels.contiguous(memory_format=torch.channels_last)


def _beginning(network: nn.Module, optimizer: torch.optim.Optimizer) -> Progress:
    state = deepcopy(network.state_dict())
    return Progress(0, 0, math.inf, [], state, state, optimizer.state_dict(), torch.get_rng_state())


def _epoch(
    network: KeypointNetwork,
    optimizer: torch.optim.Optimizer,
    task: Task,
    settings: Training,
    epoch: int,
    report: Report | None,
) -> dict[str, float]:
    start, total = time.perf_counter(), 0.0
    count = math.ceil(len(task.train) / settings.batch_size)
    steps, warmup = settings.epochs * count, round(settings.warmup_epochs * count)
    network.train()
    order = torch.randperm(len(task.train)).numpy()
    rate = settings.learning_rate
    for i, rows in enumerate(np.array_split(task.train[order], count)):  # no batch of one
        rate = learning_rate_at(epoch * count + i, steps, warmup, settings.learning_rate)
        for parameters in optimizer.param_groups:
            parameters["lr"] = rate
        total += step(network, optimizer, task, rows, settings) * len(rows)
        if report:
            report(epoch * count + i + 1, steps)
    if not math.isfinite(total):
        raise HandposeError(
            f"training diverged in epoch {epoch + 1}; lower learning_rate "
            f"({settings.learning_rate:g})"
        )
    numbers = {"learning_rate": rate, "train_loss": total / len(task.train)}
    if len(task.held_out):
        found = predicted(network, task.pictures[task.held_out], settings.batch_size)
        apart = np.linalg.norm(found - task.points[task.held_out], axis=-1)
        numbers["held_out_error"] = float(apart.mean())
    return numbers | {"seconds": time.perf_counter() - start}


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
    # Where nothing is held out, the last epoch is the best.
    loss = numbers.get("held_out_error", -float(progress.epoch))
    progress.waited = 0 if loss < progress.best_loss else progress.waited + 1
    if loss < progress.best_loss:
        progress.best_loss, progress.best = loss, progress.network
