"""`GestureModel`: features and a classifier in one scikit-learn pipeline."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter
from typing_extensions import Self

from handpose.containers.labels import MISSED, is_no_gesture, is_right
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motion, Motions, as_motions
from handpose.containers.seen import SeenHands
from handpose.errors import DatasetError
from handpose.features import Augmentation, LandmarkFeatures, as_landmarks, augment
from handpose.features.kinds import features_name, takes_motions, usable_rows
from handpose.models.card import ModelCard
from handpose.models.fitting import check_enough, check_probabilities, median_duration, units
from handpose.models.known import AUTO, TINY, KnownHands, check_none
from handpose.models.missed import label_of_missed, missed_label, missed_probabilities
from handpose.models.variation import variation_of
from handpose.models.whole import nothing_odds, with_odds
from handpose.system.deprecation import warn_renamed
from handpose.system.threads import SMALL_BATCH, SMALL_TABLE, one_blas_thread, one_thread

if TYPE_CHECKING:
    from handpose.models.phases import Phases

Samples = Landmarks | Motions | Sequence[Motion] | ArrayLike

_NO_REGRESSION = "The number of unique classes is greater than 50%"
"""How scikit-learn asks whether one hand of each of many gestures is meant as a regression."""


class GestureModel(Pipeline):
    """A pipeline from hands, or from motions of hands, to gestures. A hand may be missing.

    It is fitted on the hands that were detected (of motions: those that show a hand well enough),
    and on changed copies of still hands. `name` says None for any other row, and `score` counts
    that as an error, unless the label means that there is no gesture (see
    `handpose.containers.labels`). `predict` and `predict_proba` answer for every row, as
    scikit-learn's scorers and searches need.

    Parameters
    ----------
    steps : list of (str, estimator)
        ``"features"`` with a `LandmarkFeatures`, a `MotionFeatures` or any transformer that takes
        `Landmarks`; for motions ``"scale"`` with a `StandardScaler`; then the classifier under its
        name.
    augmentation : Augmentation or None, default=None
        How the copies differ; None makes no copies. Motions are not copied.
    random_state : int, default=0
        Decides the copies.
    min_score : float or None, default=None
        From which score on a recogniser names a gesture of this model; None where it was not
        measured. `predict` ignores it.
    none : {"auto", "neighbors", None}, default=None
        How `gesture_scores` tells gestures that were not taught: see `make_model`.
    names_nothing : bool, default=True
        Whether a label that means "no gesture" is one of `classes_`. If not, hands with such a
        label are learnt all the same, but no hand is named so: what the classifier gives them lacks
        to 1 in `gesture_scores`. `predict`, `name` and `score` go by the most probable gesture of
        every hand, refused or not: ask recognisers, or `evaluate_open_set`, what is refused.
    transform_input, memory, verbose
        As in `sklearn.pipeline.Pipeline`.

    Attributes
    ----------
    missed_label_ : str
        What `predict` says where no hand was detected: a label that means "no gesture" if there is
        one. Else the label that fewest missed hands had in training, and of those the rarest: as
        good as always an error, which is what a missed hand is.
    seen_ : SeenHands or None
        Digests of the training samples and their people: see `handpose.containers.seen`. A model of
        a file that does not hold them has none.
    known_ : KnownHands or None
        What tells gestures that were not taught; None where `none` is.
    phases_ : Phases or None
        What tells whole motions from pieces; None before `handpose.learn_phases`.
    whole_odds_ : float
        Odds that a whole motion shows no gesture, over the odds of what the model was trained on;
        1 before `handpose.learn_phases`. See `window_scores`.
    variation_ : ndarray of float32, shape (k, d), or None
        Directions in which motions of one gesture by one person vary, for `handpose.personalize`.
        None for still hands, where `fit` was not told of several people whose motions they are, and
        where none of them shows a gesture four times.

    Notes
    -----
    scikit-learn's metrics have no word for "no answer". None turns them into NaN, and any other
    value becomes a class of its own: with four gestures and 2 % of the hands missed, an F1 of 0.94
    then reads 0.76.
    """

    seen_: SeenHands | None
    known_: KnownHands | None = None
    phases_: Phases | None = None
    whole_odds_: float = 1.0
    variation_: NDArray[np.float32] | None = None

    def __init__(
        self,
        steps: list[tuple[str, Any]],
        *,
        augmentation: Augmentation | None = None,
        random_state: int = 0,
        min_score: float | None = None,
        none: str | None = None,
        names_nothing: bool = True,
        transform_input: Any = None,
        memory: Any = None,
        verbose: bool = False,
    ):
        super().__init__(steps, transform_input=transform_input, memory=memory, verbose=verbose)
        self.augmentation = augmentation
        self.random_state = random_state
        self.min_score = min_score
        self.none = none
        self.names_nothing = names_nothing

    @property
    def classes_(self) -> NDArray[Any]:
        """The labels that it can name, sorted."""
        return cast("NDArray[Any]", self.classifier_.classes_[self.named_columns])

    @property
    def tells_none(self) -> bool:
        """Whether `gesture_scores` tell hands that show none of `classes_`."""
        return self.known_ is not None or not self.names_nothing

    @property
    def features_(self) -> Any:
        """The transformer from hands or motions to vectors."""
        return self.steps[0][1]

    @property
    def classifier_(self) -> Any:
        """The classifier."""
        return self.steps[-1][1]

    @property
    def takes_motions(self) -> bool:
        """Whether it names motions; else still hands."""
        return takes_motions(self.features_)

    @property
    def classifier_name(self) -> str:
        """Name of the classifier, as in `CLASSIFIERS`."""
        return str(self.steps[-1][0])

    @property
    def features_name(self) -> str:
        """The feature preset, blocks joined by ``+``, or the class of your own transformer."""
        return features_name(self.features_)

    @property
    def window_ms(self) -> float | None:
        """How far to look back for a motion in a video: the median duration of those in training
        that are gestures.

        None for still hands, and before `fit`.
        """
        return self.__dict__.get("_window_ms")

    @property
    def card(self) -> ModelCard:
        """What the model is and where it comes from, as far as it is known."""
        return self.__dict__.get("_card") or ModelCard()

    @card.setter
    def card(self, card: ModelCard) -> None:
        self._card: ModelCard | None = card

    def fit(self, X: Samples, y: ArrayLike, groups: ArrayLike | None = None) -> Self:
        """Fit on the detected hands, or on the motions that show a hand well enough.

        Parameters
        ----------
        X : Landmarks or Motions of length n, or array_like of shape (n, 21, 2 or 3)
        y : array_like of shape (n,)
            What each shows.
        groups : array_like of shape (n,), optional
            Whose hand it is; windows of a motion that overlap are of one group too. A classifier
            that holds out samples while fitting (`mlp` to stop early, `svm` to calibrate) then
            holds out whole groups, or single samples where hardly a label is shown by more than one
            group.

        Raises
        ------
        DatasetError
            If lengths differ, no hand was detected, or only one gesture is left.
        UnknownNameError
            If `none` is no way of telling gestures that were not taught.
        """
        check_probabilities(self.classifier_)
        check_none(self.none)
        samples, labels, people = self._checked(X, y, groups)
        usable = usable_rows(self.features_, samples)
        check_enough(labels, usable, self._noun, names_nothing=self.names_nothing)
        named = self.names_nothing | ~is_no_gesture(labels)
        self.missed_label_ = missed_label(labels[named], usable[named])
        samples, labels, people = samples[usable], labels[usable], people[usable]
        self.seen_ = SeenHands.of(samples, None if groups is None else people)
        self._card, self._window_ms, self._was_loaded, self.phases_ = None, None, False, None
        self._taught_odds, self.whole_odds_ = nothing_odds(labels), 1.0
        if isinstance(samples, Motions):
            self._window_ms = median_duration(samples, labels)
        people = units(labels, people)
        taught = samples, labels, people
        n = len(samples)
        if self.augmentation and self.augmentation.copies and isinstance(samples, Landmarks):
            copies = augment(samples, self.augmentation, np.random.default_rng(self.random_state))
            samples = Landmarks.concat([samples, copies])
            repeats = 1 + self.augmentation.copies
            labels, people = np.tile(labels, repeats), np.tile(people, repeats)
        with (
            one_thread() if len(samples) <= SMALL_TABLE else nullcontext(),
            warnings.catch_warnings(),
        ):
            warnings.filterwarnings("ignore", _NO_REGRESSION)
            super().fit(samples, labels, **self._fit_params(people, np.arange(len(people)) >= n))
            self.known_ = self._known_hands(*taught)
            self.variation_ = variation_of(*taught, self._vectors, self.random_state)
        return self

    def predict(self, X: Samples) -> NDArray[Any]:
        """A label for each row, shape (n,): `missed_label_` where no hand was detected.

        Use `name` to get None there.
        """
        return self._answers("predict", X, self._missed_labels)

    def predict_proba(self, X: Samples) -> NDArray[np.float64]:
        """Probability of each of `classes_`, given that it is one of them, shape (n, n_classes).

        Where no hand was detected, all are equally probable, or a label that means "no gesture" is
        certain.
        """
        return self._answers("predict_proba", X, lambda n: missed_probabilities(self.classes_, n))

    def gesture_scores(self, X: Samples) -> NDArray[np.float64]:
        """Probability that each row shows each of `classes_` and none else, shape (n, n_classes).

        As `predict_proba`, but a row sums to the probability that its gesture was taught at all;
        what lacks to 1 is "none". A label that means "no gesture" is one of those that were taught.
        0 where no hand was detected. Without `none`, nothing is known of other gestures, and a row
        sums to 1, or to what `names_nothing` leaves.
        """
        return self._answers("gesture_scores", X, self._scores_of_missed)

    def window_scores(self, X: Samples) -> NDArray[np.float64]:
        """As `gesture_scores`, of windows of an endless stream, of which most show no gesture.

        A model that was trained on such windows (`handpose.with_nothing`) and was told what whole
        motions are (`handpose.learn_phases`) gives gestures lower scores here than in
        `gesture_scores`, which assume a whole motion. Of any other model both are the same.
        Recognisers and exported files go by these.
        """
        return self._answers("window_scores", X, self._scores_of_missed)

    def name(self, X: Samples) -> NDArray[np.object_]:
        """The most probable gesture of each row, shape (n,). None where no hand was detected."""
        names = self._answers("predict", X, lambda n: np.full(n, None, dtype=object))
        return names.astype(object)

    def score(self, X: Samples, y: ArrayLike) -> float:
        """Accuracy end to end: a hand that was not detected is an error.

        It is right where the label means that there is no gesture.
        """
        samples, truth, _ = self._checked(X, y, None)
        answers = self._answers("predict", samples, lambda n: np.full(n, MISSED, dtype=object))
        return float(is_right(truth, answers.astype(str)).mean())

    def save(self, path: str | Path, card: ModelCard | None = None) -> Path:
        """Write the fitted model to a ``.handpose`` file: see `handpose.save_model`."""
        from handpose.models.files import save_model

        return save_model(self, path, card)

    def __iter__(self) -> Iterator[Any]:
        """Deprecated: ``model, card = load_model(path)``."""
        warn_renamed("unpacking load_model(path)", "the model, which has a card")
        self._was_loaded = False
        return iter((self, self.card))

    def __getitem__(self, index: Any) -> Any:
        """A step, or a pipeline of some of them.

        Deprecated: ``load_model(path)[0]`` is the model and ``load_model(path)[1]`` its card.
        """
        if type(index) is int and index in (0, 1) and self.__dict__.get("_was_loaded"):
            warn_renamed(f"load_model(path)[{index}]", "the model, which has a card")
            self._was_loaded = False
            return (self, self.card)[index]
        return super().__getitem__(index)

    def _taken(self, X: Samples) -> Landmarks | Motions:
        return as_motions(cast(Any, X)) if self.takes_motions else as_landmarks(cast(Any, X))

    def _checked(
        self, X: Samples, y: ArrayLike, groups: ArrayLike | None
    ) -> tuple[Any, NDArray[Any], NDArray[Any]]:
        """Samples, labels and groups of equal length."""
        samples, labels = self._taken(X), np.asarray(y)
        people = np.arange(len(samples)) if groups is None else np.asarray(groups)
        for name, values in (("labels", labels), ("groups", people)):
            if values.shape != (len(samples),):
                raise DatasetError(
                    f"{name} must have one entry a {self._noun} ({len(samples)}), but got shape "
                    f"{values.shape}"
                )
        return samples, labels, people

    @property
    def _noun(self) -> str:
        return "motion" if self.takes_motions else "hand"

    def _fit_params(self, people: NDArray[Any], changed: NDArray[np.bool_]) -> dict[str, Any]:
        """Keywords for the classifier's `fit`, if it takes them: groups, copies, feature names."""
        name, classifier = self.classifier_name, self.classifier_
        params: dict[str, Any] = {}
        for keyword, values in (("groups", people), ("changed", changed)):
            if has_fit_parameter(classifier, keyword):
                params[f"{name}__{keyword}"] = values
        ours = len(self.steps) == 2 and isinstance(self.features_, LandmarkFeatures)
        if ours and has_fit_parameter(classifier, "feature_names"):
            params[f"{name}__feature_names"] = self.features_.get_feature_names_out().tolist()
        return params

    def _answers(
        self, method: str, X: Samples, unknown: Callable[[int], NDArray[Any]]
    ) -> NDArray[Any]:
        """What the classifier says of each row, and `unknown` of those that are not usable."""
        samples = self._taken(X)
        usable = usable_rows(self.features_, samples)
        if len(samples) and usable.all():
            return self._ask(method, samples)
        answers = unknown(len(samples))
        if usable.any():
            answers[usable] = self._ask(method, samples[usable])
        return answers

    def _missed_labels(self, n: int) -> NDArray[Any]:
        missed = np.asarray(label_of_missed(self))
        return np.full(n, missed, np.result_type(self.classes_, missed))

    def _known_hands(
        self,
        samples: Landmarks | Motions,
        labels: NDArray[Any],
        people: NDArray[Any],
    ) -> KnownHands | None:
        if self.none is None or (self.none == AUTO and self.takes_motions):
            return None
        changed = None
        if isinstance(samples, Landmarks):
            rng = np.random.default_rng(self.random_state)
            changed = augment(samples, Augmentation(copies=1), rng)
        named = isinstance(self.features_, LandmarkFeatures)
        return KnownHands.fit(
            self._vectors(samples),
            np.searchsorted(self.classifier_.classes_, labels),
            people,
            nothing=is_no_gesture(self.classifier_.classes_),
            names=self.features_.get_feature_names_out().tolist() if named else None,
            copies=None if changed is None else self._vectors(changed),
            random_state=self.random_state,
        )

    def _scores_of_missed(self, n: int) -> NDArray[np.float64]:
        return np.tile(is_no_gesture(self.classes_).astype(np.float64), (n, 1))

    def _vectors(self, samples: Landmarks | Motions) -> NDArray[Any]:
        """What the classifier is given."""
        vectors = samples
        for _, step in self.steps[:-1]:
            if step is not None and step != "passthrough":
                vectors = step.transform(vectors)
        return np.asarray(vectors)

    @property
    def named_columns(self) -> NDArray[np.intp]:
        """Which of the classifier's labels are `classes_`, shape (n_classes,)."""
        nothing = is_no_gesture(self.classifier_.classes_)
        return np.flatnonzero(self.names_nothing | ~nothing)

    def _classified(self, vectors: NDArray[Any], odds: float) -> NDArray[np.float64]:
        """What the classifier says, with other odds of no gesture than it learnt."""
        chances = cast("NDArray[np.float64]", self.classifier_.predict_proba(vectors))
        if odds == 1:
            return chances
        return with_odds(chances, is_no_gesture(self.classifier_.classes_), odds)

    def _scores(self, samples: Landmarks | Motions, odds: float) -> NDArray[np.float64]:
        """`gesture_scores` of usable rows."""
        vectors, named = self._vectors(samples), self.named_columns
        chances = self._classified(vectors, odds)[:, named]
        if self.known_ is None:
            return chances
        known = self.known_.chances(vectors, named[chances.argmax(1)])
        return chances * known[:, None]

    def _chances(self, samples: Landmarks | Motions) -> NDArray[np.float64]:
        """`predict_proba` of usable rows, where it is not the classifier's."""
        chances = self._classified(self._vectors(samples), self.whole_odds_)[:, self.named_columns]
        chances += TINY
        return cast("NDArray[np.float64]", chances / chances.sum(1, keepdims=True))

    def _ask(self, method: str, samples: Landmarks | Motions) -> NDArray[Any]:
        """What the classifier says of usable rows.

        Without steps in between, the pipeline's own way costs more than one hand's prediction.
        """
        with one_blas_thread() if len(samples) <= SMALL_BATCH else nullcontext():
            if method in ("gesture_scores", "window_scores"):
                return self._scores(samples, 1.0 if method == "window_scores" else self.whole_odds_)
            if not self.names_nothing or self.whole_odds_ != 1:
                chances = self._chances(samples)
                return chances if method == "predict_proba" else self.classes_[chances.argmax(1)]
            if len(self.steps) != 2:
                return getattr(super(), method)(samples)
            (_, features), (_, classifier) = self.steps
            return getattr(classifier, method)(features.transform(samples))
