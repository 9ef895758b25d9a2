"""What a network costs, counted on the network itself."""

from __future__ import annotations

from handpose.pixels.family import architecture
from handpose.pixels.network import EfficientNet
from handpose.pixels.torch_backend import Tensor, nn, torch


def parameter_count(variant: str, *, classes: int = 1000) -> int:
    """Count the trained numbers of a variant."""
    return sum(parameter.numel() for parameter in _weightless(variant, classes).parameters())


def multiply_adds(variant: str, resolution: int | None = None, *, classes: int = 1000) -> int:
    """Count the multiply-adds of all convolutions and of the last layer, for one picture.

    Parameters
    ----------
    variant : str
    resolution : int, optional
        Side of the picture in pixels; the variant's own by default.
    classes : int, default=1000
    """
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with counter:
        _run(_weightless(variant, classes), resolution or architecture(variant).resolution)
    return int(counter.get_total_flops()) // 2


def elementwise_operations(variant: str, resolution: int | None = None) -> int:
    """Count what `multiply_adds` leaves out: 2 operations for each number that batch normalisation
    gives, 1 for each of an activation or of the addition around a block.

    The multiply-adds that the authors publish for the lite variants agree with the sum of both.
    """
    network = _weightless(variant)
    operations = 0

    def count(weight: int, output: Tensor) -> None:
        nonlocal operations
        operations += weight * output.numel()

    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(lambda _module, _inputs, output: count(2, output))
        elif isinstance(module, nn.ReLU6 | nn.SiLU) or getattr(module, "residual", False):
            module.register_forward_hook(lambda _module, _inputs, output: count(1, output))
    _run(network, resolution or architecture(variant).resolution)
    return operations


def _weightless(variant: str, classes: int = 1000) -> EfficientNet:
    with torch.device("meta"):
        return EfficientNet(variant, classes=classes).eval()


def _run(network: EfficientNet, side: int) -> None:
    with torch.no_grad():
        network(torch.empty(1, 3, side, side, device="meta"))
