"""From the records of a file of format 1 to a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers import CLASSIFIERS
from handpose.classifiers.few_shot.embedding import embedding_names
from handpose.classifiers.gbdt import boosted_nodes
from handpose.classifiers.searched.graph import graph_codes
from handpose.classifiers.trees import Nodes, stored_by_level
from handpose.errors import ModelFileError
from handpose.features import GeneratedFeatures, LandmarkFeatures
from handpose.models.format1 import Record, read_objects
from handpose.models.gestures import GestureModel
from handpose.models.parts import augmentation_of, landmark_features
from handpose.models.values import check_classes, check_param

State = Mapping[str, Any]
Arrays = dict[str, NDArray[Any]]

_MODEL = "handpose.models.GestureModel"
_AUGMENTATION = "handpose.features.augment.Augmentation"
_FEATURES = {
    "handpose.features.landmark_features.LandmarkFeatures": LandmarkFeatures,
    "handpose.automl.generated.GeneratedFeatures": GeneratedFeatures,
}


def read_format1(content: bytes) -> GestureModel:
    """The model of a file of format 1.

    Raises
    ------
    ModelFileError
        If it holds a type that is not read.
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError
        If anything contradicts something else.
    """
    model = _record(read_objects(content), _MODEL)
    (first, features), (step, classifier) = model["steps"]
    if first != "features" or not isinstance(step, str):
        raise ValueError("the steps are not features and a classifier")
    known = _features(features)
    augmentation = model["augmentation"]
    if augmentation is not None:
        augmentation = dict(_record(augmentation, _AUGMENTATION))
    return GestureModel(
        [("features", known), (step, _classifier(classifier, known.n_features_out_))],
        augmentation=augmentation_of(augmentation),
        random_state=_param(model["random_state"]),
    )


def _features(record: Record) -> LandmarkFeatures:
    make = _FEATURES.get(record.type)
    if make is None:
        raise _foreign(record)
    features = landmark_features(make, _params(make, record.state))
    if record.state["n_features_out_"] != features.n_features_out_:
        raise ValueError(f"the features are not the {features.n_features_out_} that there are")
    return features


def _classifier(record: Record, n_features: int) -> Any:
    if record.type not in _READERS:
        raise _foreign(record)
    name, read = _READERS[record.type]
    arrays, settings, classes = read(record.state)
    if settings["n_features_in_"] != n_features:
        raise ValueError(
            f"the classifier takes {str(settings['n_features_in_'])[:40]} features, "
            f"not the {n_features} that there are"
        )
    make = CLASSIFIERS[name]
    classes = _labels(classes)
    return make.from_arrays(_params(make, settings), arrays, classes=classes, n_features=n_features)


def _svm(state: State) -> tuple[Arrays, State, Any]:
    svc = _record(state["svc_"], "sklearn.svm._classes.SVC")
    if svc["kernel"] != "rbf" or svc["_sparse"]:
        raise ValueError("the machines have another kernel")
    arrays = {
        "vectors": svc["support_vectors_"],
        "coefficients": svc["_dual_coef_"],
        "n_support": svc["_n_support"],
        "intercept": svc["_intercept_"],
        "gamma": np.asarray(svc["_gamma"]),
        "temperature": np.asarray(state["temperature_"]),
    }
    return arrays, state, state["classes_"]


def _gbdt(state: State) -> tuple[Arrays, State, Any]:
    baseline = np.ravel(state["_baseline_prediction"])
    grown = []
    for round_ in state["_predictors"]:
        if len(round_) != len(baseline):
            raise ValueError("a round has another number of trees")
        grown += [boosted_nodes(_record(tree)["nodes"]) for tree in round_]
    return {**stored_by_level(grown), "baseline": baseline}, state, state["classes_"]


def _forest(state: State) -> tuple[Arrays, State, Any]:
    if state["n_outputs_"] != 1:
        raise ValueError("the forest has more than one target")
    grown = []
    for estimator in state["estimators_"]:
        tree = _record(_record(estimator)["tree_"], "sklearn.tree._tree.Tree")
        nodes = tree["nodes"]
        grown.append(
            Nodes(
                nodes["left_child"] == -1,
                nodes["left_child"],
                nodes["right_child"],
                nodes["feature"],
                nodes["threshold"],
                tree["values"][:, 0],
            )
        )
    return stored_by_level(grown), state, state["classes_"]


def _knn(state: State) -> tuple[Arrays, State, Any]:
    if state["effective_metric_"] != "euclidean" or state["outputs_2d_"]:
        raise ModelFileError(
            "holds neighbours by another distance than the Euclidean, which is not read; "
            "train it again"
        )
    return {"rows": state["_fit_X"], "codes": state["_y"]}, state, state["classes_"]


def _logistic(state: State) -> tuple[Arrays, State, Any]:
    steps = [record for _, record in state["steps"]]
    for step, known in zip(steps, ("StandardScaler", "LogisticRegression"), strict=False):
        if step.name != known:
            raise _foreign(step)
    scaler, logistic = (step.state for step in steps)
    if logistic["solver"] == "liblinear" and len(logistic["classes_"]) > 2:
        raise ValueError("each class has a machine against the rest")
    features = np.shape(logistic["coef_"])[1]
    arrays = {
        "mean": scaler["mean_"] if scaler["with_mean"] else np.zeros(features),
        "scale": scaler["scale_"] if scaler["with_std"] else np.ones(features),
        "coef": logistic["coef_"],
        "intercept": logistic["intercept_"],
    }
    return arrays, logistic, logistic["classes_"]


def _mlp(state: State) -> tuple[Arrays, State, Any]:
    arrays = {
        "mean": state["mean_"],
        "scale": state["scale_"],
        "n_iter": np.asarray(state["n_iter_"]),
    }
    for i, layer in enumerate(zip(state["weights_"], state["biases_"], strict=True)):
        arrays |= {f"weight_{i}": layer[0], f"bias_{i}": layer[1]}
    return arrays, state, state["classes_"]


def _few_shot(state: State) -> tuple[Arrays, State, Any]:
    if len(state["embedding_"]) not in (1, 3):
        raise ValueError("the embedding has neither one array nor three")
    arrays = embedding_names(state["embedding_"])
    arrays |= {"places": state["places_"], "starts": state["starts_"]}
    return arrays, state, state["classes_"]


def _searched(state: State) -> tuple[Arrays, State, Any]:
    arrays = {
        "mean": state["mean_"],
        "scale": state["scale_"],
        "graph": graph_codes(state["graph_"]),
    }
    return arrays | state["parameters_"], state, state["classes_"]


_READERS: dict[str, tuple[str, Callable[[State], tuple[Arrays, State, Any]]]] = {
    "handpose.classifiers.svm.SVM": ("svm", _svm),
    "handpose.classifiers.mlp.MLP": ("mlp", _mlp),
    "handpose.classifiers.few_shot.classifier.FewShot": ("few_shot", _few_shot),
    "handpose.classifiers.searched.classifier.Searched": ("searched", _searched),
    "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier": (
        "gbdt",
        _gbdt,
    ),
    "sklearn.ensemble._forest.RandomForestClassifier": ("random_forest", _forest),
    "sklearn.ensemble._forest.ExtraTreesClassifier": ("extra_trees", _forest),
    "sklearn.neighbors._classification.KNeighborsClassifier": ("knn", _knn),
    "sklearn.pipeline.Pipeline": ("logistic", _logistic),
}
"""Type in a file to the classifier that it becomes, and what reads it."""


def _record(value: Any, kind: str = "") -> State:
    if not isinstance(value, Record):
        raise ModelFileError(f"holds {type(value).__name__}, not a gesture model")
    if kind and value.type != kind:
        raise _foreign(value)
    return value.state


def _params(make: type[Any], state: State) -> dict[str, Any]:
    """Of the constructor; those that are younger than the file have their defaults."""
    usual = make().get_params()
    return {name: _param(state.get(name, value)) for name, value in usual.items()}


def _param(value: Any) -> Any:
    if isinstance(value, Record):
        return None  # the state of a random generator, which has moved on
    check_param(value)
    return value


def _labels(classes: Any) -> NDArray[Any]:
    labels = np.array(classes, dtype=object) if isinstance(classes, list) else classes
    check_classes(labels)
    return labels


def _foreign(record: Record) -> ModelFileError:
    return ModelFileError(
        f"holds {record.name[:60]}, which is not allowed; train the model again with one of "
        f"{', '.join(sorted(CLASSIFIERS))}"
    )
