"""``motion_net`` in a description: as `handpose.classifiers.motion_net.forward`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.motion_net import MotionNet
from handpose.classifiers.motion_net.channels import channels, split
from handpose.classifiers.motion_net.forward import HEADS
from handpose.export import tracing as xp
from handpose.export.graph import Value
from handpose.export.tracing import Traced
from handpose.features.motion_sequences import SequenceForm

Arrays = Mapping[str, NDArray[np.float32]]


def motion_network(x: Value, net: MotionNet) -> Value:
    """Logits of sequences, shape (n, classes)."""
    arrays, form = net.arrays_, SequenceForm.of(net.n_features_in_)
    # the module stands in for numpy, as torch does in training
    read = channels(*split(Traced(x), form), xp)
    signal = (read - arrays["mean"]) / arrays["scale"]
    signal = _convolved(signal, arrays, "stem")
    for name in ("fine_0", "fine_1"):
        signal = signal + _convolved(signal, arrays, name)
    signal = _convolved(signal, arrays, "widen")
    signal = xp.maximum(signal[:, ::2], signal[:, 1::2])
    for name in ("coarse_0", "coarse_1"):
        signal = signal + _convolved(signal, arrays, name)
    looks = signal @ arrays["attention_weight"] + arrays["attention_bias"]
    shares = Traced(looks.transpose(0, 2, 1).value.softmax()).transpose(0, 2, 1)
    n, frames, wide = signal.shape
    parts = signal.reshape(n, frames, HEADS, wide // HEADS)
    looked = (shares[..., None] * parts).sum(1).reshape(n, wide)
    pooled = xp.concatenate([looked, signal.max(1)], 1)
    return (pooled @ arrays["head_weight"] + arrays["head_bias"]).value


def _convolved(x: Traced, arrays: Arrays, name: str) -> Traced:
    """Convolution over time, zeros beyond the ends, then ReLU."""
    weight, bias = arrays[f"{name}_weight"], arrays[f"{name}_bias"]
    kernel, inputs, outputs = weight.shape
    n, frames, _ = x.shape
    side = kernel // 2
    if side:
        beyond = xp.zeros_like(x[:, :side])
        padded = xp.concatenate([beyond, x, beyond], 1)
        x = xp.concatenate([padded[:, i : i + frames] for i in range(kernel)], 2)
    rows = x.reshape(n * frames, kernel * inputs) @ weight.reshape(kernel * inputs, outputs)
    return Traced((rows + bias).value.relu()).reshape(n, frames, outputs)
