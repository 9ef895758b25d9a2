"""Training the network: the part that needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from handpose.classifiers.arrays import SMALLEST_SCALE
from handpose.features.moments import Floats
from handpose.models.frame_net.network import FrameNetwork
from handpose.models.frame_net.reading import channels
from handpose.training.runs import Rows, RunSettings, Task, train

SEGMENT = 400
"""Steps of a stream that are looked at together."""
WIDTH = 96
EPOCHS = 30
FEWEST_BATCHES = 400
"""Of few takes there are more epochs."""
BATCH = 16
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 1e-2
WARMUP = 0.2
"""Share of the epochs in which the learning rate rises."""
DROPOUT = 0.2
LABEL_SMOOTHING = 0.1
TURN = 0.15
"""Standard deviation of turns about each axis, in radians."""
SIZE = 0.1
"""Standard deviation of the size along each axis (logarithm)."""
JITTER = 0.02
"""Standard deviation of each point, in palm sizes."""


@dataclass(frozen=True, eq=False)
class Steps:
    """A stream at equal steps of time.

    Attributes
    ----------
    points : ndarray of float32, shape (n, hands, points, axes)
        In palm sizes.
    seen : ndarray of bool, shape (n, hands)
    classes : ndarray of int, shape (n,)
        0 for nothing.
    """

    points: Floats
    seen: NDArray[np.bool_]
    classes: NDArray[np.intp]


def train_network(
    streams: Sequence[Steps], classes: int, *, mirror: bool, seed: int
) -> dict[str, Floats]:
    """Train on streams; gives arrays for `FrameNet`.

    Parameters
    ----------
    streams : sequence of Steps
    classes : int
    mirror : bool
        Whether every second segment is seen in a mirror, its hands exchanged.
    seed : int

    Raises
    ------
    HandposeError
        If training diverges.
    """
    torch.manual_seed(seed)
    read = np.concatenate([channels(one.points[None], one.seen[None])[0] for one in streams])
    scale = np.maximum(np.sqrt(np.mean(np.square(read), axis=0)), SMALLEST_SCALE)
    network = FrameNetwork(scale.astype(np.float32), WIDTH, classes, DROPOUT)
    spans = [
        (i, start) for i, one in enumerate(streams) for start in range(0, len(one.classes), SEGMENT)
    ]
    rows = np.arange(len(spans))
    epochs = max(EPOCHS, ceil(FEWEST_BATCHES / ceil(len(rows) / BATCH)))
    settings = RunSettings(epochs, BATCH, LEARNING_RATE, WEIGHT_DECAY, WARMUP * epochs, epochs)
    task = _FrameTask(settings, rows, rows[:0], tuple(streams), np.array(spans), mirror)
    train(network, task, seed=seed, name="the network of frames")
    return network.arrays()


@dataclass(frozen=True)
class _FrameTask(Task):
    streams: tuple[Steps, ...]
    spans: NDArray[np.intp]
    mirror: bool

    def loss(self, network: nn.Module, rows: Rows) -> Tensor:
        rng = np.random.default_rng(int(torch.randint(2**31 - 1, (1,))))
        segments = [_segment(self.streams[i], start, rng) for i, start in self.spans[rows]]
        points, seen, classes = (np.stack(part) for part in zip(*segments, strict=True))
        if self.mirror:
            points, seen = _mirrored(points, seen, rng)
        read = channels(_changed(points, rng), seen)
        return functional.cross_entropy(
            network(torch.from_numpy(read)),
            torch.from_numpy(classes.astype(np.int64)),
            label_smoothing=LABEL_SMOOTHING,
        )


def _segment(
    stream: Steps, start: int, rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_], NDArray[np.intp]]:
    """About these steps of a stream; beyond its end nothing is seen."""
    first = max(
        min(start + int(rng.integers(-SEGMENT // 2, SEGMENT // 2)), len(stream.classes) - SEGMENT),
        0,
    )
    parts = [part[first : first + SEGMENT] for part in (stream.points, stream.seen, stream.classes)]
    lacks = SEGMENT - len(parts[0])
    points, seen, classes = (
        np.concatenate([p, np.zeros((lacks, *p.shape[1:]), p.dtype)]) for p in parts
    )
    return points, seen, classes


def _mirrored(
    points: Floats, seen: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Floats, NDArray[np.bool_]]:
    """Every second segment as in a mirror."""
    chosen = rng.random(len(points)) < 0.5
    points, seen = points.copy(), seen.copy()
    points[chosen] = points[chosen][:, :, ::-1]
    points[chosen, ..., 0] *= -1
    seen[chosen] = seen[chosen][:, :, ::-1]
    return points, seen


def _changed(points: Floats, rng: np.random.Generator) -> Floats:
    """Turned, stretched and jittered."""
    n, axes = len(points), points.shape[-1]
    matrices = np.eye(axes) * np.exp(rng.normal(0, SIZE, (n, 1, axes)))
    for one in range(axes):
        for other in range(one + 1, axes):
            angle = rng.normal(0, TURN, n)
            turn = np.tile(np.eye(axes), (n, 1, 1))
            turn[:, one, one] = turn[:, other, other] = np.cos(angle)
            turn[:, one, other], turn[:, other, one] = np.sin(angle), -np.sin(angle)
            matrices = matrices @ turn
    turned = np.einsum("nthka,nab->nthkb", points, matrices.astype(np.float32))
    found: Floats = turned + rng.normal(0, JITTER, points.shape).astype(np.float32)
    return found
