"""Training the network: the part that needs torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from handpose.classifiers.arrays import standardization
from handpose.classifiers.motion_net.augmentation import MotionAugmentation, augmented
from handpose.classifiers.motion_net.channels import channels
from handpose.classifiers.motion_net.network import MotionNetwork, inputs, read
from handpose.features.motion_sequences import SequenceForm
from handpose.training.runs import Rows, RunSettings, Task, train

_WEIGHT_DECAY = 0.02
_WARMUP = 0.1
"""Share of the epochs in which the learning rate rises."""
_AT_ONCE = 512


def train_network(
    sequences: NDArray[np.float32],
    codes: NDArray[np.intp],
    weights: NDArray[np.float32],
    rows: tuple[Rows, Rows],
    *,
    classes: int,
    networks: int,
    width: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    patience: int,
    dropout: float,
    label_smoothing: float,
    augmentation: MotionAugmentation,
    seed: int,
) -> tuple[dict[str, NDArray[np.float32]], int]:
    """Train networks side by side on sequences.

    Parameters
    ----------
    sequences : ndarray of float32, shape (n, size)
        As `MotionSequences` gives them.
    codes : ndarray of int, shape (n,)
        The class of each.
    weights : ndarray of float32, shape (n,)
        How much each counts.
    rows : two arrays of int
        To learn from, and to decide when to stop (may be empty).
    classes, networks, width, epochs, batch_size, learning_rate, patience, dropout, label_smoothing
        As in `MotionNet`.
    augmentation : MotionAugmentation
    seed : int

    Returns
    -------
    dict of ndarray, int
        Arrays for `forward.logits`, and the epochs that were trained.

    Raises
    ------
    HandposeError
        If training diverges.
    """
    form = SequenceForm.of(sequences.shape[1])
    points, seen, body = inputs(sequences, form)
    mean, scale = _standardization(points, seen, body)
    torch.manual_seed(seed)
    network = MotionNetwork(form, networks, width, classes, dropout, mean, scale)
    settings = RunSettings(
        epochs, batch_size, learning_rate, _WEIGHT_DECAY, _WARMUP * epochs, patience
    )
    task = _MotionTask(
        settings, *rows, points, seen, body, codes, weights, augmentation, label_smoothing
    )
    history = train(network, task, seed=seed, name="motion_net")
    return {"mean": mean, "scale": scale} | network.arrays(), len(history)


@dataclass(frozen=True)
class _MotionTask(Task):
    judged_by: ClassVar[str] = "held_out_loss"

    points: Tensor
    seen: Tensor
    body: Tensor
    codes: NDArray[np.intp]
    weights: NDArray[np.float32]
    augmentation: MotionAugmentation
    label_smoothing: float

    def loss(self, network: nn.Module, rows: Rows) -> Tensor:
        x = read(network, *augmented(*self._taken(rows), self.augmentation))
        mix = self.augmentation.mix
        if not mix:
            return self._mean(network(x), rows, self.label_smoothing)
        share = np.random.default_rng(_number()).beta(mix, mix)
        order = torch.randperm(len(rows))
        logits = network(share * x + (1 - share) * x[order])
        losses = [self._mean(logits, r, self.label_smoothing) for r in (rows, rows[order.numpy()])]
        return share * losses[0] + (1 - share) * losses[1]

    def judge(self, network: nn.Module) -> dict[str, float]:
        network.eval()
        with torch.inference_mode():
            batches = np.array_split(self.held_out, -(-len(self.held_out) // _AT_ONCE))
            found = [network(read(network, *self._taken(rows))) for rows in batches]
            logits = torch.cat(found).log_softmax(2).mean(1, keepdim=True)
            loss = float(self._mean(logits, self.held_out, 0.0))
        right = logits[:, 0].argmax(1).numpy() == self.codes[self.held_out]
        return {"held_out_loss": loss, "held_out_accuracy": float(right.mean())}

    def _taken(self, rows: Rows) -> tuple[Tensor, Tensor, Tensor]:
        return self.points[rows], self.seen[rows], self.body[rows]

    def _mean(self, logits: Tensor, rows: Rows, smoothing: float) -> Tensor:
        """Mean loss of logits (n, networks, classes): the sum over networks."""
        targets = torch.from_numpy(self.codes[rows].astype(np.int64))[:, None]
        losses = functional.cross_entropy(
            logits.transpose(1, 2),
            targets.expand(-1, logits.shape[1]),
            reduction="none",
            label_smoothing=smoothing,
        ).sum(1)
        weights = torch.from_numpy(self.weights[rows])
        return (losses * weights).sum() / weights.sum()


def _number() -> int:
    """A number that torch's seed decides."""
    return int(torch.randint(2**31 - 1, (1,)))


def _standardization(points: Tensor, seen: Tensor, body: Tensor) -> Any:
    """Mean and deviation of each channel over all frames."""
    rows = torch.arange(len(points)).split(_AT_ONCE)
    found = [channels(points[part], seen[part], body[part], torch) for part in rows]
    flat = torch.cat(found).flatten(0, 1).numpy()
    return standardization(flat)
