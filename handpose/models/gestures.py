"""Models: features and a classifier in one scikit-learn pipeline."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter
from typing_extensions import Self

from handpose.classifiers import make_classifier
from handpose.containers.labels import MISSED, is_no_gesture, is_right
from handpose.containers.landmarks import Landmarks
from handpose.containers.seen import SeenHands
from handpose.errors import DatasetError, HandposeError
from handpose.features import Augmentation, LandmarkFeatures, as_landmarks, augment
from handpose.system.threads import SMALL_BATCH, SMALL_TABLE, one_blas_thread, one_thread

DEFAULT_CLASSIFIER = "svm"
DEFAULT_FEATURES = "geometry"

Hands = Landmarks | ArrayLike

_NO_REGRESSION = "The number of unique classes is greater than 50%"
"""How scikit-learn asks whether one hand of each of many gestures is meant as a regression."""


class GestureModel(Pipeline):
    """A pipeline from hands to gestures that knows that a hand may be missing.

    It is fitted on the hands that were detected, and on changed copies of them. `name` says None
    for a hand that was not detected, and `score` counts that as an error, unless the label means
    that there is no gesture (see `handpose.containers.labels`). `predict` and `predict_proba`
    answer for every row, as scikit-learn's scorers and searches need.

    Parameters
    ----------
    steps : list of (str, estimator)
        ``"features"`` with a `LandmarkFeatures`, or any transformer that takes `Landmarks`; then
        the classifier under its name.
    augmentation : Augmentation or None, default=None
        How the copies differ; None makes no copies.
    random_state : int, default=0
        Decides the copies.
    min_score : float or None, default=None
        From which score on a recogniser names a gesture of this model; None where nobody measured
        it. `predict` does not look at it.
    transform_input, memory, verbose
        As in `sklearn.pipeline.Pipeline`.

    Attributes
    ----------
    missed_label_ : str
        What `predict` says where no hand was detected: a label that means "no gesture" if there is
        one. Else the label that fewest missed hands had in training, and of those the rarest: as
        good as always an error, which is what a missed hand is.
    seen_ : SeenHands or None
        Digests of the training hands and their people: see `handpose.containers.seen`. A model of a
        file that does not hold them has none.

    Notes
    -----
    scikit-learn's metrics have no word for "no answer". None turns them into NaN, and any other
    value becomes a class of its own: with four gestures and 2 % of the hands missed, an F1 of 0.94
    then reads 0.76.
    """

    seen_: SeenHands | None

    def __init__(
        self,
        steps: list[tuple[str, Any]],
        *,
        augmentation: Augmentation | None = None,
        random_state: int = 0,
        min_score: float | None = None,
        transform_input: Any = None,
        memory: Any = None,
        verbose: bool = False,
    ):
        super().__init__(steps, transform_input=transform_input, memory=memory, verbose=verbose)
        self.augmentation = augmentation
        self.random_state = random_state
        self.min_score = min_score

    def fit(self, X: Hands, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit on the detected hands.

        Parameters
        ----------
        X : Landmarks of length n, or array_like of shape (n, 21, 2 or 3)
        y : array_like of shape (n,)
            What each hand shows.
        groups : array_like of shape (n,), optional
            Whose hand it is. A classifier that holds out samples while fitting (`mlp` to stop
            early, `svm` to calibrate) then holds out whole people, or photos where hardly a label
            is shown by more than one person.

        Raises
        ------
        DatasetError
            If lengths differ, no hand was detected, or only one gesture is left.
        """
        check_probabilities(self.steps[-1][1])
        hands, labels, people = _training_rows(X, y, groups)
        self.seen_: SeenHands | None = SeenHands.of(hands, None if groups is None else people)
        self.missed_label_ = missed_label(np.asarray(y), as_landmarks(X).detected)
        people = _units(labels, people)
        if self.augmentation is not None and self.augmentation.copies:
            copies = augment(hands, self.augmentation, np.random.default_rng(self.random_state))
            hands = Landmarks.concat([hands, copies])
            repeats = 1 + self.augmentation.copies
            labels, people = np.tile(labels, repeats), np.tile(people, repeats)
        with (
            one_thread() if len(hands) <= SMALL_TABLE else nullcontext(),
            warnings.catch_warnings(),
        ):
            warnings.filterwarnings("ignore", _NO_REGRESSION)
            return super().fit(hands, labels, **self._told(people))

    @property
    def classifier_name(self) -> str:
        """Name of the classifier, as in `CLASSIFIERS`."""
        return str(self.steps[-1][0])

    @property
    def features_name(self) -> str:
        """The feature preset, blocks joined by ``+``, or the class of your own transformer."""
        return features_name(self.steps[0][1])

    def predict(self, X: Hands) -> NDArray[Any]:
        """A label for each row, shape (n,): `missed_label_` where no hand was detected.

        Use `name` to get None there.
        """
        hands = as_landmarks(X)
        detected = hands.detected
        if detected.all() and len(hands):
            return self._ask("predict", hands)
        missed = label_of_missed(self)
        labels = np.full(len(hands), missed, np.result_type(self.classes_, np.asarray(missed)))
        if detected.any():
            labels[detected] = self._ask("predict", hands[detected])
        return labels

    def predict_proba(self, X: Hands) -> NDArray[np.float64]:
        """Probability of each of `classes_`, shape (n, n_classes).

        Where no hand was detected, all are equally probable, or a label that means "no gesture" is
        certain.
        """
        hands = as_landmarks(X)
        detected = hands.detected
        if detected.all() and len(hands):
            return self._ask("predict_proba", hands)
        probabilities = missed_probabilities(self.classes_, len(hands))
        if detected.any():
            probabilities[detected] = self._ask("predict_proba", hands[detected])
        return probabilities

    def name(self, X: Hands) -> NDArray[np.object_]:
        """The most probable gesture of each hand, shape (n,). None where no hand was detected."""
        hands = as_landmarks(X)
        names = np.full(len(hands), None, dtype=object)
        if hands.detected.any():
            names[hands.detected] = self._ask("predict", hands[hands.detected])
        return names

    def score(self, X: Hands, y: ArrayLike) -> float:
        """Accuracy end to end: a hand that was not detected is an error.

        It is right where the label means that there is no gesture.
        """
        hands, truth = as_landmarks(X), np.asarray(y)
        if truth.shape != (len(hands),):
            raise DatasetError(
                f"labels must have one entry a hand ({len(hands)}), but got shape {truth.shape}"
            )
        answers = np.where(hands.detected, self.predict(hands).astype(str), MISSED)
        return float(is_right(truth, answers).mean())

    def _told(self, people: NDArray[Any]) -> dict[str, Any]:
        """What the classifier's fit takes beside vectors and labels."""
        (_, features), *_, (name, classifier) = self.steps
        told = {}
        if has_fit_parameter(classifier, "groups"):
            told[f"{name}__groups"] = people
        ours = len(self.steps) == 2 and isinstance(features, LandmarkFeatures)
        if ours and has_fit_parameter(classifier, "feature_names"):
            told[f"{name}__feature_names"] = features.get_feature_names_out().tolist()
        return told

    def _ask(self, method: str, hands: Landmarks) -> NDArray[Any]:
        """What the classifier says of detected hands.

        Without steps in between, the pipeline's own way costs more than one hand's prediction.
        """
        with one_blas_thread() if len(hands) <= SMALL_BATCH else nullcontext():
            if len(self.steps) != 2:
                return getattr(super(), method)(hands)
            (_, features), (_, classifier) = self.steps
            return getattr(classifier, method)(features.transform(hands))


def make_model(
    classifier: str | Any = DEFAULT_CLASSIFIER,
    *,
    features: str | Sequence[str] | Any = DEFAULT_FEATURES,
    augmentation: Augmentation | None = Augmentation(),  # noqa: B008 (frozen)
    random_state: int = 0,
    **params: Any,
) -> GestureModel:
    """Make a model from the names of its parts, or from your own.

    Parameters
    ----------
    classifier : str or scikit-learn classifier, default="svm"
        A key of `handpose.CLASSIFIERS`, or any estimator with `predict_proba`.
    features : str, sequence of str or transformer, default="geometry"
        A preset, blocks, or any scikit-learn transformer whose `transform` takes `Landmarks` (all
        of them detected) and gives vectors: your own, or a pipeline that begins with one.
    augmentation : Augmentation or None
        Copies of the training hands, turned and jittered; None trains on the hands alone.
    random_state : int, default=0
    **params
        Keywords of the classifier, when it is given by name.

    Returns
    -------
    GestureModel
        Not fitted.

    Raises
    ------
    UnknownNameError
        If there is no such classifier, block or preset.
    HandposeError
        If the classifier has no `predict_proba`.

    Examples
    --------
    >>> import handpose as hp
    >>> hands, labels, subjects = hp.load_dataset("sign_language_digits")
    >>> model = hp.make_model("knn", features="geometry").fit(hands, labels)
    >>> float(round(model.score(hands, labels), 1))
    1.0
    """
    name = classifier if isinstance(classifier, str) else type(classifier).__name__.lower()
    if isinstance(classifier, str):
        classifier = make_classifier(classifier, random_state=random_state, **params)
    elif params:
        raise TypeError(f"keywords {sorted(params)} need a classifier that is given by name")
    check_probabilities(classifier)
    if not hasattr(features, "transform"):
        features = LandmarkFeatures(features)
    if isinstance(features, LandmarkFeatures):
        features.get_feature_names_out()  # an unknown name is reported now, not after an extraction
    return GestureModel(
        [("features", features), (name, classifier)],
        augmentation=augmentation,
        random_state=random_state,
    )


def features_name(features: Any) -> str:
    """The feature preset, blocks joined by ``+``, or the class of another transformer."""
    blocks = getattr(features, "blocks", None)
    if blocks is None:
        return type(features).__name__.lower()
    return blocks if isinstance(blocks, str) else "+".join(blocks)


def check_probabilities(classifier: Any) -> None:
    """Refuse a classifier that gives no probabilities, before anything is fitted.

    Raises
    ------
    HandposeError
        If it has no `predict_proba`.
    """
    if not hasattr(classifier, "predict_proba"):
        raise HandposeError(
            f"{type(classifier).__name__} has no predict_proba, which a model needs for its "
            "scores; set it up to give probabilities, or wrap it: "
            f"CalibratedClassifierCV({type(classifier).__name__}())"
        )


def _units(labels: NDArray[Any], people: NDArray[Any]) -> NDArray[Any]:
    """What is held out as a whole: people, or hands where two labels of several people lack."""
    of_several = [len(np.unique(people[labels == label])) > 1 for label in np.unique(labels)]
    return people if sum(of_several) > 1 else np.arange(len(labels))


def label_of_missed(model: Any) -> Any:
    """`missed_label_`, also of a model that comes from a file, which does not hold it."""
    known = getattr(model, "missed_label_", None)
    if known is not None:
        return known
    none = model.classes_[is_no_gesture(model.classes_)]
    return none[0] if len(none) else model.classes_[0]


def missed_probabilities(classes: NDArray[Any], n: int) -> NDArray[np.float64]:
    """What `predict_proba` says of n missed hands, shape (n, n_classes)."""
    none = is_no_gesture(classes)
    unknown = none / none.sum() if none.any() else np.full(len(none), 1 / len(none))
    return np.tile(unknown, (n, 1))


def missed_label(labels: NDArray[Any], detected: NDArray[np.bool_]) -> Any:
    """What `predict` says of a missed hand: see `GestureModel`."""
    names, codes = np.unique(labels, return_inverse=True)
    none = is_no_gesture(names)
    if none.any():
        return names[none][0]
    taught = np.bincount(codes[detected], minlength=len(names))
    missed = np.bincount(codes[~detected], minlength=len(names))
    order = np.lexsort((taught, missed, taught == 0))  # a label of `classes_`
    return names[order[0]]


def _training_rows(
    X: Hands, y: ArrayLike, groups: ArrayLike | None
) -> tuple[Landmarks, NDArray[Any], NDArray[Any]]:
    hands, labels = as_landmarks(X), np.asarray(y)
    people = np.arange(len(hands)) if groups is None else np.asarray(groups)
    for name, values in (("labels", labels), ("groups", people)):
        if values.shape != (len(hands),):
            raise DatasetError(
                f"{name} must have one entry a hand ({len(hands)}), but got shape {values.shape}"
            )
    if labels.dtype.kind == "U" and (labels == "").any():
        count = int((labels == "").sum())
        raise DatasetError(f"{count} of {len(labels)} hands have no label; label or remove them")
    detected = hands.detected
    if not detected.any():
        raise DatasetError(f"none of the {len(hands)} hands was detected: nothing to train on")
    labels = labels[detected]
    if len(np.unique(labels)) < 2:
        raise DatasetError(
            f"all {len(labels)} detected hands are labelled {labels[0]!s}; "
            "training needs at least two gestures"
        )
    return hands[detected], labels, people[detected]
