"""A model as a description and arrays, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from handpose.classifiers import (
    CLASSIFIERS,
    GBDT,
    KNN,
    MOTION_CLASSIFIERS,
    ExtraTrees,
    Logistic,
    RandomForest,
)
from handpose.classifiers.arrays import SCALERS, SMALLEST_SCALE, Spec, SteadyScaler, check_arrays
from handpose.classifiers.personal import Personal
from handpose.containers.labels import is_no_gesture
from handpose.errors import ModelFileError
from handpose.features import Augmentation, GeneratedFeatures, LandmarkFeatures
from handpose.features.motion import MotionFeatures
from handpose.features.motion_sequences import MotionSequences
from handpose.models.gestures import GestureModel
from handpose.models.known import NONE_METHODS, KnownHands
from handpose.models.phases import Phases
from handpose.models.values import (
    decode_classes,
    decode_params,
    encode_classes,
    encode_params,
)
from handpose.models.variation import directions_from

Arrays = dict[str, NDArray[Any]]

FEATURES: dict[str, type] = {
    "landmarks": LandmarkFeatures,
    "generated": GeneratedFeatures,
    "motion": MotionFeatures,
    "motion_sequences": MotionSequences,
}
"""Name in a file to class."""

_OURS = CLASSIFIERS | MOTION_CLASSIFIERS | {"personal": Personal}

_CONVERTED: dict[type, Callable[[Any], Any]] = {
    RandomForestClassifier: RandomForest.from_sklearn,
    ExtraTreesClassifier: ExtraTrees.from_sklearn,
    HistGradientBoostingClassifier: GBDT.from_sklearn,
    KNeighborsClassifier: KNN.from_sklearn,
    Pipeline: Logistic.from_sklearn,
}
"""Estimators of scikit-learn that predict as one of ours does."""

REMEDY = (
    f"use one of {', '.join(sorted(CLASSIFIERS))}, or give your class the methods to_arrays and "
    "from_arrays (see handpose.classifiers.arrays)"
)

_SCALER = {"mean": Spec(("features",)), "scale": Spec(("features",), low=SMALLEST_SCALE)}
_PARTS = ("features", "scale", "classifier", "known", "phases", "variation")
_MOST_BLOCKS = 16
_MOST_CROSSINGS = 1000
_MOST_COPIES = 1000
_LONGEST_MS = 3_600_000.0


def describe(model: GestureModel) -> tuple[dict[str, Any], Arrays]:
    """A fitted model as JSON and arrays.

    Raises
    ------
    ModelFileError
        If a file cannot hold a part.
    """
    check_is_fitted(model)
    features, step = model.features_, model.classifier_name
    between = model.steps[1:-1]
    scalers = [name for name, part in between if type(part) in SCALERS]
    if model.steps[0][0] != "features" or scalers != ["scale"] * len(between):
        raise ModelFileError(
            f"cannot be saved: it has the steps {', '.join(name for name, _ in model.steps)}; a "
            "file holds features, a StandardScaler (scale) if need be, and a classifier"
        )
    classifier, classifier_type = _savable_classifier(model.classifier_)
    arrays = {f"classifier/{name}": array for name, array in classifier.to_arrays().items()}
    if hasattr(features, "to_arrays"):
        arrays |= {f"features/{name}": array for name, array in features.to_arrays().items()}
    if between:
        scaled = _scale_arrays(model.steps[1][1])
        arrays |= {f"scale/{name}": array for name, array in scaled.items()}
    known = getattr(model, "known_", None)
    if known is not None:
        arrays |= {f"known/{name}": array for name, array in known.to_arrays().items()}
    phases = getattr(model, "phases_", None)
    if phases is not None:
        arrays |= {f"phases/{name}": array for name, array in phases.to_arrays().items()}
    variation = getattr(model, "variation_", None)
    if variation is not None:
        arrays["variation/directions"] = variation
    augmentation = model.augmentation.to_dict() if model.augmentation else None
    document = {
        "features": {
            "type": _features_type(features),
            "params": encode_params(features.get_params(deep=False), "the features"),
            "names": _names(features),
        },
        "classifier": {
            "type": classifier_type,
            "step": step,
            "params": encode_params(classifier.get_params(deep=False), f"the {step}"),
        },
        "classes": encode_classes(np.asarray(classifier.classes_)),
        "augmentation": augmentation,
        "min_score": getattr(model, "min_score", None),
        "none": getattr(model, "none", None),
        "names_nothing": getattr(model, "names_nothing", True),
        "window_ms": model.window_ms,
        "whole_odds": getattr(model, "whole_odds_", 1.0),
        **encode_params({"random_state": model.random_state}, "the model"),
    }
    return document, arrays


def rebuild(
    document: Mapping[str, Any], arrays: Arrays, trusted: Sequence[type] = ()
) -> GestureModel:
    """The model that `describe` described.

    Parameters
    ----------
    document : mapping
    arrays : dict of ndarray
    trusted : sequence of type
        Further classes that may be parts.

    Raises
    ------
    ModelFileError
        If it needs a class that is not allowed, or features that this version computes differently.
    ValueError
        If anything contradicts something else.
    """
    parts = [_group(arrays, part) for part in _PARTS]
    if sum(map(len, parts)) != len(arrays):
        raise ValueError("an array belongs to no part")
    features = _features(document["features"], parts[0], trusted)
    names = document["features"]["names"]
    classes = decode_classes(document["classes"])
    about = document["classifier"]
    step = about["step"]
    if not isinstance(step, str) or "__" in step or step in ("features", "scale"):
        raise ValueError("the classifier has no name")
    make = _class_of(about["type"], _OURS, trusted)
    params = decode_params(about["params"])
    classifier = make.from_arrays(params, parts[2], classes=classes, n_features=len(names))
    model = GestureModel(
        [("features", features), *_scaling(parts[1], len(names)), (step, classifier)],
        augmentation=augmentation_of(document["augmentation"]),
        min_score=_number(document, "min_score", 0, 1),
        none=_none(document),
        names_nothing=_names_nothing(document, classes),
        **decode_params({"random_state": document["random_state"]}),
    )
    if parts[3]:
        model.known_ = KnownHands.from_arrays(
            parts[3], n_features=len(names), n_classes=len(classes)
        )
    model._window_ms = _number(document, "window_ms", 1e-3, _LONGEST_MS)
    if model.takes_motions != (model.window_ms is not None):
        raise ValueError("motions need a window, and still hands have none")
    odds = _number(document, "whole_odds", 1e-9, 1)
    model.whole_odds_ = 1.0 if odds is None else float(odds)
    if parts[4]:
        model.phases_ = _phases(parts[4], model)
    if parts[5]:
        if not model.takes_motions:
            raise ValueError("still hands have no directions in which they vary")
        model.variation_ = directions_from(parts[5], n_features=len(names))
    return model


def _phases(arrays: Arrays, model: GestureModel) -> Phases:
    """What tells whole motions from pieces, checked."""
    if model.window_ms is None:
        raise ValueError("still hands have no phases")
    features = model.features_
    return Phases.from_arrays(
        arrays,
        window_ms=model.window_ms,
        hands=features.n_hands_,
        points=features.n_points_,
        axes=features.axes_,
    )


def _number(document: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    """An entry of a description that is a number or absent, as some are in files of earlier."""
    value = document[name] if name == "min_score" else document.get(name)
    if value is not None and not (type(value) in (int, float) and low <= value <= high):
        raise ValueError(f"{name} must lie between {low} and {high:g}")
    return value


def _none(document: Mapping[str, Any]) -> str | None:
    """How a model tells none, checked; a file of earlier does not say."""
    none = document.get("none")
    if none is not None and none not in NONE_METHODS:
        raise ValueError(f"none is {str(none)[:40]!r}")
    return none


def _names_nothing(document: Mapping[str, Any], classes: NDArray[Any]) -> bool:
    """Whether a label of no gesture is named, checked; a file of earlier does not say."""
    names_nothing = document.get("names_nothing", True)
    if type(names_nothing) is not bool:
        raise ValueError("names_nothing must be true or false")
    if not names_nothing and is_no_gesture(classes).all():
        raise ValueError("there is no gesture to name")
    return names_nothing


def _scale_arrays(scaler: StandardScaler) -> Arrays:
    """Mean and deviation that a scaler subtracts and divides by."""
    n = scaler.n_features_in_
    mean = scaler.mean_ if scaler.with_mean else np.zeros(n)
    return {"mean": mean, "scale": scaler.scale_ if scaler.with_std else np.ones(n)}


def _scaling(arrays: Arrays, n_features: int) -> list[tuple[str, SteadyScaler]]:
    """The scaling step with these arrays, checked; no step without arrays."""
    if not arrays:
        return []
    check_arrays(arrays, _SCALER, {"features": n_features})
    scaler = SteadyScaler()
    scaler.mean_, scaler.scale_ = arrays["mean"], arrays["scale"]
    scaler.var_ = np.square(scaler.scale_)
    scaler.n_features_in_, scaler.n_samples_seen_ = n_features, 1
    return [("scale", scaler)]


def augmentation_of(document: Any) -> Augmentation | None:
    """The augmentation, checked.

    Raises
    ------
    ValueError
    """
    if document is None:
        return None
    usual = Augmentation().to_dict()
    if type(document) is not dict or document.keys() != usual.keys():
        raise ValueError("the augmentation lacks a setting")
    copies = document["copies"]
    if type(copies) is not int or not 0 <= copies <= _MOST_COPIES:
        raise ValueError(f"the augmentation makes {str(copies)[:40]} copies")
    for name, value in document.items():
        if type(value) not in (int, float) or not 0 <= value <= 1e6:
            raise ValueError(f"the augmentation's {name} is {str(value)[:40]}")
    return Augmentation(**document)


def landmark_features(make: type[LandmarkFeatures], params: Mapping[str, Any]) -> LandmarkFeatures:
    """Features from parameters, checked and ready.

    Raises
    ------
    ValueError
        If parameters are of another type, or there are far too many blocks.
    """
    features = make(**params)
    blocks, crossings = params.get("blocks"), params.get("crossings", ())
    parts: Any = blocks.split("+") if isinstance(blocks, str) else blocks
    for what, values, most in (
        ("blocks", parts, _MOST_BLOCKS),
        ("crossings", crossings, _MOST_CROSSINGS),
    ):
        if type(values) not in (list, tuple) or not all(type(value) is str for value in values):
            raise ValueError(f"{what} must be names")
        if len(values) > most:
            raise ValueError(f"there are more than {most} {what}")
    for name in ("rotate", "depth"):
        if type(params.get(name)) is not bool:
            raise ValueError(f"{name} must be true or false")
    features.n_features_out_ = len(features.get_feature_names_out())
    return features


def is_savable(classifier: Any) -> bool:
    """Whether a file can hold a classifier of this type, as far as can be known before `fit`."""
    return type(classifier) in (*_OURS.values(), *_CONVERTED) or (
        hasattr(classifier, "to_arrays") and hasattr(type(classifier), "from_arrays")
    )


def as_ours(classifier: Any) -> Any:
    """One of `CLASSIFIERS` that predicts as this one does, if there is one; else itself.

    Raises
    ------
    ValueError
        If ours do not predict what scikit-learn's does with its parameters.
    """
    convert = _CONVERTED.get(type(classifier))
    return classifier if convert is None else convert(classifier)


def _savable_classifier(classifier: Any) -> tuple[Any, str]:
    try:
        classifier = as_ours(classifier)
    except ValueError as error:
        raise ModelFileError(f"cannot be saved: {error}; {REMEDY}") from None
    for name, known in _OURS.items():
        if type(classifier) is known:
            return classifier, name
    if hasattr(classifier, "to_arrays") and hasattr(type(classifier), "from_arrays"):
        return classifier, _qualified(type(classifier))
    raise ModelFileError(f"cannot be saved with {type(classifier).__name__}; {REMEDY}")


def _features_type(features: Any) -> str:
    for name, known in FEATURES.items():
        if type(features) is known:
            return name
    made = type(features)
    if isinstance(features, LandmarkFeatures) or (
        hasattr(made, "to_arrays") and hasattr(made, "from_arrays")
    ):
        return _qualified(made)
    raise ModelFileError(
        f"cannot be saved with features of type {made.__name__}; use LandmarkFeatures, or give "
        "your class the methods to_arrays and from_arrays"
    )


def _features(about: Mapping[str, Any], arrays: Arrays, trusted: Sequence[type]) -> Any:
    make = _class_of(about["type"], FEATURES, trusted)
    params = decode_params(about["params"])
    if hasattr(make, "from_arrays"):
        features = make.from_arrays(params, arrays)
    elif arrays:
        raise ValueError("the features hold arrays")
    elif issubclass(make, LandmarkFeatures):
        features = landmark_features(make, params)
    else:
        raise ModelFileError(f"{make.__name__} lacks the method from_arrays")
    names, found = about["names"], _names(features)
    if type(names) is not list or names != found:
        odd = [f"{a} is now {b}" for a, b in zip(names, found, strict=False) if a != b]
        what = odd[0] if odd else f"{len(names)} are now {len(found)}"
        raise ModelFileError(
            f"needs features that this version of handpose computes differently ({what[:120]}); "
            "train it again"
        )
    return features


def _names(features: Any) -> list[str]:
    return [str(name) for name in features.get_feature_names_out()]


def _class_of(name: Any, known: Mapping[str, type], trusted: Sequence[type]) -> Any:
    if name in known:
        return known[name]
    for allowed in trusted:
        if name == _qualified(allowed):
            return allowed
    short = str(name)[:80]
    raise ModelFileError(
        f"holds {short}, which is not allowed; if it is yours: load_model(path, "
        f"trusted=[{short.rpartition('.')[2]}])"
    )


def _qualified(made: type) -> str:
    return f"{made.__module__}.{made.__qualname__}"


def _group(arrays: Arrays, part: str) -> Arrays:
    start = f"{part}/"
    return {name[len(start) :]: a for name, a in arrays.items() if name.startswith(start)}
