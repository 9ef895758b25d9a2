"""A whole model in a description: from landmarks to label, probabilities and none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from handpose import __version__
from handpose.classifiers import CLASSIFIERS
from handpose.classifiers.arrays import SCALERS
from handpose.containers.labels import NO_GESTURE_LABELS, is_no_gesture
from handpose.containers.landmarks import N_LANDMARKS
from handpose.errors import ExportError
from handpose.export.classifying import CLASSIFYING
from handpose.export.graph import Graph, Value
from handpose.export.hands import vectors
from handpose.export.knowing import known_chances
from handpose.export.motions import DESCRIBED, motion_inputs, motion_vectors
from handpose.features import GeneratedFeatures, LandmarkFeatures
from handpose.features.motion_kinds import MotionTransformer
from handpose.models.files import completed_card
from handpose.models.gestures import GestureModel
from handpose.models.parts import as_ours
from handpose.models.threshold import threshold_of

FORMAT, MOTION_FORMAT = 1, 2
"""Of models of still hands and of motions; grows whenever a program must be changed too, because
inputs, outputs or metadata are others."""

_SAMPLE = np.random.default_rng(0).uniform(0, 1, (1, N_LANDMARKS, 3)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Description:
    """What is written to a file.

    Attributes
    ----------
    graph : Graph
        Inputs ``points`` (n, 21, 3) and ``side`` (n,), or those of
        `handpose.export.motions.motion_inputs`; outputs ``label`` (n,), ``probabilities`` (n, k)
        and ``none`` (n,).
    features : Value
        The feature vectors within it, shape (n, d).
    metadata : dict
        JSON: labels, threshold, the card.
    """

    graph: Graph
    features: Value
    metadata: dict[str, Any]


def described(model: GestureModel, min_score: float | None = None) -> Description:
    """Describe a fitted model.

    Parameters
    ----------
    model : GestureModel
    min_score : float, optional
        From which score on a gesture is named; by default as in a recogniser.

    Raises
    ------
    ExportError
        If a part of the model cannot be exported; the message names it.
    """
    features, classifier = parts(model)
    graph = Graph()
    if isinstance(features, LandmarkFeatures):
        x, found = _hand_vectors(graph, features)
    else:
        x, found = motion_vectors(motion_inputs(graph, features), features)
    scores = gesture_scores(scaled(x, model), classifier, model)
    threshold = threshold_of(model, min_score)
    nothing = is_no_gesture(model.classes_)
    scores = found.where(scores, nothing.astype(np.float32)[None])
    label = scores.argmax()
    none = graph.op("greater", threshold, scores.max(1))
    if nothing.any():
        none = none | label.rows_of(nothing)
    elif threshold <= 0:
        none = none | ~found.reshape()
    graph.outputs = {"label": label, "probabilities": scores, "none": none}
    return Description(graph, x, metadata(model, threshold))


def _hand_vectors(graph: Graph, features: LandmarkFeatures) -> tuple[Value, Value]:
    """Features of hands, and which are there, shape (n, 1)."""
    points = graph.input("points", _SAMPLE)
    side = graph.input("side", np.zeros(1, np.float32))
    return vectors(points, side, features)


def scaled(x: Value, model: GestureModel) -> Value:
    """What the classifier is given: features as the step between scales them, if there is one."""
    for _, step in model.steps[1:-1]:
        x = x if step.mean_ is None else x - step.mean_
        x = x if step.scale_ is None else x / step.scale_
    return x


def gesture_scores(x: Value, classifier: Any, model: GestureModel) -> Value:
    """As `GestureModel.window_scores`, of feature vectors; shape (n, n_classes)."""
    scores, named = CLASSIFYING[type(classifier)](x, classifier), model.named_columns
    is_label = np.isin(np.arange(scores.shape[1]), named)
    if not is_label.all():
        scores = scores * is_label.astype(np.float32)[None]
    if model.known_ is not None:
        scores = scores * known_chances(x, scores, model.known_)
    return scores if is_label.all() else scores.take(named)


def parts(model: Any) -> tuple[LandmarkFeatures | MotionTransformer, Any]:
    """Features and classifier of a model, checked.

    Raises
    ------
    ExportError
        If one of them cannot be exported.
    """
    if not isinstance(model, GestureModel):
        raise ExportError(
            f"a GestureModel can be exported, but got {type(model).__name__}; make one with "
            "handpose.make_model"
        )
    check_is_fitted(model)
    features = model.features_
    if type(features) not in (LandmarkFeatures, GeneratedFeatures, *DESCRIBED):
        use = "MotionFeatures" if model.takes_motions else "LandmarkFeatures"
        raise ExportError(
            f"features of type {type(features).__name__} cannot be exported; use {use}"
        )
    for name, step in model.steps[1:-1]:
        if type(step) not in SCALERS:
            raise ExportError(
                f"the step {name} between features and classifier cannot be exported; leave it out"
            )
    return features, _classifier(model.classifier_)


def _classifier(classifier: Any) -> Any:
    try:
        found = as_ours(classifier)
    except ValueError as error:
        raise ExportError(f"{type(classifier).__name__} cannot be exported: {error}") from None
    if type(found) not in CLASSIFYING:
        raise ExportError(
            f"a classifier of type {type(classifier).__name__} cannot be exported; use one of "
            f"{', '.join(sorted(CLASSIFIERS))}"
        )
    return found


def metadata(model: GestureModel, min_score: float) -> dict[str, Any]:
    """What a file says about its model, as JSON."""
    card = completed_card(model.card, model)
    labels = card["labels"]
    motions = {"window_ms": model.window_ms} if model.takes_motions else {}
    return {
        "handpose_format": MOTION_FORMAT if model.takes_motions else FORMAT,
        "handpose_version": __version__,
        "labels": labels,
        "no_gesture": [label for label in labels if label in NO_GESTURE_LABELS],
        "min_score": min_score,
        "classifier": model.classifier_name,
        "features": model.features_name,
        **motions,
        "card": card,
    }
