"""Features of a network pretrained on ImageNet, and a linear classifier of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import column_or_1d

from handpose.pixels.parameters import check_parameters
from handpose.pixels.pictures import Pictures, batches_of_squares, check_pictures
from handpose.system.threads import one_blas_thread
from handpose.training.backend import borrowed_torch

RESOLUTION = 224
"""Side of the squares in pixels; of 128, 160, 192 and 224 the most accurate on new people."""

PENALTIES = (0.003, 0.01, 0.03, 0.1)
"""Candidates for C."""

_FOLDS = 5
_C_OF_FEW = 0.03


def frozen_features(
    pictures: Pictures,
    variant: str = "lite0",
    resolution: int | None = None,
    weights: str | Path | None = "imagenet",
    batch_size: int = 32,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.float32]:
    """Run a network without its last layer. Nothing is learnt: folds can share the result.

    Parameters
    ----------
    pictures : sequence of path or ndarray of uint8, or ndarray of shape (n, height, width, 3)
    variant, weights, batch_size, threads
        As for `EfficientNetClassifier`.
    resolution : int, default=224
        Side in pixels of the squares.
    progress : callable (done, total), optional
        In pictures.

    Returns
    -------
    ndarray of float32, shape (n, 1280)
        As wide as the last convolution; 1280 for b0 and every lite variant.

    Raises
    ------
    UnknownNameError
        If there is no such variant.
    ValueError
        If another parameter has a value that is not allowed.
    MissingExtraError
        If torch or the package with the weights is not installed.
    ImageError
        If a picture cannot be read.
    AssetError
        If the weights cannot be read or are those of another network.
    """
    check_parameters(
        {
            "variant": variant,
            "resolution": resolution,
            "weights": weights,
            "batch_size": batch_size,
            "threads": threads,
        }
    )
    check_pictures(pictures)
    with borrowed_torch("EfficientNet", threads):
        from handpose.pixels.inference import feature_network, outputs

        network = feature_network(variant, weights, seed=0)
        batches = batches_of_squares(pictures, resolution or RESOLUTION, batch_size)
        return outputs(network, batches, total=len(pictures), report=progress)


def fit_frozen_head(
    features: NDArray[np.floating],
    labels: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    C: float | None = None,
) -> Pipeline:
    """Fit logistic regression on standardised features.

    Parameters
    ----------
    features : ndarray of shape (n, d)
        Of `frozen_features`.
    labels : array_like of shape (n,)
    groups : array_like of shape (n,), optional
        People, kept apart when `C` is chosen.
    C : float, optional
        Inverse strength of the penalty. By default the best of `PENALTIES` in cross-validation over
        the groups, or 0.03 where a class has but one group.

    Returns
    -------
    Pipeline
        Fitted: from features to labels.

    Raises
    ------
    ValueError
        If lengths differ, `C` is not positive, or there are not two classes.
    """
    check_parameters({"C": C})
    check_consistent_length(features, labels, groups)
    y = column_or_1d(labels)
    units = np.arange(len(y)) if groups is None else np.asarray(groups)
    folds = min(_FOLDS, *(len(np.unique(units[y == label])) for label in np.unique(y)))
    with one_blas_thread():
        if C is not None or folds < 2:
            return _head(_C_OF_FEW if C is None else C).fit(features, y)
        cv = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
        search = GridSearchCV(_head(_C_OF_FEW), {"logisticregression__C": PENALTIES}, cv=cv)
        return search.fit(features, y, groups=units).best_estimator_


def linear_layer(head: Pipeline) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (n_classes, d) and biases (n_classes,) equivalent to a fitted head."""
    scaler, regression = head[0], head[-1]
    weights, biases = regression.coef_, regression.intercept_
    if len(weights) == 1:  # of two classes scikit-learn keeps the second; the first has logit 0
        weights, biases = np.vstack([0 * weights, weights]), np.append(0, biases)
    weights = weights / scaler.scale_
    return weights, biases - weights @ scaler.mean_


def _head(C: float) -> Pipeline:
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, max_iter=2000))
