"""The networks in numpy: from sequences to logits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.motion_net.channels import channels, split
from handpose.features.motion_sequences import SequenceForm

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Layer:
    """A convolution over time, the same in every network.

    Attributes
    ----------
    name : str
    inputs, outputs : int
        In widths; inputs of 0 are the channels.
    kernel : int
        Frames.
    halves : bool
        Whether the larger of each two frames goes on.
    """

    name: str
    inputs: int
    outputs: int
    kernel: int
    halves: bool = False

    @property
    def adds(self) -> bool:
        """Whether what it finds is added to what it reads."""
        return self.inputs == self.outputs


LAYERS = (
    Layer("stem", 0, 1, 1),
    Layer("fine", 1, 1, 3),
    Layer("widen", 1, 2, 3, halves=True),
    Layer("coarse_0", 2, 2, 3),
    Layer("coarse_1", 2, 2, 3, halves=True),
    Layer("whole_0", 2, 2, 3),
    Layer("whole_1", 2, 2, 3),
)

HEADS = 4
"""Of the attention: each looks at a quarter of the channels."""

FARTHEST = 6.0
"""In deviations: no channel counts for more."""


def logits(sequences: Floats, form: SequenceForm, arrays: Mapping[str, Floats]) -> Floats:
    """Mean of the log probabilities of all networks, shape (n, classes).

    Parameters
    ----------
    sequences : ndarray of float32, shape (n, form.size)
    form : SequenceForm
    arrays : mapping of str to ndarray of float32
        ``mean`` and ``scale`` of the channels; ``NAME_weight`` (networks, frames, inputs, outputs)
        and ``NAME_bias`` (networks, outputs) of each of `LAYERS`; those of ``attention`` and
        ``head`` (networks, inputs, outputs).
    """
    x = (channels(*split(sequences, form), np) - arrays["mean"]) / arrays["scale"]
    x = np.clip(x, -FARTHEST, FARTHEST).astype(np.float32, copy=False)[None]
    for layer in LAYERS:
        found = _convolved(x, arrays[f"{layer.name}_weight"], arrays[f"{layer.name}_bias"])
        x = found + x if layer.adds else found
        if layer.halves:
            x = np.maximum(x[:, :, ::2], x[:, :, 1::2])
    looks = x @ arrays["attention_weight"][:, None] + arrays["attention_bias"][:, None, None]
    shares = np.exp(looks - looks.max(2, keepdims=True))
    shares /= shares.sum(2, keepdims=True)
    networks, n, frames, wide = x.shape
    parts = x.reshape(networks, n, frames, HEADS, wide // HEADS)
    looked = (shares[..., None] * parts).sum(2).reshape(networks, n, wide)
    pooled = np.concatenate([looked, x.max(2)], axis=2)
    found = pooled @ arrays["head_weight"] + arrays["head_bias"][:, None]
    found -= found.max(2, keepdims=True)
    found -= np.log(np.exp(found).sum(2, keepdims=True))
    mean: Floats = found.mean(0)
    return mean


def _convolved(x: Floats, weight: Floats, bias: Floats) -> Floats:
    """Convolution over time, zeros beyond the ends, then ReLU."""
    networks, kernel, inputs, outputs = weight.shape
    shared, n, frames, _ = x.shape
    side = kernel // 2
    if side:
        padded = np.zeros((shared, n, frames + 2 * side, inputs), np.float32)
        padded[:, :, side : side + frames] = x
        x = np.concatenate([padded[:, :, i : i + frames] for i in range(kernel)], axis=3)
    flat = x.reshape(shared, n * frames, kernel * inputs)
    found: Floats = flat @ weight.reshape(networks, kernel * inputs, outputs)
    found += bias[:, None]
    np.maximum(found, 0, out=found)
    return found.reshape(networks, n, frames, outputs)
