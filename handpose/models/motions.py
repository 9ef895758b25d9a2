"""Motion models: motion features and a classifier in one pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import has_fit_parameter
from typing_extensions import Self

from handpose.classifiers import make_classifier
from handpose.containers.motion import Motion, Motions, as_motions
from handpose.errors import DatasetError
from handpose.features.motion import MotionFeatures
from handpose.models.gestures import label_of_missed, missed_label, missed_probabilities
from handpose.system.threads import SMALL_BATCH, SMALL_TABLE, one_blas_thread, one_thread


class MotionModel(Pipeline):
    """A pipeline from motions to labels that knows that a hand may not be seen.

    It is fitted on the motions that show the hand well enough (`MotionFeatures.usable`). For any
    other `name` says None, and `score` counts that as an error; `predict` and `predict_proba`
    answer for every row, as those of `GestureModel` do.

    Parameters
    ----------
    steps, transform_input, memory, verbose
        As in `sklearn.pipeline.Pipeline`; the first step is a `MotionFeatures`.
    """

    def fit(self, X: Sequence[Motion], y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit on the usable motions.

        Parameters
        ----------
        X : sequence of n Motion
        y : array_like of shape (n,)
            What each motion is.
        groups : array_like of shape (n,), optional
            Motions of one group are alike: of one person, or windows that overlap. A classifier
            that holds out samples while fitting holds out whole groups.

        Raises
        ------
        DatasetError
            If lengths differ, no motion is usable, or only one label is left.
        """
        motions, labels = as_motions(X), np.asarray(y)
        people = np.arange(len(motions)) if groups is None else np.asarray(groups)
        for name, values in (("labels", labels), ("groups", people)):
            if values.shape != (len(motions),):
                raise DatasetError(
                    f"{name} must have one entry a motion ({len(motions)}), but got shape "
                    f"{values.shape}"
                )
        usable = self.steps[0][1].usable(motions)
        if len(np.unique(labels[usable])) < 2:
            raise DatasetError(
                f"{int(usable.sum())} of {len(motions)} motions show the hand well enough, of "
                f"{len(np.unique(labels[usable]))} labels; training needs at least two"
            )
        self.missed_label_ = missed_label(labels, usable)
        name, classifier = self.steps[-1]
        takes_groups = has_fit_parameter(classifier, "groups")
        extra = {f"{name}__groups": people[usable]} if takes_groups else {}
        with one_thread() if usable.sum() <= SMALL_TABLE else nullcontext():
            return super().fit(motions[usable], labels[usable], **extra)

    def predict(self, X: Sequence[Motion]) -> NDArray[Any]:
        """Label of each motion, shape (n,): `missed_label_` where it is not usable.

        Use `name` to get None there.
        """
        motions = as_motions(X)
        missed = label_of_missed(self)
        labels = np.full(len(motions), missed, np.result_type(self.classes_, np.asarray(missed)))
        return self._filled(labels, "predict", motions)

    def predict_proba(self, X: Sequence[Motion]) -> NDArray[np.float64]:
        """Probability of each of `classes_`, shape (n, n_classes); even where not usable."""
        motions = as_motions(X)
        chances = missed_probabilities(self.classes_, len(motions))
        return self._filled(chances, "predict_proba", motions)

    def name(self, X: Sequence[Motion]) -> NDArray[np.object_]:
        """The most probable label of each motion, shape (n,). None where it is not usable."""
        motions = as_motions(X)
        return self._filled(np.full(len(motions), None, dtype=object), "predict", motions)

    def score(self, X: Sequence[Motion], y: ArrayLike) -> float:
        """Accuracy end to end: a motion that is not usable is an error."""
        return float(np.mean(self.name(X) == np.asarray(y)))

    def _filled(self, answers: NDArray[Any], method: str, motions: Motions) -> NDArray[Any]:
        """`answers`, with those of the pipeline where a motion is usable."""
        usable = self.steps[0][1].usable(motions)
        if usable.any():
            with one_blas_thread() if len(motions) <= SMALL_BATCH else nullcontext():
                answers[usable] = getattr(super(), method)(motions[usable])
        return answers


def make_motion_model(
    classifier: str | Any = "svm",
    *,
    features: MotionFeatures | None = None,
    random_state: int = 0,
    **params: Any,
) -> MotionModel:
    """Make a model for motions.

    Parameters
    ----------
    classifier : str or scikit-learn classifier, default="svm"
        A key of `handpose.CLASSIFIERS`, or any estimator with `predict_proba`.
    features : MotionFeatures, optional
    random_state : int, default=0
    **params
        Keywords of the classifier, when it is given by name.

    Returns
    -------
    MotionModel
        Not fitted. Features are standardised before the classifier sees them.

    Examples
    --------
    >>> import numpy as np
    >>> times, turn = np.arange(16) * 33, np.linspace(0, 6, 16)
    >>> circle = Motion(np.stack([np.cos(turn), np.sin(turn)], 1), times)
    >>> stop = Motion(np.zeros((16, 2)), times)
    >>> model = make_motion_model("knn", n_neighbors=1).fit([circle, stop], ["circle", "stop"])
    >>> model.predict([circle]).tolist()
    ['circle']
    """
    name = classifier if isinstance(classifier, str) else type(classifier).__name__.lower()
    if isinstance(classifier, str):
        classifier = make_classifier(classifier, random_state=random_state, **params)
    elif params:
        raise TypeError(f"keywords {sorted(params)} need a classifier that is given by name")
    features = MotionFeatures() if features is None else features
    return MotionModel([("features", features), ("scale", StandardScaler()), (name, classifier)])
