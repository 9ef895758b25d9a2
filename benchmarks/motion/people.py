"""Motions of people that no model was trained on: SHREC'17, signed letters, commands."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone

import handpose as hp
from benchmarks.runner import Setup
from handpose.containers.labels import MISSED, NO_GESTURE, is_no_gesture
from handpose.containers.motion import Motions
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.models.gestures import GestureModel
from handpose.models.making import make_model
from handpose.splits import Split, grouped_folds
from handpose.system.threads import one_thread

MODELS = ("svm", "motion_net")

Task = tuple[Dataset, Sequence[Split]]
"""A data set, and rows to train on and to test on."""

Fold = tuple[np.ndarray, np.ndarray]
"""Chances of every label and names of the rows that a fold tests."""

KEPT = 0.95
"""Share of letters that a threshold must keep."""

NOTHING_ASKED = ("words 8", "words 9", "words 10", "words 11", "words 12")
"""Sessions of hands that do nothing, in the file of words, which no model of letters learns."""


@cache
def named(
    setup: Setup, name: str, folder: str = "", file: str = "", labels: tuple[str, ...] = ()
) -> Dataset:
    """A data set, or some labels of it; in a quick run a part of it."""
    path = setup.folder(folder or name)
    data = hp.load_dataset(name, path=path / file if file else path)
    if setup.quick:
        data = data.select(labels=(labels or tuple(data.label_names))[:3])
        return data.select(groups=sorted(set(data.groups.tolist()))[:4])
    return data.select(labels=labels) if labels else data


def model_of(setup: Setup, classifier: str, **params: Any) -> GestureModel:
    """A model of motions; in a quick run one that is trained for moments."""
    if setup.quick and classifier == "motion_net":
        params = {"width": 8, "epochs": 2, **params}
    return make_model(classifier, features="motion", random_state=setup.seed, **params)


def predicted(setup: Setup, *tasks: Task) -> list[dict[str, Evaluation]]:
    """Of each task and each of `MODELS` each fold, by a model that was fitted on the others."""
    return [
        {name: _joined(model_of(setup, name), *task, found) for name, found in answered.items()}
        for task, answered in zip(tasks, _folds(setup, *tasks), strict=True)
    ]


def _folds(setup: Setup, *tasks: Task) -> list[dict[str, list[Fold]]]:
    """What each of `MODELS` says in each fold of each task; side by side, the slow ones first."""
    jobs = [
        (name, task, split)
        for name in reversed(MODELS)
        for task, (_, splits) in enumerate(tasks)
        for split in splits
    ]
    found = Parallel(n_jobs=setup.jobs)(
        delayed(_fold)(model_of(setup, name), tasks[task][0], *split) for name, task, split in jobs
    )
    answered: list[dict[str, list[Fold]]] = [{name: [] for name in MODELS} for _ in tasks]
    for (name, task, _), fold in zip(jobs, found, strict=True):
        answered[task][name].append(fold)
    return answered


def _joined(
    model: GestureModel, data: Dataset, splits: Sequence[Split], folds: list[Fold]
) -> Evaluation:
    labels = data.label_names
    chances = np.full((len(data), len(labels)), np.nan)
    answers = np.full(len(data), "", dtype=object)
    for (_, test), (found, names) in zip(splits, folds, strict=True):
        chances[test], answers[test] = found, names
    return Evaluation(
        truth=data.y,
        predicted=answers.astype(str),
        detected=data.detected,
        groups=data.groups,
        labels=labels,
        classifier=model.classifier_name,
        features=model.features_name,
        cv=len(splits),
        dataset=data.name,
        probabilities=chances,
    )


def _fold(model: GestureModel, data: Dataset, train: np.ndarray, test: np.ndarray) -> Fold:
    """Chances of every label, and names, of the test rows."""
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        fitted = clone(model).fit(*data[train])
        chances = np.zeros((len(test), len(data.label_names)))
        columns = [data.label_names.index(str(label)) for label in fitted.classes_]
        chances[:, columns] = fitted.predict_proba(data.X[test])
        names = fitted.name(data.X[test])
    chances[~data.detected[test]] = np.nan
    return chances, np.array(["" if name is None else name for name in names], dtype=object)


def row(result: Evaluation) -> dict[str, Any]:
    """What a table shows of an evaluation."""
    low, high = result.interval or (float("nan"), float("nan"))
    people = result.by_subject
    return {
        "accuracy": round(result.accuracy, 4),
        "95 %, over people": f"{low:.4f}-{high:.4f}",
        "worst person": round(result.worst_subject_accuracy or 0.0, 4),
        "who": str(people.names[0]) if people else "",
    }


def shrec17(setup: Setup) -> dict[str, Any]:
    """The 20 training people of SHREC'17 in five folds of whole people.

    28 labels; 14 by adding the chances of a gesture done with one finger and with the hand; and 14
    learnt as such. The official test people are not looked at. The network was chosen on 12 and 4
    of the 16 training people of the first fold.
    """
    many, few = (named(setup, name, "shrec17_train") for name in ("shrec17_28", "shrec17"))
    splits = _five_folds(setup, many)
    of_many, of_few = predicted(setup, (many, splits), (few, splits))
    rows, details = {}, {}
    for classifier in MODELS:
        rows[f"{classifier}, 28 labels"] = row(of_many[classifier])
        rows[f"{classifier}, 14 by adding"] = row(_added(of_many[classifier]))
        rows[f"{classifier}, 14 labels"] = row(of_few[classifier])
        details[f"{classifier}, 28 labels"] = confused(of_many[classifier], 12)
        details[f"{classifier}, 14 labels"] = confused(of_few[classifier], 12)
    return {"rows": rows, "details": details}


def _five_folds(setup: Setup, data: Dataset) -> list[Split]:
    return grouped_folds(data.y, data.groups, folds=2 if setup.quick else 5)


def _added(found: Evaluation) -> Evaluation:
    """The evaluation where chances of labels that differ in what is in brackets are added."""
    of, truth = (
        np.array([label.rsplit(" (", 1)[0] for label in labels])
        for labels in (found.labels, found.truth)
    )
    labels, chances = np.unique(of), np.nan_to_num(found.probabilities)
    added = np.stack([chances[:, of == label].sum(1) for label in labels], axis=1)
    return replace(
        found,
        truth=truth,
        predicted=np.where(found.detected, labels[added.argmax(1)], MISSED),
        labels=labels.tolist(),
        probabilities=None,
    )


def midair(setup: Setup) -> dict[str, Any]:
    """26 commands that a forefinger draws in the air, 13 people in five folds of whole people."""
    data = named(setup, "gesture_midair")
    (found,) = predicted(setup, (data, _five_folds(setup, data)))
    return {
        "rows": {name: row(of_model) for name, of_model in found.items()},
        "details": {name: confused(of_model, 8) for name, of_model in found.items()},
    }


def confused(found: Evaluation, most: int) -> list[str]:
    """The most frequent confusions: truth, answer, how often."""
    wrong = ~found.correct
    pairs = np.char.add(np.char.add(found.truth[wrong], " -> "), found.predicted[wrong])
    names, counts = np.unique(pairs, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return [f"{names[i]}: {counts[i]}" for i in order]


def letters(setup: Setup) -> dict[str, Any]:
    """Signed letters, J and Z among them, of a session that was not trained on.

    Trained on the letters of the other sessions and on letters and takes of "nothing" of the file
    of words, of which five sessions of nothing are asked only, and that of the same number is left
    out. Session 3 has 20 of the letters; where 0 or 1 is asked, the other one alone of the same
    file shows J, N, Q, V, X and Z. *letters*: accuracy on the letters and
    the space. *nothing rejected*: share of takes of "nothing" that show a hand and are named
    nothing, or a letter less surely than the threshold that keeps 95 % of the letters; those
    without a hand are named nothing anyway.
    """
    data = _letters(setup)
    sessions = ["0", "1", "3"] if not setup.quick else sorted(set(data.groups.tolist()))[:2]
    asked = np.isin(data.groups, NOTHING_ASKED)[:, None]
    own = asked | (data.groups[:, None] == np.array(sessions))
    related = data.groups[:, None] == np.char.add("words ", sessions)
    splits = [
        (np.flatnonzero(~mine & ~near), np.flatnonzero(mine))
        for mine, near in zip(own.T, related.T, strict=True)
    ]
    rows, details = {}, {}
    (answered,) = _folds(setup, (data, splits))
    for classifier, folds in answered.items():
        for session, (_, test), (chances, names) in zip(sessions, splits, folds, strict=True):
            rows[f"{classifier}, session {session}"] = _rejecting(data, test, chances, names)
            wrong = (names != data.y[test]) & ~is_no_gesture(data.y[test])
            details[f"{classifier}, session {session}"] = sorted(
                f"{truth} -> {name}"
                for truth, name in zip(data.y[test][wrong], names[wrong], strict=True)
            )
    return {"rows": rows, "details": details}


def _letters(setup: Setup) -> Dataset:
    """Letters, and those and takes of "nothing" of the file of words, whose sessions are others."""
    data = named(setup, "asl_sequences")
    if setup.quick:
        return data
    words = named(setup, "asl_sequences", file="words.npz")
    sessions = np.char.add("words ", words.groups)
    taught = np.isin(words.y, data.label_names) & ~np.isin(sessions, NOTHING_ASKED)
    used = words.detected & ((words.y == NO_GESTURE) | taught)
    words = words[used]
    return Dataset(
        Motions.concat([data.X, words.X]),
        [*data.y, *words.y],
        [*data.groups, *sessions[used]],
        name=data.name,
    )


def _rejecting(
    data: Dataset, test: np.ndarray, chances: np.ndarray, names: np.ndarray
) -> dict[str, Any]:
    labels, truth = np.array(data.label_names), data.y[test]
    shown = ~is_no_gesture(truth)
    best = np.nan_to_num(chances[:, labels != NO_GESTURE].max(1))
    threshold = np.quantile(best[shown], 1 - KEPT)
    nothing = ~shown & data.detected[test]
    rejected = (names[nothing] == NO_GESTURE) | (best[nothing] < threshold)
    moving = np.isin(truth, ("j", "z"))
    return {
        "letters": round(float((names[shown] == truth[shown]).mean()), 4),
        "j and z": round(float((names[moving] == truth[moving]).mean()), 4) if moving.any() else "",
        "nothing rejected": round(float(rejected.mean()), 4) if nothing.any() else "",
        "takes of nothing": int(nothing.sum()),
        "takes": len(test),
    }


def cost(setup: Setup) -> dict[str, Any]:
    """Milliseconds for one sequence of SHREC'17, features and classifier, in one thread.

    The network is trained for moments, which does not change how long it takes.
    """
    data = named(setup, "shrec17", "shrec17_train")
    asked = [data.X[[i]] for i in range(0, len(data), max(len(data) // 100, 1))]
    moments: dict[str, dict[str, Any]] = {"svm": {}, "motion_net": {"epochs": 2}}
    models = {name: model_of(setup, name, **moments[name]).fit(*data) for name in MODELS}
    times: dict[str, list[float]] = {name: [] for name in MODELS}
    with one_thread():
        for motion in [*asked[:5], *asked]:
            for name, model in models.items():
                start = time.perf_counter()
                model.predict_proba(motion)
                times[name].append((time.perf_counter() - start) * 1e3)
    rows = {}
    for name, found in times.items():
        low, middle, high = np.percentile(found[5:], [25, 50, 75]).round(3).tolist()
        rows[name] = {"median": middle, "quartiles": f"{low}-{high}"}
    return {"rows": rows}


PARTS: tuple[Callable[[Setup], dict[str, Any]], ...] = (
    shrec17,
    midair,
    letters,
    cost,
)
