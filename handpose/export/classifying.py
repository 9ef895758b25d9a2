"""Classifiers in a description: from feature vectors to probabilities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from handpose.classifiers import (
    GBDT,
    KNN,
    MLP,
    SVM,
    ExtraTrees,
    FewShot,
    Logistic,
    RandomForest,
    Searched,
)
from handpose.classifiers.motion_net import MotionNet
from handpose.export.coupling import are_balanced, coupled, voted
from handpose.export.graph import Value
from handpose.export.motion_networks import motion_networks
from handpose.export.neighbors import densities, embedded, votes
from handpose.export.networks import searched_network
from handpose.export.trees import leaf_trees

CLASSIFYING: dict[type, Callable[[Value, Any], Value]] = {}
"""Type of a classifier to what describes it: vectors (n, d) and the fitted one to (n, classes)."""


def _describes(*types: type) -> Callable[[Any], Any]:
    def kept(function: Callable[[Value, Any], Value]) -> Callable[[Value, Any], Value]:
        CLASSIFYING.update(dict.fromkeys(types, function))
        return function

    return kept


@_describes(MLP)
def mlp(x: Value, mlp: MLP) -> Value:
    first, *others = mlp.weights_
    signal = x - mlp.mean_
    layers = list(zip([first / mlp.scale_[:, None], *others], mlp.biases_, strict=True))
    for weight, bias in layers[:-1]:
        signal = (signal @ weight + bias).relu()
    weight, bias = layers[-1]
    return (signal @ weight + bias).softmax()


@_describes(Logistic)
def logistic(x: Value, logistic: Logistic) -> Value:
    """Standardised before the product, so that large numbers do not cancel each other."""
    weight = logistic.coef_.T / logistic.scale_[:, None]
    return _of_scores((x - logistic.mean_) @ weight + logistic.intercept_)


@_describes(Searched)
def searched(x: Value, searched: Searched) -> Value:
    standard = (x - searched.mean_) / searched.scale_
    return searched_network(standard, searched.graph_, searched.parameters_).softmax()


@_describes(MotionNet)
def motion_net(x: Value, net: MotionNet) -> Value:
    return motion_networks(x, net).softmax()


@_describes(SVM)
def svm(x: Value, svm: SVM) -> Value:
    """Small numbers lose fewer bits: the kernel is computed about the middle of the vectors, and
    its mean is taken off, which no machine sees whose coefficients add up to 0."""
    arrays = svm.to_arrays()
    vectors = arrays["vectors"].astype(np.float64)
    middle = vectors.mean(0).astype(np.float32)
    vectors = vectors - middle
    x = x - middle
    gamma = float(arrays["gamma"])
    products = x @ (2 * gamma * vectors.T) - gamma * np.square(vectors).sum(1)
    near = (products - x.squares(1, keepdims=True) * gamma).exp()
    if are_balanced(arrays):
        near = near - near.mean(1, keepdims=True)
    if "temperature" in arrays:
        return voted(near, arrays)
    return coupled(near, arrays)


@_describes(GBDT)
def gbdt(x: Value, gbdt: GBDT) -> Value:
    arrays, baseline = gbdt.to_arrays(), gbdt.baseline_
    a_round = len(baseline)
    values = np.zeros((len(gbdt.value_), a_round))
    values[np.arange(len(values)), leaf_trees(arrays) % a_round] = gbdt.value_[:, 0]
    return _of_scores(x.trees(arrays, values) + baseline)


@_describes(RandomForest, ExtraTrees)
def forest(x: Value, forest: RandomForest | ExtraTrees) -> Value:
    arrays = forest.to_arrays()
    return x.trees(arrays, forest.value_ / int(arrays["n_trees"]))


@_describes(KNN)
def knn(x: Value, knn: KNN) -> Value:
    share = votes(
        x,
        knn.rows_,
        np.eye(len(knn.classes_))[knn.codes_],
        knn.n_neighbors,
        by_distance=knn.weights == "distance",
    )
    return share / share.sum(1, keepdims=True)


@_describes(FewShot)
def few_shot(x: Value, few_shot: FewShot) -> Value:
    sharpness, background = few_shot.sharpness_.tolist()
    return densities(
        embedded(x, few_shot.embedding_),
        few_shot.places_,
        few_shot.starts_,
        few_shot.temperature,
        background,
        sharpness,
    )


def _of_scores(scores: Value) -> Value:
    """Probabilities; one score is that of the second class of two."""
    if scores.shape[1] > 1:
        return scores.softmax()
    second = scores.sigmoid()
    return scores.graph.concat([1.0 - second, second])
