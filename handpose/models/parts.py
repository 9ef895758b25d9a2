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
from sklearn.utils.validation import check_is_fitted

from handpose.classifiers import CLASSIFIERS, GBDT, KNN, ExtraTrees, Logistic, RandomForest
from handpose.errors import ModelFileError
from handpose.features import Augmentation, GeneratedFeatures, LandmarkFeatures
from handpose.models.gestures import GestureModel
from handpose.models.values import (
    decode_classes,
    decode_params,
    encode_classes,
    encode_params,
)

Arrays = dict[str, NDArray[Any]]

FEATURES: dict[str, type[LandmarkFeatures]] = {
    "landmarks": LandmarkFeatures,
    "generated": GeneratedFeatures,
}
"""Name in a file to class."""

_CONVERTED: dict[type, Callable[[Any], Any]] = {
    RandomForestClassifier: RandomForest.from_sklearn,
    ExtraTreesClassifier: ExtraTrees.from_sklearn,
    HistGradientBoostingClassifier: GBDT.from_sklearn,
    KNeighborsClassifier: KNN.from_sklearn,
    Pipeline: Logistic.from_sklearn,
}
"""Estimators of scikit-learn that predict as one of ours does."""

_MOST_BLOCKS = 16
_MOST_CROSSINGS = 1000
_MOST_COPIES = 1000


def describe(model: GestureModel) -> tuple[dict[str, Any], Arrays]:
    """A fitted model as JSON and arrays.

    Raises
    ------
    ModelFileError
        If a part is none that a file can hold, with the remedy.
    """
    check_is_fitted(model)
    steps = model.steps
    if [name for name, _ in steps[:-1]] != ["features"]:
        raise ModelFileError(
            f"cannot be saved: it has the steps {', '.join(name for name, _ in steps)}; a file "
            "holds features and a classifier"
        )
    (_, features), (step, classifier) = steps
    classifier, classifier_type = _savable_classifier(classifier)
    arrays = {f"classifier/{name}": array for name, array in classifier.to_arrays().items()}
    if hasattr(features, "to_arrays"):
        arrays |= {f"features/{name}": array for name, array in features.to_arrays().items()}
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
        If it needs a class that is not allowed, or features that this version computes otherwise.
    ValueError
        If anything contradicts something else.
    """
    own = _group(arrays, "features"), _group(arrays, "classifier")
    if sum(map(len, own)) != len(arrays):
        raise ValueError("an array belongs to no part")
    features = _features(document["features"], own[0], trusted)
    names = document["features"]["names"]
    classes = decode_classes(document["classes"])
    about = document["classifier"]
    if not isinstance(about["step"], str) or "__" in about["step"] or about["step"] == "features":
        raise ValueError("the classifier has no name")
    make = _class_of(about["type"], CLASSIFIERS, trusted)
    params = decode_params(about["params"])
    classifier = make.from_arrays(params, own[1], classes=classes, n_features=len(names))
    min_score = document["min_score"]
    if min_score is not None and not (type(min_score) in (int, float) and 0 <= min_score <= 1):
        raise ValueError("min_score must lie between 0 and 1")
    state = decode_params({"random_state": document["random_state"]})
    augmentation = augmentation_of(document["augmentation"])
    return assemble(features, (about["step"], classifier), augmentation, min_score, **state)


def assemble(
    features: Any,
    step: tuple[str, Any],
    augmentation: Augmentation | None,
    min_score: float | None,
    random_state: Any,
) -> GestureModel:
    """A model from its parts."""
    model = GestureModel(
        [("features", features), step], augmentation=augmentation, random_state=random_state
    )
    if min_score is not None:
        model.min_score = min_score
    return model


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


def _savable_classifier(classifier: Any) -> tuple[Any, str]:
    for name, known in CLASSIFIERS.items():
        if type(classifier) is known:
            return classifier, name
    if type(classifier) in _CONVERTED:
        try:
            converted = _CONVERTED[type(classifier)](classifier)
        except ValueError as error:
            raise ModelFileError(f"cannot be saved: {error}; {_remedy()}") from None
        return _savable_classifier(converted)
    if hasattr(classifier, "to_arrays") and hasattr(type(classifier), "from_arrays"):
        return classifier, _qualified(type(classifier))
    raise ModelFileError(f"cannot be saved with a {type(classifier).__name__}; {_remedy()}")


def _remedy() -> str:
    return (
        f"use one of {', '.join(sorted(CLASSIFIERS))}, or give your class the methods to_arrays "
        "and from_arrays (see handpose.classifiers.arrays)"
    )


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
            f"needs features that this handpose computes otherwise ({what[:120]}); train it anew"
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
        f"holds a {short}, which is not allowed; if it is yours: load_model(path, "
        f"trusted=[{short.rpartition('.')[2]}])"
    )


def _qualified(made: type) -> str:
    return f"{made.__module__}.{made.__qualname__}"


def _group(arrays: Arrays, part: str) -> Arrays:
    start = f"{part}/"
    return {name[len(start) :]: a for name, a in arrays.items() if name.startswith(start)}
