"""`FrameNet`: the network in numpy, from streams to the motion that each frame belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.arrays import SMALLEST_SCALE, Arrays, Spec, check_arrays
from handpose.containers.motion import Motion
from handpose.models.frame_net.reading import STEP_MS, FrameForm, at_steps, channels

Floats = NDArray[np.float32]

THIRDS = 3
"""Of a motion: each is told apart from the others."""
KERNEL = 5
DILATIONS = (1, 2, 4, 8, 16)
"""Steps from one weight of a convolution to the next."""
HISTORY = (KERNEL - 1) * sum(DILATIONS)
"""Steps that are looked back."""
HISTORY_MS = HISTORY * STEP_MS
AHEAD = 3
"""Steps that are looked ahead."""
FARTHEST = 6.0
"""In deviations: no channel counts for more."""
LEAST_CHANCE = 2.5e-3
"""No motion is told to be less probable."""


class FrameNet:
    """The probability that a frame of a stream lies in a motion of each label.

    Convolutions over the last four seconds and 100 ms ahead, dilated (after Bai, Kolter & Koltun,
    arXiv 1803.01271), with one class for each third of each label's motions and one for nothing.

    Parameters
    ----------
    labels : sequence of str
    form : FrameForm
    arrays : mapping of str to ndarray
        ``scale`` (channels); ``stem_weight`` (channels, width), ``stem_bias`` (width);
        ``wide_weight`` (blocks, `KERNEL`, width, width), ``wide_bias`` (blocks, width),
        ``point_weight`` (blocks, width, width) and ``point_bias`` (blocks, width); ``head_weight``
        (width, 1 + 3 labels), ``head_bias``.
    """

    def __init__(self, labels: Sequence[str], form: FrameForm, arrays: Mapping[str, Any]):
        self.labels, self._form = tuple(labels), form
        self._arrays = {name: np.asarray(array, np.float32) for name, array in arrays.items()}

    def __call__(
        self, stream: Motion, frames: NDArray[np.intp] | None = None
    ) -> NDArray[np.float64]:
        """Log probabilities of the labels in frames of a stream, shape (n, labels); all by default.

        Frames are in the order of time; each is told by the step that is nearest.
        """
        times = stream.timestamps_ms
        last = times[-1] if frames is None else times[frames[-1]]
        all_steps = np.round((times - last) / STEP_MS).astype(int)
        here = all_steps if frames is None else all_steps[frames]
        steps = np.arange(max(here[0] - HISTORY, all_steps[0]), AHEAD + 1)
        points, seen = at_steps(stream, self._form, last + steps * STEP_MS)
        logits = self._logits(channels(points[None], seen[None])[0], here - steps[0])
        logits -= logits.max(1, keepdims=True)
        chances = np.exp(logits.astype(np.float64))
        thirds = chances[:, 1:].reshape(len(here), len(self.labels), THIRDS).sum(2)
        return np.log(np.maximum(thirds / chances.sum(1, keepdims=True), LEAST_CHANCE))

    def _logits(self, read: Floats, wanted: NDArray[np.intp]) -> Floats:
        """Logits of wanted steps, from channels (steps, channels) up to `AHEAD` later ones.

        Each layer is computed at those steps that the next one looks at.
        """
        arrays = self._arrays
        *earlier, last = _looked_at(np.unique(wanted) + AHEAD)
        x = np.clip(read[earlier[0]] / arrays["scale"], -FARTHEST, FARTHEST)
        x = x @ arrays["stem_weight"] + arrays["stem_bias"]
        layers = zip(DILATIONS, earlier, [*earlier[1:], last], strict=True)
        for block, (dilation, before, here) in enumerate(layers):
            wide = _convolved(x, before, here, dilation, arrays["wide_weight"][block])
            wide = np.maximum(wide + arrays["wide_bias"][block], 0)
            x = x[np.searchsorted(before, here)]
            x = x + wide @ arrays["point_weight"][block] + arrays["point_bias"][block]
        found: Floats = np.maximum(x, 0) @ arrays["head_weight"] + arrays["head_bias"]
        return found[np.searchsorted(last, wanted + AHEAD)]

    def to_arrays(self, classes: Sequence[str]) -> Arrays:
        """Named arrays, for `from_arrays`: labels as their places among the classes of a model."""
        places = {label: place for place, label in enumerate(map(str, classes))}
        labels = np.array([places[label] for label in self.labels], np.int64)
        return {**self._arrays, "labels": labels}

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, NDArray[Any]], *, classes: Sequence[str], form: FrameForm
    ) -> FrameNet:
        """The inverse of `to_arrays`.

        Raises
        ------
        ValueError
            If arrays are missing or contradict each other.
        """
        labels = np.shape(arrays.get("labels", ()))
        width = np.shape(arrays.get("stem_bias", ()))
        if len(labels) != 1 or len(width) != 1:
            raise ValueError("the network of frames lacks labels or a width")
        wide, blocks = width[0], len(DILATIONS)
        outputs = 1 + THIRDS * labels[0]
        specs = {
            "labels": Spec(labels, "i", 0, len(classes) - 1),
            "scale": Spec((form.channels,), low=SMALLEST_SCALE),
            "stem_weight": Spec((form.channels, wide)),
            "stem_bias": Spec((wide,)),
            "wide_weight": Spec((blocks, KERNEL, wide, wide)),
            "wide_bias": Spec((blocks, wide)),
            "point_weight": Spec((blocks, wide, wide)),
            "point_bias": Spec((blocks, wide)),
            "head_weight": Spec((wide, outputs)),
            "head_bias": Spec((outputs,)),
        }
        check_arrays(arrays, specs, {})
        weights = dict(arrays)
        places = weights.pop("labels").tolist()
        if len(set(places)) < len(places):
            raise ValueError("a label stands twice in the network of frames")
        return cls([str(classes[place]) for place in places], form, weights)


def _looked_at(wanted: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """Steps at which the input of each layer is needed, and those that are wanted at last."""
    found = [wanted]
    for dilation in reversed(DILATIONS):
        taps = np.unique(_taps(found[0], dilation))
        found.insert(0, taps[taps >= 0])
    return found


def _taps(steps: NDArray[np.intp], dilation: int) -> NDArray[np.intp]:
    """What a convolution looks at from each step, shape (n, `KERNEL`)."""
    return steps[:, None] - dilation * np.arange(KERNEL)[::-1]


def _convolved(
    x: Floats, before: NDArray[np.intp], here: NDArray[np.intp], dilation: int, weight: Floats
) -> Floats:
    """Convolution at some steps, of rows that are known at steps before; zeros before the first."""
    taps = _taps(here, dilation)
    places = np.where(taps < 0, len(before), np.searchsorted(before, taps))
    rows = np.concatenate([x, np.zeros((1, x.shape[1]), np.float32)])[places]
    found: Floats = rows.reshape(len(here), -1) @ weight.reshape(-1, weight.shape[2])
    return found
