"""The network in numpy: from sequences to logits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.motion_net.channels import channels, split
from handpose.features.motion_sequences import SequenceForm

Floats = NDArray[np.float32]

LAYERS = (
    *(("stem", 1, 1), ("fine_0", 1, 3), ("fine_1", 1, 3), ("widen", 1, 3)),
    *(("coarse_0", 2, 3), ("coarse_1", 2, 3)),
)
"""Name, inputs in widths (of the stem: the channels), and frames of each convolution."""

HEADS = 4
"""Of the attention: each looks at a quarter of the channels."""


def logits(sequences: Floats, form: SequenceForm, arrays: Mapping[str, Floats]) -> Floats:
    """Logits of sequences, shape (n, classes).

    Parameters
    ----------
    sequences : ndarray of float32, shape (n, form.size)
    form : SequenceForm
    arrays : mapping of str to ndarray of float32
        ``mean`` and ``scale`` of the channels; ``NAME_weight`` (frames, inputs, outputs) and
        ``NAME_bias`` of each of `LAYERS`; those of ``attention`` and ``head`` (inputs, outputs).
    """
    x = (channels(*split(sequences, form), np) - arrays["mean"]) / arrays["scale"]
    x = _convolved(x.astype(np.float32, copy=False), arrays, "stem")
    for name in ("fine_0", "fine_1"):
        x = x + _convolved(x, arrays, name)
    x = _convolved(x, arrays, "widen")
    n, frames, wide = x.shape
    x = x.reshape(n, frames // 2, 2, wide).max(2)
    for name in ("coarse_0", "coarse_1"):
        x = x + _convolved(x, arrays, name)
    looks = x @ arrays["attention_weight"] + arrays["attention_bias"]
    shares = np.exp(looks - looks.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    parts = x.reshape(n, frames // 2, HEADS, wide // HEADS)
    looked = (shares[..., None] * parts).sum(1).reshape(n, wide)
    pooled = np.concatenate([looked, x.max(1)], axis=1)
    found: Floats = pooled @ arrays["head_weight"] + arrays["head_bias"]
    return found


def _convolved(x: Floats, arrays: Mapping[str, Floats], name: str) -> Floats:
    """Convolution over time, zeros beyond the ends, then ReLU."""
    weight, bias = arrays[f"{name}_weight"], arrays[f"{name}_bias"]
    kernel, inputs, outputs = weight.shape
    n, frames, _ = x.shape
    side = kernel // 2
    if side:
        padded = np.zeros((n, frames + 2 * side, inputs), np.float32)
        padded[:, side : side + frames] = x
        x = np.concatenate([padded[:, i : i + frames] for i in range(kernel)], axis=2)
    flat = x.reshape(n * frames, kernel * inputs) @ weight.reshape(kernel * inputs, outputs)
    flat += bias
    np.maximum(flat, 0, out=flat)
    return flat.reshape(n, frames, outputs)
