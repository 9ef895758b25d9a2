"""How motions of one gesture by one person vary: what a model keeps of it for new people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.extmath import randomized_svd

from handpose.classifiers.arrays import Spec, check_arrays
from handpose.classifiers.variation import Floats, off_their_means
from handpose.containers.labels import is_no_gesture
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions

DIRECTIONS = 50
"""That are kept: the strongest."""
MOST, FEWEST = 2000, 4
"""Motions that are looked at, about; of one gesture by a person at least so many."""

_ARRAYS = {"directions": Spec(("directions", "features"))}


def variation_of(
    samples: Landmarks | Motions,
    labels: NDArray[Any],
    people: NDArray[Any],
    vectors_of: Callable[[Motions], NDArray[Any]],
    random_state: int,
) -> Floats | None:
    """Directions in which motions of one gesture by one person vary.

    Of still hands it is not needed: the few samples of a new person tell as much.

    Parameters
    ----------
    samples : Motions of length n, or Landmarks
    labels, people : ndarray of shape (n,)
    vectors_of : callable
        Vectors of some of the motions.
    random_state : int

    Returns
    -------
    ndarray of float32, shape (k, d), or None
        At most `DIRECTIONS`, each as long as the standard deviation along it. None for still hands,
        where nobody shows a gesture `FEWEST` times, and where vectors are not finite numbers.
    """
    if not isinstance(samples, Motions):
        return None
    rows, codes = _of_one_person(labels, people, np.random.default_rng(random_state))
    vectors = vectors_of(samples[rows]) if len(rows) else np.zeros(())
    if vectors.ndim != 2 or vectors.dtype.kind != "f" or not np.isfinite(vectors).all():
        return None
    off = off_their_means(vectors, codes)
    off /= np.sqrt(len(rows) - len(np.unique(codes)))
    most = min(DIRECTIONS, *off.shape)
    _, lengths, axes = randomized_svd(off, most, random_state=random_state)
    found: Floats = (lengths[:, None] * axes).astype(np.float32)
    return found


def directions_from(arrays: Mapping[str, NDArray[Any]], *, n_features: int) -> Floats:
    """Directions of a file, checked.

    Raises
    ------
    ValueError
        If there are too many, or they are of other features.
    """
    check_arrays(arrays, _ARRAYS, {"features": n_features})
    directions: Floats = arrays["directions"]
    if len(directions) > DIRECTIONS:
        raise ValueError(f"there are more than {DIRECTIONS} directions")
    return directions


def _of_one_person(
    labels: NDArray[Any], people: NDArray[Any], rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of gestures that a person shows several times, and a number of the gesture and person.

    All that a person shows of a gesture, then of another, in any order, until there are `MOST`.
    """
    shown = np.flatnonzero(~is_no_gesture(labels))
    pairs = [np.unique(values[shown], return_inverse=True)[1] for values in (labels, people)]
    codes = np.unique(np.stack(pairs), axis=1, return_inverse=True)[1].reshape(-1)
    counts = np.bincount(codes)
    order = rng.permutation(np.flatnonzero(counts >= FEWEST))
    before = np.cumsum(counts[order]) - counts[order]
    kept = np.isin(codes, order[before < MOST])
    return shown[kept], codes[kept]
