"""What a keypoint network minimises, and the learning-rate finder."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from handpose.keypoint_net.augment_points import augmented
from handpose.keypoint_net.augmentation import PointAugmentation
from handpose.keypoint_net.learning_rates import LearningRates, smoothed
from handpose.training.runs import RunSettings, Task, outputs, step
from handpose.training.schedule import make_optimizer

WORSE = 4.0
"""The learning-rate finder stops when the loss is this many times the smallest one."""


@dataclass(frozen=True)
class PointSettings(RunSettings):
    """Settings of a run; `KeypointNet` documents them."""

    augment: PointAugmentation | None
    mirror: tuple[int, ...]


@dataclass(frozen=True)
class PointTask(Task):
    """Points on pictures; the loss is the mean absolute difference.

    Attributes
    ----------
    pictures : ndarray of uint8, shape (n, channels, size, size)
    points : ndarray of float32, shape (n, k, 2)
        The picture's corners at 0 and 1.
    """

    judged_by: ClassVar[str] = "held_out_error"

    settings: PointSettings
    pictures: NDArray[np.uint8]
    points: NDArray[np.float32]

    def loss(self, network: nn.Module, rows: NDArray[np.intp]) -> Tensor:
        """Mean absolute difference, in sides of the picture."""
        pixels = torch.from_numpy(self.pictures[rows]).float()
        points = torch.from_numpy(self.points[rows])
        how = self.settings
        if how.augment:
            pixels, points = augmented(pixels, points, how.augment, how.mirror)
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        return (network(pixels) - points).abs().mean()

    def judge(self, network: nn.Module) -> dict[str, float]:
        """Mean distance of the held-out points, in sides of the picture."""
        rows = self.held_out
        found = predicted(network, self.pictures[rows], self.settings.batch_size)
        apart = np.linalg.norm(found - self.points[rows], axis=-1)
        return {"held_out_error": float(apart.mean())}


def predicted(
    network: nn.Module, pictures: NDArray[np.uint8], batch_size: int
) -> NDArray[np.float32]:
    """Run a network on pictures (n, channels, size, size); relative points (n, k, 2)."""
    starts = range(0, len(pictures), batch_size)
    return outputs(
        network, (torch.from_numpy(pictures[i : i + batch_size]).float() for i in starts)
    )


def growing_rates(
    network: nn.Module, task: PointTask, rates: NDArray[np.float64], seed: int
) -> LearningRates:
    """One step of training with each learning rate."""
    torch.manual_seed(seed)
    optimizer = make_optimizer(network, task.settings.learning_rate, task.settings.weight_decay)
    network.train()
    size = min(task.settings.batch_size, len(task.train))
    losses: list[float] = []
    shown: list[float] = []
    for rate in rates:
        rows = task.train[torch.randperm(len(task.train))[:size].numpy()]
        losses.append(step(network, optimizer, task, rows, float(rate)))
        if not math.isfinite(losses[-1]):
            break
        shown.append(smoothed(losses))
        if shown[-1] > WORSE * min(shown):
            break
    return LearningRates(rates[: len(shown)], np.array(shown))
