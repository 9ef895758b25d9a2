"""From which score on a model should name gestures, measured on hands that it has not seen."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from handpose.containers.labels import DEFAULT_MIN_SCORE, MIN_SCORE_WITH_NONE, is_no_gesture
from handpose.containers.motion import Motions
from handpose.datasets import Dataset
from handpose.errors import DatasetError, RandomSplitWarning
from handpose.evaluation.naming import Naming
from handpose.evaluation.open_set import evaluate_open_set
from handpose.evaluation.open_set_results import OpenSetEvaluation
from handpose.evaluation.results import Evaluation
from handpose.evaluation.validation import cross_validate
from handpose.models.known import TINY
from handpose.models.threshold import OPEN_SET
from handpose.models.whole import nothing_odds, whole_odds, with_odds

KEPT = 0.95
"""Share of the rightly recognised hands that shall be named."""

LOWEST = 0.3
ABOVE_CHANCE = 1.5
"""No threshold is below `LOWEST`, or below so many times the score of a guess: something must be
rejected."""

NAMED = 0.01
"""Share of the pieces of streams without a whole motion that may be named: of each motion that is
made some tens are looked at."""

UNMEASURED = 0.5
"""Threshold where too few hands could be held out: the gesture is more probable than all others."""

_FOLDS = 5
_PEOPLE_PARTS = 2
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Trial:
    """How a model does on hands of its training set that were held out.

    Attributes
    ----------
    evaluation : Evaluation or None
        With the threshold that was chosen; None where nothing could be held out. Of motions, of
        whole takes.
    people : bool
        Whether whole people were held out, not only photos.
    min_score : float
        The threshold.
    obstacle : str
        Why no people could be held out; "" where they were.
    open_set : OpenSetEvaluation or None
        With gestures left out, where a rate of false accepts was asked for.
    windows : Evaluation or None
        Of motions, of the takes and of windows of streams, for which the threshold was chosen; None
        where no windows were held out.
    """

    evaluation: Evaluation | None
    people: bool
    min_score: float
    obstacle: str = ""
    open_set: OpenSetEvaluation | None = None
    windows: Evaluation | None = None

    @property
    def nothing_named(self) -> float | None:
        """Share of the windows without a whole motion that are named; None without windows."""
        asked = self.windows
        if asked is None or asked.naming_scores is None:
            return None
        rows = is_no_gesture(asked.truth) & asked.detected
        if not rows.any():
            return None
        scores = asked.naming_scores[rows]
        return Naming.of(asked.truth[rows], scores, asked.labels, self.min_score).named_wrong

    def for_card(self) -> dict[str, Any]:
        """What a model's card notes: figures on new people, and thresholds by false accepts."""
        people = self.evaluation.for_card() if self.people and self.evaluation else {}
        return people | ({} if self.open_set is None else {OPEN_SET: self.open_set.for_card()})


def choose_min_score(evaluation: Evaluation) -> float:
    """The highest threshold, of at most 0.8, at which most of what is right is still named.

    Of at most 0.5, where scores tell gestures that nobody taught.

    Parameters
    ----------
    evaluation : Evaluation
        Of hands that were held out, with probabilities.

    Returns
    -------
    float
        In hundredths. So many of the hands whose most probable gesture is the right one have this
        score that `KEPT` of new ones may be expected to (Vovk, Gammerman & Shafer, "Algorithmic
        Learning in a Random World", 2005). Fewer than 19 hands cannot show that: then it is at most
        `UNMEASURED`. It is never below `LOWEST`, or `ABOVE_CHANCE` times a guess.
    """
    lowest = _lowest(len(evaluation.labels))
    chances = evaluation.naming_scores
    if chances is None:
        return max(UNMEASURED, lowest)
    gestures = ~is_no_gesture(evaluation.truth) & evaluation.detected
    scores = np.sort(chances[gestures & evaluation.correct].max(1))
    if not len(scores):
        return lowest
    below = floor((len(scores) + 1) * (1 - KEPT) + _ROUNDING)
    wanted = float(scores[below - 1]) if below else min(UNMEASURED, float(scores[0]))
    highest = DEFAULT_MIN_SCORE if evaluation.scores is None else MIN_SCORE_WITH_NONE
    return min(highest, max(lowest, floor(100 * wanted) / 100))


def score_above_nothing(evaluation: Evaluation) -> float:
    """The threshold, of at most 0.8, above which `NAMED` of what shows no gesture is named.

    Parameters
    ----------
    evaluation : Evaluation
        Of motions that were held out, with probabilities.

    Returns
    -------
    float
        In hundredths; 0 where so little shows no gesture that the share cannot be counted.
    """
    nothing = is_no_gesture(evaluation.truth) & evaluation.detected
    chances = evaluation.naming_scores
    if chances is None or float(nothing.sum()) * NAMED < 1:
        return 0.0
    gestures = ~is_no_gesture(np.array(evaluation.labels))
    scores = chances[nothing][:, gestures].max(1)
    return min(DEFAULT_MIN_SCORE, ceil(100 * float(np.quantile(scores, 1 - NAMED))) / 100)


def try_out(
    model: Any,
    dataset: Dataset,
    false_accepts: float | None = None,
    *,
    taught: Dataset | None = None,
) -> Trial:
    """Fit a model on parts of a training set, and choose its threshold from the rest.

    Whole people are held out where that can be done, else photos. A model of motions that learns
    what is none names at most `NAMED` of that.

    Parameters
    ----------
    model : GestureModel
        Not changed.
    dataset : Dataset
        With two labels or more.
    false_accepts : float, optional
        Leave gestures out too, and choose the threshold from which on this share of them is named.
    taught : Dataset, optional
        Of motions: what `handpose.with_nothing` makes of the data set. Where no people are held out
        it is left alone, since only they keep the windows of a take apart from the take.

    Raises
    ------
    DatasetError
        If `false_accepts` is given and there are fewer than three gestures.
    """
    taught = dataset if taught is None else taught
    names_nothing = model.names_nothing if isinstance(dataset.X, Motions) else True
    if not names_nothing:  # then its answers tell which windows it takes for nothing
        model = clone(model).set_params(names_nothing=True)
    measured: Evaluation | None
    try:
        measured, obstacle = _hold_out_people(model, taught), ""
    except DatasetError as error:
        taught, measured, obstacle = dataset, _hold_out_photos(model, dataset), str(error)
    if measured is None:
        lowest = _lowest(len(dataset.label_names))
        return Trial(None, False, max(UNMEASURED, lowest), obstacle)
    strange = None if false_accepts is None else leave_gestures_out(model, taught)
    if strange is None or false_accepts is None:
        min_score = choose_min_score(measured)
        if isinstance(dataset.X, Motions):
            min_score = max(min_score, score_above_nothing(measured))
    else:
        min_score = strange.careful_threshold(false_accepts)
    chosen = replace(measured, min_score=min_score)
    if len(taught) == len(dataset):
        return Trial(chosen, not obstacle, min_score, obstacle, strange)
    whole = of_whole_takes(chosen, len(dataset), names_nothing=names_nothing)
    return Trial(whole, not obstacle, min_score, obstacle, strange, windows=chosen)


def of_whole_takes(measured: Evaluation, takes: int, *, names_nothing: bool) -> Evaluation:
    """The first rows of an evaluation, as they are named once a model knows that they are whole.

    Parameters
    ----------
    measured : Evaluation
        Of takes, then of windows of streams (`handpose.with_nothing`), by models that name nothing.
    takes : int
        How many there are.
    names_nothing : bool
        Whether the model will name nothing.

    Returns
    -------
    Evaluation
        Its `scores` are those of windows, for which `min_score` was chosen.
    """
    truth, detected = measured.truth[:takes], measured.detected[:takes]
    labels = np.array(measured.labels)
    nothing = is_no_gesture(labels)
    kept = names_nothing | ~nothing | np.isin(labels, truth)
    taught = nothing_odds(measured.truth[measured.detected])
    odds = whole_odds(taught, truth[detected]) if names_nothing else 0.0
    assert measured.probabilities is not None
    assert measured.naming_scores is not None
    chances = with_odds(measured.probabilities[:takes] + TINY, nothing, odds)[:, kept]
    scores = measured.naming_scores[:takes] * (names_nothing | ~nothing)
    named = measured.predicted[:takes].copy()
    named[detected] = labels[kept][chances[detected].argmax(1)]
    return replace(
        measured,
        truth=truth,
        predicted=named,
        detected=detected,
        groups=measured.groups[:takes],
        labels=labels[kept].tolist(),
        probabilities=chances,
        scores=scores[:, kept],
    )


def leave_gestures_out(model: Any, dataset: Dataset) -> OpenSetEvaluation:
    """`evaluate_open_set` of a training set; hands are divided where people cannot be.

    Raises
    ------
    DatasetError
        If there are fewer than three gestures.
    """
    dataset = dataset[dataset.detected]
    counts = {label: len(set(dataset.groups[dataset.y == label])) for label in dataset.label_names}
    apart = dataset.has_subjects and min(counts.values()) > 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RandomSplitWarning)
        return evaluate_open_set(model, dataset, cv=_PEOPLE_PARTS, random_split=not apart)


def _lowest(n_labels: int) -> float:
    return min(DEFAULT_MIN_SCORE, max(LOWEST, ABOVE_CHANCE / n_labels))


def _hold_out_people(model: Any, dataset: Dataset) -> Evaluation:
    noun = "motions" if isinstance(dataset.X, Motions) else "pictures"
    if not dataset.has_subjects:
        raise DatasetError(f"the {noun} name no subjects (a manifest.csv can)")
    if dataset.n_subjects < 2:
        raise DatasetError(f"all {noun} show one person; add {noun} of other people")
    return cross_validate(model, dataset, cv=min(_FOLDS, dataset.n_subjects, _most(dataset.y)))


def _hold_out_photos(model: Any, dataset: Dataset) -> Evaluation | None:
    """Labels with one photo cannot be held out, and are left out; None where no two are left."""
    detected = dataset.detected
    found, counts = np.unique(dataset.y[detected], return_counts=True)
    known = dataset[np.isin(dataset.y, found[counts > 1]) & detected]
    if len(known.label_names) < 2:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RandomSplitWarning)
        return cross_validate(model, known, cv=min(_FOLDS, _most(known.y)), random_split=True)


def _most(labels: NDArray[np.str_]) -> int:
    return int(np.unique(labels, return_counts=True)[1].max(initial=0))
