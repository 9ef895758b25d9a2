"""`make_model`: a model from the names of its parts."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from handpose.classifiers import MOTION_CLASSIFIERS, make_classifier
from handpose.classifiers.arrays import SteadyScaler
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.errors import DatasetError, HandposeError, HandposeWarning
from handpose.features import Augmentation, LandmarkFeatures
from handpose.features.kinds import takes_motions
from handpose.features.motion import MOTION, MotionFeatures
from handpose.features.motion_sequences import MotionSequences
from handpose.models.fitting import check_probabilities
from handpose.models.gestures import GestureModel
from handpose.models.known import AUTO, check_none
from handpose.system.deprecation import warn_renamed

DEFAULT_CLASSIFIER = "svm"
DEFAULT_FEATURES = "geometry"

_FOR_MOTIONS: dict[str, dict[str, Any]] = {"svm": {"gamma": "wide"}}
"""Parameters that classifiers have for motions by default."""


def make_model(
    classifier: str | Any = DEFAULT_CLASSIFIER,
    *,
    features: str | Sequence[str] | Any | None = None,
    augmentation: Augmentation | None = Augmentation(),  # noqa: B008 (frozen)
    random_state: int = 0,
    none: str | None = AUTO,
    names_nothing: bool = True,
    **params: Any,
) -> GestureModel:
    """Make a model of still gestures or of motions, from the names of its parts or from your own.

    Parameters
    ----------
    classifier : str or scikit-learn classifier, default="svm"
        A key of `handpose.CLASSIFIERS`, ``"motion_net"``, or any estimator with `predict_proba`.
    features : str, sequence of str or transformer, optional
        A preset, blocks, or any scikit-learn transformer whose `transform` takes `Landmarks` (all
        of them detected) and gives vectors: your own, or a pipeline that begins with one.
        ``"motion"`` or a `MotionFeatures` makes a model of motions, which standardises the features
        before the classifier; ``"motion_net"`` reads motions as sequences, as they are. By default
        ``"geometry"``, for ``"motion_net"`` ``"motion"``.
    augmentation : Augmentation or None
        Copies of the training hands, turned and jittered; None trains on the hands alone. Motions
        are not copied.
    random_state : int, default=0
    none : {"auto", "neighbors", None}, default="auto"
        How the model tells gestures that nobody taught it, from its training hands alone and with
        any classifier. ``"neighbors"``: by the distance to the nearest training hands of the
        gesture, see `handpose.models.known.KnownHands`. ``"auto"``: the same for still hands, None
        for motions. None: every hand shows one of the gestures.
    names_nothing : bool, default=True
        Whether a label that means "no gesture" (``no_gesture``, ``nothing``) is one of the model's
        labels. If not, hands with such a label teach the model what to refuse, and nothing else.
    **params
        Keywords of the classifier, when it is given by name. For motions an ``"svm"`` has
        ``gamma="wide"`` by default.

    Returns
    -------
    GestureModel
        Not fitted.

    Raises
    ------
    UnknownNameError
        If there is no such classifier, block, preset or way of telling none.
    HandposeError
        If the classifier has no `predict_proba`, or reads motions and the features are of still
        hands.

    Warns
    -----
    HandposeWarning
        If no ``.handpose`` file can hold the classifier.

    Examples
    --------
    >>> import handpose as hp
    >>> hands, labels, groups = hp.load_dataset("sign_language_digits")
    >>> model = hp.make_model("knn", features="geometry").fit(hands, labels)
    >>> float(round(model.score(hands, labels), 1))
    1.0
    """
    check_none(none)
    sequences = _reads_sequences(classifier)
    features = _features(features, sequences=sequences)
    motions = takes_motions(features)
    name = classifier if isinstance(classifier, str) else type(classifier).__name__.lower()
    if isinstance(classifier, str):
        usual = _FOR_MOTIONS.get(name, {}) if motions else {}
        classifier = make_classifier(name, random_state=random_state, **usual | params)
    elif params:
        raise TypeError(f"keywords {sorted(params)} need a classifier that is given by name")
    check_probabilities(classifier)
    _warn_if_unsavable(classifier)
    if sequences and not isinstance(features, MotionSequences):
        raise HandposeError(f'{name} reads motions as they are: give it features="{MOTION}"')
    scaled = motions and not sequences  # speeds and turns have other units
    scale = [("scale", SteadyScaler())] if scaled else []
    return GestureModel(
        [("features", features), *scale, (name, classifier)],
        augmentation=None if motions else augmentation,
        random_state=random_state,
        none=none,
        names_nothing=names_nothing,
    )


def default_features(X: Any) -> str:
    """The preset that fits samples: of motions, or of hands.

    Raises
    ------
    DatasetError
        If they are neither.
    """
    if isinstance(X, Motions):
        return MOTION
    if isinstance(X, Landmarks):
        return DEFAULT_FEATURES
    raise DatasetError(
        f"a gesture model is trained on hands or motions, but the samples are {type(X).__name__}"
    )


def make_motion_model(
    classifier: str | Any = DEFAULT_CLASSIFIER,
    *,
    features: MotionFeatures | None = None,
    random_state: int = 0,
    **params: Any,
) -> GestureModel:
    """Deprecated: ``make_model(classifier, features="motion")``."""
    warn_renamed("make_motion_model", 'make_model(..., features="motion")')
    chosen = MOTION if features is None else features
    return make_model(classifier, features=chosen, random_state=random_state, **params)


def _reads_sequences(classifier: Any) -> bool:
    """Whether a classifier, or one of that name, reads motions as they are."""
    if isinstance(classifier, str):
        return classifier in MOTION_CLASSIFIERS
    return isinstance(classifier, tuple(MOTION_CLASSIFIERS.values()))


def _features(features: Any, *, sequences: bool) -> Any:
    """The transformer of that name, or the given one."""
    if features is None:
        features = MOTION if sequences else DEFAULT_FEATURES
    if isinstance(features, str) and features == MOTION:
        return MotionSequences() if sequences else MotionFeatures()
    if not hasattr(features, "transform"):
        features = LandmarkFeatures(features)
    if isinstance(features, LandmarkFeatures):
        features.get_feature_names_out()  # an unknown name is reported now, not after an extraction
    return features


def _warn_if_unsavable(classifier: Any) -> None:
    from handpose.models.parts import REMEDY, is_savable

    if not is_savable(classifier):
        warnings.warn(
            f"a model with {type(classifier).__name__} cannot be saved to a file; {REMEDY}",
            HandposeWarning,
            stacklevel=3,
        )
