"""Compact form of `FewShot`: its networks, and its distance to every training hand."""

from __future__ import annotations

import numpy as np

from handpose.classifiers.compact.form import Compact, Vector
from handpose.classifiers.few_shot import FewShot
from handpose.classifiers.few_shot.classifier import log_means, with_background
from handpose.classifiers.few_shot.embedding import embed


def compact_few_shot(model: FewShot) -> Compact:
    """The same steps on arrays that are ready."""
    embedding, starts, temperature = model.embedding_, model.starts_, model.temperature
    known = model.places_.astype(np.float64)
    squares = np.square(known).sum(1)
    background = -model.background / temperature

    def scores(vector: Vector) -> Vector:
        place = embed(embedding, vector[None])[0]
        distances = np.maximum(squares + place @ place - 2 * (known @ place), 0)
        return log_means(-distances[None] / temperature, starts)[0]

    def probabilities(found: Vector) -> Vector:
        return with_background(found[None], background)[0]

    return Compact(model.classes_, model.n_features_in_, scores, probabilities)
