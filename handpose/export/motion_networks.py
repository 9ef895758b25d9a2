"""``motion_net`` in a description: as `handpose.classifiers.motion_net.forward`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.motion_net import MotionNet
from handpose.classifiers.motion_net.channels import channels, split
from handpose.classifiers.motion_net.forward import FARTHEST, HEADS, LAYERS
from handpose.export import tracing as xp
from handpose.export.graph import Value
from handpose.export.tracing import Traced
from handpose.features.motion_sequences import SequenceForm

Arrays = Mapping[str, NDArray[np.float32]]


def motion_networks(x: Value, net: MotionNet) -> Value:
    """Mean of the log probabilities of all networks, shape (n, classes)."""
    arrays, form = net.arrays_, SequenceForm.of(net.n_features_in_)
    # the module stands in for numpy, as torch does in training
    read = channels(*split(Traced(x), form), xp)
    signal = xp.clip((read - arrays["mean"]) / arrays["scale"], -FARTHEST, FARTHEST)
    count = len(arrays["head_bias"])
    named = [name for name in arrays if name not in ("mean", "scale")]
    each = [
        _log_chances(signal, {name: arrays[name][row] for name in named}) for row in range(count)
    ]
    total = each[0]
    for chances in each[1:]:
        total = total + chances
    return (total / float(count)).value


def _log_chances(x: Traced, arrays: Arrays) -> Traced:
    """Of one network, shape (n, classes)."""
    for layer in LAYERS:
        found = _convolved(x, arrays[f"{layer.name}_weight"], arrays[f"{layer.name}_bias"])
        x = found + x if layer.adds else found
        if layer.halves:
            x = xp.maximum(x[:, ::2], x[:, 1::2])
    looks = x @ arrays["attention_weight"] + arrays["attention_bias"]
    shares = xp.exp(looks - looks.max(1, keepdims=True))
    shares = shares / shares.sum(1, keepdims=True)
    n, frames, wide = x.shape
    parts = x.reshape(n, frames, HEADS, wide // HEADS)
    looked = (shares[..., None] * parts).sum(1).reshape(n, wide)
    pooled = xp.concatenate([looked, x.max(1)], 1)
    found = pooled @ arrays["head_weight"] + arrays["head_bias"]
    found = found - found.max(1, keepdims=True)
    return found - xp.log(xp.exp(found).sum(1, keepdims=True))


def _convolved(x: Traced, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> Traced:
    """Convolution over time, zeros beyond the ends, then ReLU."""
    kernel, inputs, outputs = weight.shape
    n, frames, _ = x.shape
    side = kernel // 2
    if side:
        beyond = xp.zeros_like(x[:, :side])
        padded = xp.concatenate([beyond, x, beyond], 1)
        x = xp.concatenate([padded[:, i : i + frames] for i in range(kernel)], 2)
    rows = x.reshape(n * frames, kernel * inputs) @ weight.reshape(kernel * inputs, outputs)
    return Traced((rows + bias).value.relu()).reshape(n, frames, outputs)
