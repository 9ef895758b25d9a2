"""Measuring models on hands that nobody taught them.

Whole gestures are left out of training, and whole people. What is then asked about shows a gesture
that the model knows, or one that it does not ("foreign"). Scheirer et al., "Toward Open Set
Recognition", PAMI 2013; rates as in face recognition (ISO/IEC 19795-1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from handpose.containers.labels import is_no_gesture
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError
from handpose.evaluation.accepting import Hands
from handpose.evaluation.answers import fit_on, found_by, names_of
from handpose.evaluation.familiar import pretrained_rows, warn_if_familiar
from handpose.evaluation.open_set_results import (
    ALL_TAUGHT,
    LEFT_OUT,
    NOTHING,
    OpenSetEvaluation,
)
from handpose.evaluation.validation import checked_data
from handpose.splits import Split, splits_of

_FEWEST = 2
"""Gestures that a model must be left with."""


def evaluate_open_set(
    model: Any,
    X: Dataset | Landmarks | Motions | ArrayLike,
    y: ArrayLike | None = None,
    *,
    groups: ArrayLike | None = None,
    foreign: Dataset | Sequence[Dataset] = (),
    gesture_folds: int = 5,
    cv: int = 3,
    random_state: int = 0,
    random_split: bool = False,
    name: str = "",
) -> OpenSetEvaluation:
    """Ask models about gestures and people that they were not trained on.

    The gestures are divided into parts, and so are the people. For each pair of parts, a model is
    fitted on the other gestures of the other people. It is asked about the people that were left
    out: do they show a gesture that it knows, is it named right, and with which score; do they show
    one that was left out, how high is the score of what it is taken for.

    Parameters
    ----------
    model : GestureModel, or any scikit-learn estimator with `predict_proba` that takes `X`
        Cloned and fitted ``gesture_folds * cv`` times (and `cv` times more with `foreign`).
    X : Dataset, Landmarks, Motions, or array_like of shape (n, 21, 2 or 3)
        Hands that were not detected are left out.
    y : array_like of n str
        Of a `Dataset`, its own, as are the groups and the name. Hands labelled ``no_gesture`` or
        ``nothing`` are trained on, and count as foreign where they are asked about.
    groups : array_like of n str
        Whose hand it is.
    foreign : Dataset or sequence of Dataset, optional
        Further hands to be refused: of another data set, or hands that do nothing. The models that
        are asked about them know all gestures of `y`. Hands with a label of `y` are not foreign and
        are left out.
    gesture_folds : int, default=5
        Parts into which the gestures are divided; at most as many as there are gestures.
    cv : int, default=3
        Parts into which the people are divided.
    random_state : int, default=0
    random_split : bool, default=False
        Divide hands, not people.
    name : str
        Of the data set, for the report.

    Returns
    -------
    OpenSetEvaluation

    Raises
    ------
    DatasetError
        If there are fewer than three gestures, people are unknown, or too few show a gesture.

    Warns
    -----
    RandomSplitWarning
        If `random_split` is set.
    SeenPeopleWarning
        If the networks that ship with the classifier were trained on these people.
    """
    samples, truth, people, name = checked_data(X, y, groups, name)
    found = found_by(model, samples)
    samples, truth, people = samples[found], truth[found], people[found]
    others = [foreign] if isinstance(foreign, Dataset) else list(foreign)
    parts = gesture_parts(truth, gesture_folds, random_state)
    every = np.ones(len(truth), bool)
    splits = splits_of(truth, people, every, cv, random_state, random_split, stacklevel=3)
    rounds = [
        _round(model, samples, truth, people, out, split) for out in parts for split in splits
    ]
    if others:
        for number, split in enumerate(splits):
            rounds += _foreign_rounds(model, samples, truth, people, split, others, number, cv)
    familiar = pretrained_rows(model, samples, people, name)
    warn_if_familiar(familiar, len(samples), stacklevel=2)
    names = names_of(model)
    return OpenSetEvaluation(
        known=Hands.concat([known for known, _ in rounds]),
        foreign=Hands.concat([hands for _, hands in rounds]),
        left_out=parts,
        cv=cv,
        dataset=name,
        familiar=familiar,
        classifier=names[0],
        features=names[1],
    )


def ask_open_set(
    model: Any, dataset: Dataset, kind: str = "", *, taught: Sequence[str] | None = None
) -> tuple[Hands, Hands]:
    """What a fitted model says of hands, known ones and foreign ones.

    Parameters
    ----------
    model : GestureModel
        Fitted.
    dataset : Dataset
    kind : str, optional
        Of the hands, by default the name of the data set.
    taught : sequence of str, optional
        Labels that are not foreign, by default those of the model.
    """
    dataset = dataset[found_by(model, dataset.X)]
    known = [str(label) for label in model.classes_] if taught is None else list(taught)
    scores, named = best_gestures(model, dataset.X)
    nothing = is_no_gesture(dataset.y)
    kinds = np.where(nothing, NOTHING, kind or dataset.name or "foreign")
    taught_rows = np.isin(dataset.y, known) & ~nothing
    counted = ~taught_rows | (named == dataset.y)
    asked = Hands(scores, counted, dataset.groups, dataset.y, named, kinds)
    return asked[taught_rows], asked[~taught_rows]


def best_gestures(
    model: Any, samples: Landmarks | Motions
) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Score and name of the most probable gesture of each row; a label of no gesture is none."""
    labels = np.asarray(model.classes_, dtype=str)
    tell = getattr(model, "gesture_scores", model.predict_proba)
    chances = np.asarray(tell(samples), dtype=np.float64) * ~is_no_gesture(labels)
    best = chances.argmax(1) if len(chances) else np.zeros(0, int)
    return chances[np.arange(len(chances)), best], labels[best]


def gesture_parts(truth: NDArray[np.str_], folds: int, random_state: int) -> list[list[str]]:
    """Gestures to leave out together: each once, and at least two are left to learn.

    Raises
    ------
    DatasetError
        If there are fewer than three gestures, or `folds` is below 2.
    """
    labels = np.unique(truth)
    gestures = labels[~is_no_gesture(labels)]
    if len(gestures) <= _FEWEST:
        raise DatasetError(
            f"leaving a gesture out needs three gestures or more, but got {len(gestures)}: "
            f"{', '.join(gestures.tolist())}"
        )
    if folds < 2:
        raise DatasetError(f"gesture_folds must be at least 2, but got {folds}")
    mixed = np.random.default_rng(random_state).permutation(gestures)
    folds = max(min(folds, len(mixed)), -(-len(mixed) // (len(mixed) - _FEWEST)))
    return [sorted(mixed[start::folds].tolist()) for start in range(folds)]


def _round(
    model: Any,
    samples: Any,
    truth: NDArray[np.str_],
    people: NDArray[np.str_],
    out: list[str],
    split: Split,
) -> tuple[Hands, Hands]:
    """Known and foreign hands of people that were left out, with a model of the other gestures."""
    train, test = split
    train = train[~np.isin(truth[train], out)]
    fitted = fit_on(clone(model), samples[train], truth[train], people[train])
    asked = Dataset(samples[test], truth[test], people[test])
    return ask_open_set(fitted, asked, LEFT_OUT)


def _foreign_rounds(
    model: Any,
    samples: Any,
    truth: NDArray[np.str_],
    people: NDArray[np.str_],
    split: Split,
    others: list[Dataset],
    number: int,
    cv: int,
) -> list[tuple[Hands, Hands]]:
    """A model of all gestures: each foreign hand is asked about in one of `cv` rounds."""
    train, test = split
    fitted = fit_on(clone(model), samples[train], truth[train], people[train])
    taught = sorted(set(truth.tolist()))
    asked = Dataset(samples[test], truth[test], people[test])
    rounds = [ask_open_set(fitted, asked, ALL_TAUGHT, taught=taught)]
    for other in others:
        _, strange = ask_open_set(fitted, other[number::cv], other.name, taught=taught)
        rounds.append((strange[np.zeros(len(strange), bool)], strange))
    return rounds
