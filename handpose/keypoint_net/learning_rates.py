"""The result of the learning-rate finder, and its plot."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.errors import MissingExtraError
from handpose.system.files import replacing

SMOOTHING = 0.9
"""Weight of earlier losses in the smoothed loss."""


@dataclass(frozen=True)
class LearningRates:
    """Losses of a run with a growing learning rate (Smith, WACV 2017).

    Attributes
    ----------
    rates : ndarray of shape (steps,)
    losses : ndarray of shape (steps,)
        Smoothed loss before the step with each rate, the mean absolute difference in sides of the
        picture. The run ends when it is four times the smallest one.
    """

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]

    @property
    def suggestion(self) -> float:
        """A third of the rate at the smallest loss."""
        return float(self.rates[self.losses.argmin()] / 3)

    def plot(self, path: str | Path) -> Path:
        """Plot losses over rates into a picture file.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise MissingExtraError("plotting the learning-rate finder", "plots") from None
        figure = Figure(figsize=(6, 4), layout="constrained")
        axes = figure.subplots()
        axes.semilogx(self.rates, self.losses)
        axes.axvline(self.suggestion, linestyle="--", color="0.5")
        axes.annotate(f" {self.suggestion:.2g}", (self.suggestion, self.losses.max()), va="top")
        axes.set(xlabel="learning rate", ylabel="loss (sides of the picture)")
        with replacing(Path(path)) as temporary:
            figure.savefig(temporary, dpi=120, format=Path(path).suffix[1:] or "png")
        return Path(path)


def smoothed(losses: list[float]) -> float:
    """The last of the exponentially smoothed losses, corrected for the short history."""
    weights = SMOOTHING ** np.arange(len(losses))[::-1]
    return float(np.average(losses, weights=weights))
