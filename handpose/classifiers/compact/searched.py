"""Compact form of `Searched`: its network, looked up and widened once."""

from __future__ import annotations

from handpose.classifiers.compact.form import Compact, Vector, softmax
from handpose.classifiers.searched import Searched
from handpose.classifiers.searched.forward import trained_network


def compact_searched(model: Searched) -> Compact:
    """Standardisation in float32, everything after it in float64, as in `Searched`."""
    network = trained_network(model.graph_, model.parameters_)
    mean, scale = model.mean_, model.scale_

    def scores(vector: Vector) -> Vector:
        return network(((vector - mean) / scale)[None])[0]

    return Compact(model.classes_, model.n_features_in_, scores, softmax)
