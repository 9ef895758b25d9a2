"""Compact forms of layered networks; logistic regression is one without a hidden layer."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from handpose.classifiers.compact.form import Compact, Vector, of_both, softmax
from handpose.classifiers.mlp import MLP


def compact_mlp(mlp: MLP) -> Compact:
    """Standardisation in float32, everything after it in float64, as in `MLP`."""
    weights = [weight.astype(np.float64) for weight in mlp.weights_]
    *hidden, (last_weight, last_bias) = zip(weights, mlp.biases_, strict=True)
    mean, scale = mlp.mean_, mlp.scale_

    def scores(vector: Vector) -> Vector:
        signal = ((vector - mean) / scale).astype(np.float64)
        for weight, bias in hidden:
            signal = np.maximum(signal @ weight + bias, 0)
        return signal @ last_weight + last_bias

    return Compact(mlp.classes_, mlp.n_features_in_, scores, softmax)


def compact_logistic(model: Pipeline) -> Compact | None:
    """A `StandardScaler` and a `LogisticRegression` in a pipeline, if it is that."""
    if [type(step) for _, step in model.steps] != [StandardScaler, LogisticRegression]:
        return None
    scaler, logistic = model[0], model[1]
    two = len(logistic.classes_) == 2
    one_against_rest = logistic.solver == "liblinear" and not two
    if one_against_rest or getattr(logistic, "multi_class", "auto") not in ("auto", "deprecated"):
        return None
    mean = np.float32(0) if not scaler.with_mean else scaler.mean_.astype(np.float32)
    scale = np.float32(1) if not scaler.with_std else scaler.scale_.astype(np.float32)
    weight, bias = logistic.coef_, logistic.intercept_

    def scores(vector: Vector) -> Vector:
        found: Any = weight @ ((vector - mean) / scale) + bias
        return of_both(found) if two else found

    return Compact(logistic.classes_, scaler.n_features_in_, scores, softmax)
