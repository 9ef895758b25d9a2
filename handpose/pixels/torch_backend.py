"""torch, or one line that says how to get it. The other modules take it from here first."""

from __future__ import annotations

from handpose.errors import MissingExtraError

try:
    import torch
    from torch import Tensor, nn
    from torch.nn import functional
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    from handpose.training.randomness import own_randomness
except ImportError:
    raise MissingExtraError("EfficientNet", "torch") from None

__all__ = ["Tensor", "functional", "fuse_conv_bn_eval", "nn", "own_randomness", "torch"]
