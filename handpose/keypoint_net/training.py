"""Training. Reproducible for a seed and a number of threads."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.errors import HandposeError
from handpose.keypoint_net.augment_points import augmented
from handpose.keypoint_net.augmentation import PointAugmentation
from handpose.keypoint_net.networks import KeypointNetwork
from handpose.keypoint_net.torch_backend import Tensor, nn, torch
from handpose.training.checkpoints import run_fingerprint
from handpose.training.optimization import make_optimizer
from handpose.training.runs import Report, RunFile, RunSettings, run_batches, run_epochs


@dataclass(frozen=True)
class Training(RunSettings):
    """Settings of a run; `KeypointNet` explains them."""

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
    optimizer = make_optimizer(network, settings.learning_rate, settings.weight_decay)
    return run_epochs(
        network,
        optimizer,
        settings,
        lambda epoch: _epoch(network, optimizer, task, settings, epoch, report),
        judged_by="held_out_error",
        file=RunFile(checkpoint, fingerprint, "KeypointNet"),
    )


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


def _epoch(
    network: KeypointNetwork,
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
        lambda rows: step(network, optimizer, task, rows, settings),
        report,
    )
    if not math.isfinite(loss):
        raise HandposeError(
            f"training diverged in epoch {epoch + 1}; lower learning_rate "
            f"({settings.learning_rate:g})"
        )
    numbers = {"learning_rate": rate, "train_loss": loss}
    if len(task.held_out):
        found = predicted(network, task.pictures[task.held_out], settings.batch_size)
        apart = np.linalg.norm(found - task.points[task.held_out], axis=-1)
        numbers["held_out_error"] = float(apart.mean())
    return numbers | {"seconds": time.perf_counter() - start}
