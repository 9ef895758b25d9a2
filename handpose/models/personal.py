"""`personalize`: a model of many people that also knows a few samples of one more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from handpose.classifiers.personal import Personal
from handpose.containers.motion import Motions
from handpose.datasets import Dataset
from handpose.errors import DatasetError
from handpose.features.kinds import usable_rows
from handpose.models.gestures import GestureModel, Samples
from handpose.models.nothing import held_still

STEP = "personal"
"""Name of the step of a personal model."""


def personalize(
    model: GestureModel,
    X: Samples,
    y: ArrayLike,
    groups: ArrayLike | None = None,
    **params: float,
) -> GestureModel:
    """A copy of a model that also knows a few samples of one person.

    A hand or a motion that is near the person's samples is named by the nearest; far from all of
    them the model decides. What varies from sample to sample of a gesture counts less: among the
    person's own and, of motions, among those that the model was trained on. Give three samples of
    each gesture. One without a sample is still known, but where the person's samples are not far
    off they win: see `far` of `handpose.classifiers.personal.Personal`. New gestures may be added.

    Parameters
    ----------
    model : GestureModel
        Fitted, of still gestures or of motions. It is not changed.
    X : Landmarks, or Motions
        The person's samples.
    y : array_like of shape (n,)
        What each shows.
    groups : array_like of shape (n,), optional
        Whose they are.
    **params
        Of `handpose.classifiers.personal.Personal`.

    Returns
    -------
    GestureModel
        It can be saved, and personalised again: then the new samples replace these. Of motions, it
        keeps the phases (`learn_phases`), unless the person's takes show a sign that is held still.

    Raises
    ------
    DatasetError
        If lengths differ, or no sample can be used.

    Examples
    --------
    >>> import handpose as hp
    >>> hands, labels, people = hp.load_dataset("sign_language_digits")
    >>> others = hp.make_model("logistic").fit(hands[100:], labels[100:])
    >>> mine = hp.personalize(others, hands[:30], labels[:30])
    >>> mine.classifier_name
    'personal'
    """
    check_is_fitted(model)
    samples, labels, people = model._checked(X, y, groups)
    usable = usable_rows(model.features_, samples)
    if not usable.any():
        noun = "motion" if isinstance(samples, Motions) else "hand"
        raise DatasetError(f"none of the {len(samples)} {noun}s can be used: nothing to learn from")
    classifier = Personal.around(model.classifier_, **params)
    vectors = np.asarray(model._vectors(samples[usable]), np.float32)
    classifier.fit(vectors, labels[usable], variation=model.variation_)
    made = GestureModel(
        [*model.steps[:-1], (STEP, classifier)],
        augmentation=model.augmentation,
        random_state=model.random_state,
        min_score=model.min_score,
        names_nothing=model.names_nothing,
    )
    made._window_ms, made.variation_ = model.window_ms, model.variation_
    made.whole_odds_ = model.whole_odds_
    if model.phases_ is not None and not held_still(Dataset(samples[usable], labels[usable])):
        made.phases_ = model.phases_
    if model.seen_ is not None:
        named = None if groups is None else people[usable]
        made.seen_ = model.seen_.joined(samples[usable], named)
    else:
        made.seen_ = None
    noted: dict[str, Any] = {"personal_samples": int(usable.sum())}
    made.card = replace(
        model.card,
        classifier="",
        labels=[],
        settings={},
        metrics={},
        training=model.card.training | noted,
    )
    return made
