"""How sure few_shot may be: densities of training hands among the hands of other people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from handpose.classifiers.arrays import softmax

Floats = NDArray[np.float64]

_MOST_ROWS = 1000
"""Training hands that are asked about, evenly spaced."""

_SHARPNESS_SD, _BACKGROUND_SD = 0.5, 2.0
"""Of the logarithm of the sharpness around 0, and of the background around what it was."""

LIMITS = (1e-3, 1e3)
"""Of the sharpness."""


def held_out_scores(
    places: Floats,
    codes: NDArray[np.intp],
    groups: NDArray[np.generic],
    temperature: float,
    changed: NDArray[np.bool_] | None = None,
) -> tuple[Floats, NDArray[np.intp]]:
    """Log densities of training hands by the hands of other people, and the classes of these hands.

    Parameters
    ----------
    places : ndarray of shape (n, k)
        Embedded training hands, sorted by class.
    codes : ndarray of int, shape (n,)
    groups : ndarray of shape (n,)
        Whose hands.
    temperature : float
    changed : ndarray of bool, shape (n,), optional
        Which are changed copies: none that anybody showed, so that they are not asked about.

    Returns
    -------
    scores : ndarray of shape (m, n_classes)
        -inf where nobody else shows a class. Hands whose own gesture nobody else shows are left
        out.
    codes : ndarray of int, shape (m,)
    """
    owner = np.unique(groups, return_inverse=True)[1]
    shown = np.arange(len(places)) if changed is None else np.flatnonzero(~changed)
    even = np.linspace(0, len(shown) - 1, min(len(shown), _MOST_ROWS)).astype(int)
    asked = shown[np.unique(even)]
    squares = np.square(places).sum(1)
    distances = squares[asked, None] + squares - 2 * places[asked] @ places.T
    logarithms = -np.maximum(distances, 0) / temperature
    logarithms[owner[asked, None] == owner] = -np.inf
    scores = np.stack(
        [_log_mean(logarithms[:, codes == code]) for code in range(codes.max() + 1)], axis=1
    )
    own = codes[asked]
    usable = np.isfinite(scores[np.arange(len(own)), own])
    return scores[usable], own[usable]


def fitted_sharpness(
    scores: Floats, codes: NDArray[np.intp], background: float, temperature: float
) -> Floats:
    """Sharpness and background that make the classes of held-out hands most probable, shape (2,).

    With few hands they are about 1 and what the background was (a maximum a posteriori).

    Parameters
    ----------
    scores, codes
        Of `held_out_scores`.
    background, temperature : float
        Parameters of the classifier.
    """
    if not len(scores):
        return np.array([1.0, background])
    counts = np.bincount(codes)[codes]
    weights = len(codes) / len(np.unique(codes)) / counts

    def loss(found: Floats) -> float:
        sharp = float(np.exp(found[0]))
        chances = with_background(scores, -background * np.exp(found[1]) / temperature, sharp)
        own = np.maximum(chances[np.arange(len(codes)), codes], 1e-12)
        prior = (found[0] / _SHARPNESS_SD) ** 2 + (found[1] * background / _BACKGROUND_SD) ** 2
        return float(-(weights * np.log(own)).sum() + prior / 2)

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-3}).x
    sharpness = np.clip(np.exp(found[0]), *LIMITS)
    return np.array([sharpness, background * np.exp(found[1])])


def with_background(scores: Floats, background: float, sharpness: float = 1.0) -> Floats:
    """Probabilities from log densities (n, n_classes), the background's share spread evenly.

    They are raised to the power of the sharpness, and sum to 1 again.
    """
    return softmax(sharpness * np.logaddexp(scores, background - np.log(scores.shape[1])))


def _log_mean(logarithms: Floats) -> Floats:
    """Of each row, over the entries that are finite; -inf where none is."""
    largest = logarithms.max(axis=1, initial=-np.inf)
    safe = np.where(np.isfinite(largest), largest, 0.0)
    sums = np.exp(logarithms - safe[:, None]).sum(1)
    counts = np.maximum(np.isfinite(logarithms).sum(1), 1)
    with np.errstate(divide="ignore"):
        return safe + np.log(sums / counts)
