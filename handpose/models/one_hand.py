"""How near one hand is to the known ones, fast: in a video, every microsecond of numpy counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.few_shot.embedding import Embedding

Floats = NDArray[np.float64]
Place = Callable[[NDArray[Any]], Floats]


class OneHand:
    """Mean squared distance of one hand to the nearest hands of a class, as for many at a time.

    Parameters
    ----------
    embedding : list of ndarray
        Networks are computed in float32, a linear map in float64.
    of : sequence of ndarray of shape (m, k)
        Embedded hands of each class.
    squares : sequence of ndarray of shape (m,)
        Their squared lengths.
    nearest : int
        Hands that count.
    """

    def __init__(
        self, embedding: Embedding, of: Sequence[Floats], squares: Sequence[Floats], nearest: int
    ):
        self._place = _linear(embedding[0]) if len(embedding) == 1 else _networks(*embedding)
        self._twice = [2 * hands for hands in of]
        self._squares = squares
        self._few = [min(nearest, len(hands)) for hands in of]

    def distance(self, vector: NDArray[Any], code: int) -> float:
        """Mean squared distance of a vector (d,) to the nearest of a class."""
        place = self._place(vector)
        distances = self._squares[code] - self._twice[code] @ place
        few = self._few[code]
        distances.partition(few - 1)
        return max(sum(distances[:few].tolist()) / few + float(place @ place), 0.0)


def _linear(axes: Floats) -> Place:
    return partial(_on_axes, axes)


def _networks(inputs: Floats, biases: Floats, outputs: Floats) -> Place:
    n, _, hidden = inputs.shape
    first = np.concatenate(list(inputs), axis=1).astype(np.float32)
    bias = biases.reshape(n * hidden).astype(np.float32)
    return partial(_through, first, bias, (outputs / np.sqrt(n)).astype(np.float32))


def _on_axes(axes: Floats, vector: NDArray[Any]) -> Floats:
    return np.asarray(vector.astype(np.float64) @ axes)


def _through(
    first: NDArray[np.float32],
    bias: NDArray[np.float32],
    second: NDArray[np.float32],
    vector: NDArray[Any],
) -> Floats:
    signal = vector.astype(np.float32, copy=False) @ first
    signal += bias
    np.maximum(signal, 0, out=signal)
    n, hidden, _ = second.shape
    return np.asarray((signal.reshape(n, 1, hidden) @ second).ravel().astype(np.float64))
