"""The run behind the learning-rate finder."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from handpose.keypoint_net.learning_rates import LearningRates, smoothed
from handpose.keypoint_net.networks import KeypointNetwork
from handpose.keypoint_net.torch_backend import torch
from handpose.keypoint_net.training import Task, Training, step
from handpose.training.optimization import make_optimizer, set_learning_rate

WORSE = 4.0
"""The run ends where the loss is so many times the smallest."""


def growing_rates(
    network: KeypointNetwork,
    task: Task,
    settings: Training,
    rates: NDArray[np.float64],
    seed: int,
) -> LearningRates:
    """One step of training with each rate."""
    torch.manual_seed(seed)
    optimizer = make_optimizer(network, settings.learning_rate, settings.weight_decay)
    network.train()
    size = min(settings.batch_size, len(task.train))
    losses: list[float] = []
    shown: list[float] = []
    for rate in rates:
        set_learning_rate(optimizer, float(rate))
        rows = task.train[torch.randperm(len(task.train))[:size].numpy()]
        losses.append(step(network, optimizer, task, rows, settings))
        if not math.isfinite(losses[-1]):
            break
        shown.append(smoothed(losses))
        if shown[-1] > WORSE * min(shown):
            break
    return LearningRates(rates[: len(shown)], np.array(shown))
