"""Training of the whole network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from handpose.pixels.augment_pixels import augmented
from handpose.pixels.augmentation import PixelAugmentation
from handpose.pixels.inference import as_pixels, outputs
from handpose.training.runs import RunSettings, Task


@dataclass(frozen=True)
class PixelSettings(RunSettings):
    """Settings of a run; `EfficientNetClassifier` documents them."""

    label_smoothing: float
    augment: PixelAugmentation | None


@dataclass(frozen=True)
class PixelTask(Task):
    """Classes of pictures; the loss is the cross-entropy.

    Attributes
    ----------
    pictures : ndarray of uint8, shape (n, side, side, 3)
    codes : ndarray of int, shape (n,)
        Class of each picture, from 0.
    """

    judged_by: ClassVar[str] = "held_out_loss"

    settings: PixelSettings
    pictures: NDArray[np.uint8]
    codes: NDArray[np.intp]

    def loss(self, network: nn.Module, rows: NDArray[np.intp]) -> Tensor:
        """Cross-entropy with label smoothing, on distorted pictures."""
        pixels, how = as_pixels(self.pictures[rows]), self.settings
        if how.augment:
            pixels = augmented(pixels, how.augment)
        targets = torch.from_numpy(self.codes[rows].astype(np.int64))
        return functional.cross_entropy(
            network(pixels), targets, label_smoothing=how.label_smoothing
        )

    def judge(self, network: nn.Module) -> dict[str, float]:
        """Cross-entropy and accuracy on the held-out pictures."""
        rows, size = self.held_out, self.settings.batch_size
        starts = range(0, len(rows), size)
        found = outputs(network, (self.pictures[rows[i : i + size]] for i in starts))
        logits = torch.from_numpy(found)
        targets = torch.from_numpy(self.codes[rows].astype(np.int64))
        return {
            "held_out_loss": float(functional.cross_entropy(logits, targets)),
            "held_out_accuracy": float((logits.argmax(1) == targets).float().mean()),
        }


def adapt_normalization(network: nn.Module, steps: int) -> None:
    """Average batch normalisation's statistics over the last ten batches, or a third of all steps.

    The authors' average over a hundred batches lags behind the weights when a short run ends.
    """
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = min(1.0, max(0.1, 3 / steps))
