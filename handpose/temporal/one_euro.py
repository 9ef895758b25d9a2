"""The One-Euro filter: smooth when the signal rests, quick when it moves."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.floating]


def smoothing_factor(cutoff: Floats | float, seconds: Floats | float) -> Floats:
    """Weight of the newest value in a first-order low-pass filter; `cutoff` in Hz."""
    ratio = np.asarray(2 * pi * cutoff * seconds)
    return ratio / (ratio + 1)


@dataclass
class FilterState:
    """What the filter remembers of a signal: its filtered value, and slope a second."""

    value: Floats
    slope: Floats


class OneEuroFilter:
    """Low-pass filter whose cutoff grows with speed, for signals of any shape.

    Parameters
    ----------
    min_cutoff : float, default=1.0
        Hz, at rest: lower is smoother.
    beta : float, default=0.0
        Hz for each unit of the value a second: higher is quicker.
    d_cutoff : float, default=1.0
        Hz, of the filter of the speed.

    Raises
    ------
    ValueError
        If a cutoff is not above 0, or beta is below 0.

    References
    ----------
    Casiez, Roussel and Vogel, "1 Euro Filter: A Simple Speed-based Low-pass Filter for Noisy Input
    in Interactive Systems", CHI 2012.

    Examples
    --------
    >>> smooth = OneEuroFilter(min_cutoff=1.0, beta=0.1)
    >>> [round(float(smooth(x, t / 30)), 3) for t, x in enumerate([0.0, 1.0, 1.0])]
    [0.0, 0.208, 0.387]
    """

    def __init__(self, min_cutoff: float = 1.0, beta: float = 0.0, d_cutoff: float = 1.0):
        if min(min_cutoff, d_cutoff) <= 0 or beta < 0:
            raise ValueError(
                "min_cutoff and d_cutoff must be above 0 and beta not below, but got "
                f"min_cutoff={min_cutoff}, beta={beta}, d_cutoff={d_cutoff}"
            )
        self.min_cutoff, self.beta, self.d_cutoff = min_cutoff, beta, d_cutoff
        self._state: FilterState | None = None
        self._seconds = 0.0

    def __call__(self, value: ArrayLike, seconds: float) -> Floats:
        """Filter the next value.

        Parameters
        ----------
        value : array_like
            Of the same shape each time.
        seconds : float
            When it was measured; must grow from call to call.

        Returns
        -------
        ndarray

        Raises
        ------
        ValueError
            If the time does not grow.
        """
        value = np.asarray(value, float)
        if self._state is None:
            self._state = FilterState(value, np.zeros_like(value))
        elif seconds <= self._seconds:
            raise ValueError(f"time must grow, but got {seconds} s after {self._seconds} s")
        else:
            self._state = self.step(self._state, value, seconds - self._seconds)
        self._seconds = seconds
        return self._state.value

    def reset(self) -> None:
        """Forget the signal: the next value begins another one."""
        self._state = None

    def step(
        self, state: FilterState, value: Floats, elapsed: Floats | float, unit: Floats | None = None
    ) -> FilterState:
        """One step of the filter, without its memory.

        Parameters
        ----------
        state : FilterState
        value : ndarray of the state's shape
        elapsed : float, or ndarray that broadcasts to it
            Seconds.
        unit : ndarray that broadcasts to it, optional
            Makes the last axis the coordinates of points, whose speed is that of the vector, in
            this unit a second. Without it, each number has a speed of its own.
        """
        slope = (value - state.value) / elapsed
        slope = state.slope + smoothing_factor(self.d_cutoff, elapsed) * (slope - state.slope)
        speed = np.abs(slope) if unit is None else _length(slope) / unit
        weight = smoothing_factor(self.min_cutoff + self.beta * speed, elapsed)
        return FilterState(state.value + weight * (value - state.value), slope)


def _length(vectors: Floats) -> Floats:
    return np.asarray(np.sqrt(np.square(vectors).sum(axis=-1, keepdims=True)))
