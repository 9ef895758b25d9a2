"""What the page tells of a trained model, in words and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import is_no_gesture
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.evaluation.thresholds import Trial
from handpose.system.words import counted

SCORES = np.round(np.arange(0.30, 1.0, 0.01), 2)
"""Thresholds that the page's slider has."""
WORST = 12
"""Photos of mistakes that are shown."""
ONE_PERSON = "Only one person: this says nothing about others."


def findings(trial: Trial, dataset: Dataset, noun: str = "picture") -> dict[str, Any]:
    """How a model did on what was held out.

    Parameters
    ----------
    trial : Trial
        Of `dataset`, with a row of its evaluation for each of the data set.
    dataset : Dataset
    noun : str, default="picture"
        What a row of it is.

    Returns
    -------
    dict
        As JSON: ``headline`` and ``caveat`` in words; ``accuracy``, ``interval``, ``people``,
        ``matrix``, ``worst`` and ``curve`` for pictures. Only the words where nothing was held out.
    """
    people = dataset.n_subjects
    found: dict[str, Any] = {
        "samples": len(dataset),
        "subjects": people,
        "labels": dataset.label_names,
        "apart": trial.people,
        "min_score": trial.min_score,
        "caveat": _caveat(trial, people),
    }
    if trial.evaluation is None:
        return found | {"headline": "Nothing could be held out, so nothing was measured."}
    measured = trial.evaluation
    return found | {
        "headline": _headline(measured, trial.people, noun),
        "accuracy": round(measured.accuracy, 4),
        "interval": _interval(measured) if trial.people else None,
        "people": _people(measured) if trial.people else [],
        "matrix": {
            "labels": measured.labels,
            "counts": measured.confusion[:, :-1].tolist(),
        },
        "confused": _confused(measured),
        "worst": _worst(measured, dataset),
        "curve": curve(measured, trial),
    }


def curve(measured: Evaluation, trial: Trial) -> dict[str, Any]:
    """What is named from each score on, as shares of the hands that were held out.

    Returns
    -------
    dict
        ``scores``; ``right``: named right, of the hands that show a gesture; ``wrong``: named
        wrongly, of all hands; ``foreign``: named, of hands that show a gesture which was left out,
        or None where that was not measured.
    """
    chances = measured.naming_scores
    if chances is None:
        return {"scores": [], "right": [], "wrong": [], "foreign": None}
    best = np.nan_to_num(chances, nan=-1.0).max(1)
    gesture = ~is_no_gesture(measured.truth)
    named = ~is_no_gesture(measured.predicted) & measured.detected
    right = named & measured.correct & gesture
    wrong = named & ~measured.correct
    return {
        "scores": SCORES.tolist(),
        "right": _shares(best[right], int(gesture.sum())),
        "wrong": _shares(best[wrong], len(best)),
        "foreign": _foreign(trial),
    }


def _foreign(trial: Trial) -> list[float] | None:
    if trial.open_set is None:
        return None
    scores = trial.open_set.foreign.scores
    return _shares(scores, len(scores))


def _shares(scores: NDArray[np.float64], of: int) -> list[float]:
    """Share of `of` hands with at least each of `SCORES`."""
    return [round(float((scores >= s).sum() / max(of, 1)), 4) for s in SCORES]


def _headline(measured: Evaluation, apart: bool, noun: str) -> str:
    n, right = len(measured.truth), int(measured.correct.sum())
    whom = "by people whom it had not seen" if apart else "that it had not seen, of the same people"
    return f"{right} of {counted(n, noun)} {whom} {'is' if n == 1 else 'are'} named right."


def _caveat(trial: Trial, people: int) -> str:
    if trial.people:
        if people < 5:
            return f"Measured on {counted(people, 'person', 'people')}: others may fare worse."
        return ""
    if people < 2:
        return ONE_PERSON
    return f"This says nothing about new people: {trial.obstacle}."


def _interval(measured: Evaluation) -> list[float] | None:
    return None if measured.interval is None else [round(x, 4) for x in measured.interval]


def _people(measured: Evaluation) -> list[dict[str, Any]]:
    scores = measured.by_subject
    if scores is None:
        return []
    return [
        {"name": name, "accuracy": round(float(accuracy), 4)}
        for name, accuracy in zip(scores.names, scores.accuracies, strict=True)
    ]


def _confused(measured: Evaluation) -> list[dict[str, Any]]:
    counts = measured.confusion[:, :-1].copy()
    np.fill_diagonal(counts, 0)
    pairs = zip(*np.nonzero(counts), strict=True)
    found = [
        {"truth": measured.labels[i], "answer": measured.labels[j], "count": int(counts[i, j])}
        for i, j in pairs
    ]
    return sorted(found, key=lambda pair: -pair["count"])[:5]


def _worst(measured: Evaluation, dataset: Dataset) -> list[dict[str, Any]]:
    """The mistakes, those that the model was surest of first."""
    wrong = np.flatnonzero(~measured.correct & measured.detected)
    chances = measured.naming_scores
    if chances is not None:
        wrong = wrong[np.argsort(-chances[wrong].max(1), kind="stable")]
    return [
        {
            "path": str(dataset.paths[row]),
            "truth": str(measured.truth[row]),
            "answer": str(measured.predicted[row]),
            "score": None if chances is None else round(float(chances[row].max()), 3),
        }
        for row in wrong[:WORST]
    ]
