"""Parameters and multiply-adds of a network."""

from __future__ import annotations

import torch
from torch.utils.flop_counter import FlopCounterMode

from handpose.pixels.family import architecture
from handpose.pixels.network import EfficientNet


def parameter_count(variant: str, *, classes: int = 1000) -> int:
    """Number of trained parameters of a variant."""
    return sum(parameter.numel() for parameter in _weightless(variant, classes).parameters())


def multiply_adds(variant: str, resolution: int | None = None, *, classes: int = 1000) -> int:
    """Multiply-adds of all convolutions and of the last layer, for one picture.

    Parameters
    ----------
    variant : str
    resolution : int, optional
        Side of the picture in pixels; the variant's own by default.
    classes : int, default=1000
    """
    side = resolution or architecture(variant).resolution
    network, counter = _weightless(variant, classes), FlopCounterMode(display=False)
    with counter, torch.no_grad():
        network(torch.empty(1, 3, side, side, device="meta"))
    return int(counter.get_total_flops()) // 2


def _weightless(variant: str, classes: int) -> EfficientNet:
    with torch.device("meta"):
        return EfficientNet(variant, classes=classes).eval()
