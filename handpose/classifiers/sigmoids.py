"""Sigmoids: from the margin between two classes to the probability of the first.

Platt, "Probabilistic Outputs for Support Vector Machines", 1999: the log odds of a pair are
``slope * margin + offset``, fitted on held-out samples. Platt smooths the targets; with thirty
classes and few samples, no score would then come near one, since a class is only as probable as all
of its pairs allow. Instead, the slope of each pair is regularised towards a common slope, its
offset towards 0, and the common slope towards a prior from other data.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_expit

Floats = NDArray[np.float64]

PRIOR_SLOPE = 5.0
"""Slope without held-out samples. In part `prior` of benchmarks/small_sets.py the best slope was
steeper for nine in ten training sets (10 % quantiles: 5.2 and 6.7): this one is rarely
overconfident."""

PRIOR_WEIGHT = 50.0
"""Inverse variance of the prior of the common slope's logarithm, for samples with four changed
copies of each."""

SLOPE_WEIGHT = 100.0
"""Inverse variance of a pair's slope relative to the common one."""

OFFSET_WEIGHT = 100.0
"""Inverse variance of a pair's offset."""

_LOGS = (-4.0, 6.0)
"""Bounds of the logarithm of the common slope."""
_LEAST = 0.05
"""Least slope of a pair relative to the common one, so that probability grows with the margin."""

_MOST_NUMBERS = 2**23
"""Most margins; of more, every second, third, ... sample of each class is used."""

_MOST_STEPS = 50
_CLOSE = 1e-8


class HeldOutMargins:
    """Margins of samples that the machines were not fitted on.

    Parameters
    ----------
    margins : ndarray of shape (n, n_classes)
        Between a sample's own class and each other one, positive if its own wins; NaN for the own
        class and for classes that the machines did not know.
    codes : ndarray of int, shape (n,)
        Class of each sample, from 0.
    """

    def __init__(self, margins: Floats, codes: NDArray[np.intp]):
        order = np.argsort(codes, kind="stable")[:: -(-margins.size // _MOST_NUMBERS) or 1]
        self.codes = codes[order]
        self.known = np.isfinite(margins[order])
        self.margins = np.where(self.known, margins[order], 0)
        self.n_classes = margins.shape[1]
        self._present, self._starts = np.unique(self.codes, return_index=True)

    def sums(self, values: Floats) -> Floats:
        """Sums over the samples of each class, shape (n_classes, n_classes)."""
        sums = np.zeros((self.n_classes, self.n_classes))
        sums[self._present] = np.add.reduceat(values * self.known, self._starts, axis=0)
        return sums


def fit_sigmoids(held_out: HeldOutMargins | None, n_classes: int) -> tuple[Floats, Floats]:
    """Slope and offset of each pair.

    Parameters
    ----------
    held_out : HeldOutMargins or None
        None if nothing could be held out.
    n_classes : int

    Returns
    -------
    slopes, offsets : ndarray of shape (n_pairs,)
        In the order of ``itertools.combinations(range(n_classes), 2)``; slopes are positive.
    """
    slopes = np.full((n_classes, n_classes), PRIOR_SLOPE)
    offsets = np.zeros((n_classes, n_classes))
    if held_out is not None and held_out.known.any():
        slopes, offsets = _sigmoids_of_pairs(held_out, _common_slope(held_out))
    pairs = np.triu_indices(n_classes, 1)
    return slopes[pairs], offsets[pairs]


def _common_slope(held_out: HeldOutMargins) -> float:
    margins = held_out.margins[held_out.known]

    def nll(log_slope: float) -> float:
        far = log_slope - np.log(PRIOR_SLOPE)
        likelihood = log_expit(np.exp(log_slope) * margins).sum()
        return float(PRIOR_WEIGHT / 2 * far**2 - likelihood)

    return float(np.exp(minimize_scalar(nll, bounds=_LOGS, method="bounded").x))


def _sigmoids_of_pairs(held_out: HeldOutMargins, common: float) -> tuple[Floats, Floats]:
    """Slopes (symmetric) and offsets (antisymmetric) of all pairs at once, by damped Newton steps.

    The logarithms neither overflow nor cancel (Lin, Lin & Weng, "A Note on Platt's Probabilistic
    Outputs for Support Vector Machines", Machine Learning 2007).
    """
    shape = (held_out.n_classes, held_out.n_classes)
    slopes, offsets, damping = np.full(shape, common), np.zeros(shape), np.full(shape, 1e-3)
    current = _objective(held_out, slopes, offsets, common)
    for _ in range(_MOST_STEPS):
        proposed = _newton_step(held_out, slopes, offsets, common, damping)
        new = _objective(held_out, *proposed, common)
        better = new <= current
        gain = float((current - new)[better].max(initial=0))
        slopes, offsets = (
            np.where(better, to, now) for to, now in zip(proposed, (slopes, offsets), strict=True)
        )
        current = np.where(better, new, current)
        damping = np.where(better, damping / 10, damping * 10)
        if better.all() and gain < _CLOSE:
            break
    return np.maximum(slopes, _LEAST * common), offsets


def _objective(held_out: HeldOutMargins, slopes: Floats, offsets: Floats, common: float) -> Floats:
    """The objective of each pair: negative log likelihood and prior."""
    codes = held_out.codes
    losses = held_out.sums(-log_expit(slopes[codes] * held_out.margins + offsets[codes]))
    penalty = SLOPE_WEIGHT * (slopes / common - 1) ** 2 + OFFSET_WEIGHT * offsets**2
    return losses + losses.T + penalty / 2


def _newton_step(
    held_out: HeldOutMargins, slopes: Floats, offsets: Floats, common: float, damping: Floats
) -> tuple[Floats, Floats]:
    codes, margins = held_out.codes, held_out.margins
    doubt = expit(-slopes[codes] * margins - offsets[codes])
    turn, spread = held_out.sums(doubt * margins), held_out.sums(doubt)
    slope_pull = SLOPE_WEIGHT * (slopes / common - 1) / common - turn - turn.T
    offset_pull = OFFSET_WEIGHT * offsets - spread + spread.T
    squares, products, ones = (
        held_out.sums(doubt * (1 - doubt) * margins**power) for power in (2, 1, 0)
    )
    of_slope = (squares + squares.T + SLOPE_WEIGHT / common**2) * (1 + damping)
    of_offset = (ones + ones.T + OFFSET_WEIGHT) * (1 + damping)
    of_both = products - products.T
    size = of_slope * of_offset - of_both**2
    return (
        slopes - (of_offset * slope_pull - of_both * offset_pull) / size,
        offsets - (of_slope * offset_pull - of_both * slope_pull) / size,
    )
