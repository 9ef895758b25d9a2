"""Embeddings that map hands of one gesture to nearby points.

An embedding is a list of arrays. One array (d, k) is a linear map. Three are networks whose outputs
are concatenated: ``inputs`` (networks, d, hidden), ``biases`` (networks, hidden) and ``outputs``
(networks, hidden, k).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf

from handpose.classifiers.arrays import Arrays, Spec
from handpose.features import LandmarkFeatures

Embedding = list[NDArray[np.float64]]

_NETWORKS = ("inputs", "biases", "outputs")

KEYS = ("geometry", "coordinates")
"""Names of the shipped networks: the feature preset whose columns they read."""

_WITHIN, _BETWEEN = 3.0, 8.0
"""Squared distances, as in the shipped embeddings, of two hands of one gesture and of the nearest
hands of two gestures."""

_TINY = 1e-6
"""Share of the features' variance that counts as zero."""


def known_networks(names: Sequence[str]) -> str | None:
    """The key of shipped networks that can read columns of these names, or None."""
    columns = set(names)
    return next((key for key in KEYS if columns.issuperset(network_columns(key))), None)


def shipped_embedding(key: str, names: Sequence[str]) -> Embedding:
    """Networks for vectors whose columns have these names (see scripts/train_embedding.py).

    Parameters
    ----------
    key : str
        One of `KEYS`.
    names : sequence of str
        Of the columns, in their order. Columns that the networks do not know are ignored.

    Raises
    ------
    ValueError
        If a column that the networks read is not among them.
    """
    expected, columns = network_columns(key), list(names)
    for name in expected:
        if name not in columns:
            raise ValueError(
                f"embedding {key!r} reads column {name!r}, which is not among the "
                f"{len(columns)} columns; use features={key!r} or embedding=None"
            )
    arrays = _shipped()
    read, biases, outputs = (arrays[f"{key}_{name}"] for name in _NETWORKS)
    inputs = np.zeros((len(read), len(columns), read.shape[2]))
    inputs[:, [columns.index(name) for name in expected]] = read
    return [inputs, biases, outputs]


@cache
def network_columns(key: str) -> tuple[str, ...]:
    """Names of the columns that the networks of a key read, in their order."""
    return tuple(LandmarkFeatures(key).get_feature_names_out())


def whitening(X: NDArray[np.float64], codes: NDArray[np.intp]) -> Embedding:
    """A linear map that whitens the samples within classes.

    Parameters
    ----------
    X : ndarray of shape (n, d)
    codes : ndarray of int, shape (n,)
        Class of each row, from 0.

    Notes
    -----
    The covariance within classes is shrunk towards a multiple of the identity (Ledoit & Wolf, "A
    Well-Conditioned Estimator for Large-Dimensional Covariance Matrices", Journal of Multivariate
    Analysis 2004). With one sample for each class, it is the identity.
    """
    counts = np.bincount(codes)
    means = np.stack([X[codes == code].mean(0) for code in range(len(counts))])
    residuals = X - means[codes]
    spread = X.var(0).mean() or 1.0
    if np.square(residuals).mean() <= _TINY * spread:
        return [np.eye(X.shape[1]) * np.sqrt(_BETWEEN / _nearest(means, spread))]
    covariance = ledoit_wolf(residuals, assume_centered=True)[0]
    variances, axes = np.linalg.eigh(covariance + _TINY * spread * np.eye(X.shape[1]))
    linear = axes / np.sqrt(variances)
    free = max(len(X) - len(counts), 1)
    within = 2 * np.square(residuals @ linear).sum() / free
    return [linear * np.sqrt(_WITHIN / within)]


def embed(embedding: Embedding, X: NDArray[Any]) -> NDArray[np.float64]:
    """Embedded rows, shape (n, k)."""
    vectors = X.astype(np.float64, copy=False)  # no rounding that depends on the batch
    if len(embedding) == 1:
        return vectors @ embedding[0]
    inputs, biases, outputs = embedding
    hidden = np.maximum(vectors @ inputs + biases[:, None], 0)
    places = (hidden @ outputs).transpose(1, 0, 2).reshape(len(vectors), -1)
    return places / np.sqrt(len(inputs))


def embedding_arrays(embedding: Embedding) -> Arrays:
    """Named arrays of an embedding, in float32 where that is exact."""
    return {name: _narrow(array) for name, array in embedding_names(embedding).items()}


def embedding_names(embedding: Embedding) -> Arrays:
    """Named arrays of an embedding."""
    names = ("linear",) if len(embedding) == 1 else _NETWORKS
    return dict(zip(names, embedding, strict=True))


def embedding_specs(arrays: Mapping[str, NDArray[Any]]) -> dict[str, Spec]:
    """The specs of an embedding: a linear map or networks."""
    if "linear" in arrays:
        return {"linear": Spec(("features", "axes"))}
    return {
        "inputs": Spec(("networks", "features", "hidden")),
        "biases": Spec(("networks", "hidden")),
        "outputs": Spec(("networks", "hidden", "axes of one")),
    }


def embedding_from(arrays: Mapping[str, NDArray[Any]]) -> Embedding:
    """The inverse of `embedding_arrays`."""
    names = ("linear",) if "linear" in arrays else _NETWORKS
    return [arrays[name].astype(np.float64) for name in names]


def _narrow(array: NDArray[np.float64]) -> NDArray[np.floating]:
    with np.errstate(over="ignore"):
        narrow = array.astype(np.float32)
    return narrow if (narrow == array).all() else array


def _nearest(means: NDArray[np.float64], otherwise: float) -> float:
    """Mean squared distance of a class to the nearest other one."""
    squares = np.square(means).sum(1)
    distances = squares[:, None] + squares - 2 * means @ means.T
    np.fill_diagonal(distances, np.inf)
    nearest = distances.min(1)
    known = nearest[np.isfinite(nearest) & (nearest > 0)]
    return float(known.mean()) if len(known) else otherwise


@cache
def _shipped() -> dict[str, NDArray[np.float64]]:
    folder = resources.files("handpose.classifiers.few_shot")
    with (folder / "embeddings.npz").open("rb") as file, np.load(file) as arrays:
        return {name: arrays[name].astype(np.float64) for name in arrays.files}
