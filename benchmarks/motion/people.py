"""Motions of people that no model was trained on: SHREC'17, signed words and letters, commands."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

import handpose as hp
from benchmarks.runner import Setup
from handpose.containers.labels import NO_GESTURE, is_no_gesture
from handpose.containers.motion import Motions
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.features.motion import MotionFeatures
from handpose.models.gestures import GestureModel
from handpose.models.making import make_model
from handpose.splits import Split, grouped_folds
from handpose.system.threads import one_thread

MODELS = ("svm", "motion_net")

WORDS = ("hello", "thanks", "iloveyou", "yes", "no", "help", "please")
"""Words of the American sign language that several signers of signed_words sign."""

KEPT = 0.95
"""Share of letters that a threshold must keep."""

NOTHING_ASKED = ("words 8", "words 9", "words 10", "words 11", "words 12")
"""Sessions of hands that do nothing, in the file of words, which no model of letters learns."""

_TAKES = 3
_EVERY = 5
"""Of the takes of others, every so many tell the scale of features."""
_FAR = 5.0
"""In deviations: no single feature counts for more."""
_FEWEST_LEFT = 3
_OTHER_SIGN = 0.5
"""A signer who has fewer takes of a word right than this signs something else, or is not known."""


@cache
def named(setup: Setup, name: str, folder: str = "", file: str = "") -> Dataset:
    """A data set, in a quick run a part of it."""
    path = setup.folder(folder or name)
    data = hp.load_dataset(name, path=path / file if file else path)
    if not setup.quick:
        return data
    groups = sorted(set(data.groups.tolist()))[:4]
    labels = data.label_names[:3]
    return data.select(labels=labels, groups=groups)


def model_of(setup: Setup, classifier: str, **params: Any) -> GestureModel:
    """A model of motions; in a quick run one that is trained for moments."""
    if setup.quick and classifier == "motion_net":
        params = {"width": 8, "epochs": 2, **params}
    return make_model(classifier, features="motion", random_state=setup.seed, **params)


def predicted(
    setup: Setup, model: GestureModel, data: Dataset, splits: Sequence[Split]
) -> Evaluation:
    """Each fold by a model that was fitted on the others, the folds side by side."""
    folds = Parallel(n_jobs=setup.jobs)(
        delayed(_fold)(model, data, train, test) for train, test in splits
    )
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


def _fold(
    model: GestureModel, data: Dataset, train: np.ndarray, test: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
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
    """The 20 training people of SHREC'17 in five folds of whole people, with 14 and 28 labels.

    The official test people are not looked at. Settings of the network were chosen on the first
    fold of the 28 labels.
    """
    rows = {}
    for name, words in (("shrec17", "14 labels"), ("shrec17_28", "28 labels")):
        data = named(setup, name, "shrec17_train")
        splits = grouped_folds(data.y, data.groups, folds=2 if setup.quick else 5)
        for classifier in MODELS:
            setup.report(f"{name}, {classifier}")
            found = predicted(setup, model_of(setup, classifier), data, splits)
            rows[f"{classifier}, {words}"] = row(found)
    return {"rows": rows}


def midair(setup: Setup) -> dict[str, Any]:
    """26 commands that a forefinger draws in the air, 13 people in five folds of whole people."""
    data = named(setup, "gesture_midair")
    splits = grouped_folds(data.y, data.groups, folds=2 if setup.quick else 5)
    rows, details = {}, {}
    for classifier in MODELS:
        setup.report(f"gesture_midair, {classifier}")
        found = predicted(setup, model_of(setup, classifier), data, splits)
        rows[classifier] = row(found)
        details[classifier] = _confused(found, 8)
    return {"rows": rows, "details": details}


def _confused(found: Evaluation, most: int) -> list[str]:
    """The most frequent confusions: truth, answer, how often."""
    wrong = ~found.correct
    pairs = np.char.add(np.char.add(found.truth[wrong], " -> "), found.predicted[wrong])
    names, counts = np.unique(pairs, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return [f"{names[i]}: {counts[i]}" for i in order]


def signed_words(setup: Setup) -> dict[str, Any]:
    """Seven words by signers that were not trained on, five folds of whole signers.

    *signers*: mean of the accuracies of each signer. *other sign*: signers of whose takes of a word
    fewer than half are right. *without them*: the mean where these words of these signers are left
    out. *themselves*, *others*: shares of the takes of other signs whose nearest other take of the
    same signer, and of all other signers, shows the word; in brackets those of all other takes. Who
    agrees with themselves and with nobody else signs something else by that name.
    """
    data = named(setup, "signed_words")
    if not setup.quick:
        data = data.select(labels=WORDS)
    splits = grouped_folds(data.y, data.groups, folds=2 if setup.quick else 5)
    agrees = _agreement(data)
    rows, details = {}, {}
    for classifier in MODELS:
        setup.report(f"signed_words, {classifier}")
        found = predicted(setup, model_of(setup, classifier), data, splits)
        odd = _other_signs(found, agrees)
        rest = ~np.array([f"{g} {y}" in odd for g, y in zip(data.groups, data.y, strict=True)])
        people = found.by_subject
        rows[classifier] = {
            "takes": round(found.accuracy, 4),
            "signers": round(_by_signer(found, np.ones(len(data), bool)), 4),
            "worst signer": f"{people.names[0]}: {people.accuracies[0]:.3f}" if people else "",
            "other sign": len(odd),
            "without them": round(_by_signer(found, rest), 4),
        } | {name: f"{_share(of[~rest])} ({_share(of[rest])})" for name, of in agrees.items()}
        details[classifier] = {"other signs": odd, "confusions": _confused(found, 10)}
    return {"rows": rows, "details": details}


def _agreement(data: Dataset) -> dict[str, np.ndarray]:
    """Which takes are nearest to one of their word: of their signer's takes, and of all others."""
    features = MotionFeatures().fit(data.X)
    vectors = StandardScaler().fit_transform(features.transform(data.X))
    vectors = np.nan_to_num(vectors).clip(-_FAR, _FAR)
    apart = pairwise_distances(vectors)
    np.fill_diagonal(apart, np.inf)
    same = data.groups[:, None] == data.groups
    nearest = {
        "themselves": np.where(same, apart, np.inf).argmin(1),
        "others": np.where(same, np.inf, apart).argmin(1),
    }
    return {name: data.y[rows] == data.y for name, rows in nearest.items()}


def _share(right: np.ndarray) -> float | str:
    return round(float(right.mean()), 2) if len(right) else ""


def _by_signer(found: Evaluation, counted: np.ndarray) -> float:
    """Mean over signers of their accuracies on the rows that count."""
    names = np.unique(found.groups[counted])
    means = [found.correct[counted & (found.groups == name)].mean() for name in names]
    return float(np.mean(means))


def _other_signs(found: Evaluation, agrees: dict[str, np.ndarray]) -> dict[str, dict[str, Any]]:
    """``"SIGNER WORD"`` to what the takes were taken for, where fewer than half are right."""
    odd = {}
    for signer in np.unique(found.groups):
        for word in np.unique(found.truth[found.groups == signer]):
            rows = (found.groups == signer) & (found.truth == word)
            if found.correct[rows].mean() < _OTHER_SIGN:
                names, counts = np.unique(found.predicted[rows], return_counts=True)
                taken = [f"{n or 'not seen'} {c}" for n, c in zip(names, counts, strict=True)]
                shares = {name: _share(of[rows]) for name, of in agrees.items()}
                odd[f"{signer} {word}"] = {"taken for": ", ".join(taken), **shares}
    return odd


def personal_words(setup: Setup) -> dict[str, Any]:
    """The same words by a signer of whom three takes of each word are known.

    *nearest take*: the word of the nearest of these takes, where features have the scale that they
    have among the other signers. *with others*: svm, trained on the takes of all other signers
    too, where each of the three counts as many times as there are signers of a word. *first*: the
    first three takes, from which a signer may drift; *random*: any three, spread over the
    recording. The rest is asked; signers of one word are left out.
    """
    data = named(setup, "signed_words")
    if not setup.quick:
        data = data.select(labels=WORDS)
    signers = _with_takes(data)
    rows = {}
    for how, ask in (("nearest take", _nearest), ("with others", _with_others)):
        for name, seed in (("random", setup.seed), ("first", None)):
            setup.report(f"three takes, {how}, {name}")
            scores = Parallel(n_jobs=setup.jobs)(
                delayed(ask)(data, np.flatnonzero(data.groups == signer), seed)
                for signer in signers
            )
            worst = int(np.argmin(scores))
            rows[f"{how}, {name}"] = {
                "signers": round(float(np.mean(scores)), 4),
                "worst signer": f"{signers[worst]}: {scores[worst]:.3f}",
                "how many": len(signers),
            }
    return {"rows": rows}


def _with_takes(data: Dataset) -> list[str]:
    """Signers of two words or more, who made more than three takes of each."""
    signers = []
    for signer in np.unique(data.groups):
        _, counts = np.unique(data.y[data.groups == signer], return_counts=True)
        if len(counts) > 1 and counts.min() >= _TAKES + _FEWEST_LEFT:
            signers.append(str(signer))
    return signers


def _takes(data: Dataset, own: np.ndarray, seed: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Rows of three takes of each word, and the other rows of their signer."""
    order = own if seed is None else np.random.default_rng(seed).permutation(own)
    chosen = [order[data.y[order] == word][:_TAKES] for word in np.unique(data.y[own])]
    takes = np.concatenate(chosen)
    return takes, np.setdiff1d(own, takes)


def _nearest(data: Dataset, own: np.ndarray, seed: int | None) -> float:
    takes, asked = _takes(data, own, seed)
    features = MotionFeatures().fit(data.X)
    others = np.setdiff1d(np.flatnonzero(features.usable(data.X)), own)[::_EVERY]
    scaler = StandardScaler().fit(features.transform(data.X[others]))
    known, found = (
        np.nan_to_num(scaler.transform(features.transform(data.X[rows]))).clip(-_FAR, _FAR)
        for rows in (takes, asked)
    )
    nearest = KNeighborsClassifier(1).fit(known, data.y[takes])
    return float((nearest.predict(found) == data.y[asked]).mean())


def _with_others(data: Dataset, own: np.ndarray, seed: int | None) -> float:
    takes, asked = _takes(data, own, seed)
    signers = [len(np.unique(data.groups[data.y == word])) for word in data.y[takes]]
    others = np.setdiff1d(np.arange(len(data)), own)
    train = np.concatenate([others, np.tile(takes, int(np.median(signers)))])
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        fitted = make_model("svm", features="motion").fit(data.X[train], data.y[train])
        return float((fitted.name(data.X[asked]) == data.y[asked]).mean())


def letters(setup: Setup) -> dict[str, Any]:
    """Signed letters, J and Z among them, of a session that was not trained on.

    Trained on the letters of the other sessions and on takes of "nothing" of the files of letters
    and words, of which five sessions are asked only. Session 3 has 20 of the letters; where 0 or 1
    is asked, the other one alone shows J, N, Q, V, X and Z. *letters*: accuracy on the letters and
    the space. *nothing rejected*: share of takes of "nothing" that show a hand and are named
    nothing, or a letter less surely than the threshold that keeps 95 % of the letters; those
    without a hand are named nothing anyway.
    """
    data = _letters(setup)
    sessions = ["0", "1", "3"] if not setup.quick else sorted(set(data.groups.tolist()))[:2]
    rows, details = {}, {}
    for classifier in MODELS:
        setup.report(f"asl_sequences, {classifier}")
        asked = np.isin(data.groups, NOTHING_ASKED)[:, None]
        own = asked | (data.groups[:, None] == np.array(sessions))
        splits = [(np.flatnonzero(~mine), np.flatnonzero(mine)) for mine in own.T]
        folds = Parallel(n_jobs=setup.jobs)(
            delayed(_fold)(model_of(setup, classifier), data, train, test) for train, test in splits
        )
        for session, (_, test), (chances, names) in zip(sessions, splits, folds, strict=True):
            rows[f"{classifier}, session {session}"] = _rejecting(data, test, chances, names)
            wrong = (names != data.y[test]) & ~is_no_gesture(data.y[test])
            details[f"{classifier}, session {session}"] = sorted(
                f"{truth} -> {name}"
                for truth, name in zip(data.y[test][wrong], names[wrong], strict=True)
            )
    return {"rows": rows, "details": details}


def _letters(setup: Setup) -> Dataset:
    """Letters, and takes of "nothing" of the file of words, whose sessions are others."""
    data = named(setup, "asl_sequences")
    if setup.quick:
        return data
    words = named(setup, "asl_sequences", file="words.npz").select(labels=[NO_GESTURE])
    words = words[words.detected]
    return Dataset(
        Motions.concat([data.X, words.X]),
        [*data.y, *words.y],
        [*data.groups, *(f"words {session}" for session in words.groups)],
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
    """Milliseconds for one sequence of SHREC'17, features and classifier, in one thread."""
    data = named(setup, "shrec17", "shrec17_train")
    asked = [data.X[[i]] for i in range(0, len(data), max(len(data) // 100, 1))]
    models = {name: model_of(setup, name).fit(*data) for name in MODELS}
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
    signed_words,
    personal_words,
    cost,
)
