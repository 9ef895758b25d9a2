"""Signed words of people that no model was trained on, and of people who gave a few takes."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from benchmarks.motion.people import MODELS, confused, model_of, named, predicted
from benchmarks.runner import Setup
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.features.motion import MotionFeatures
from handpose.models.making import make_model
from handpose.splits import grouped_folds
from handpose.system.threads import one_thread

WORDS = ("hello", "thanks", "iloveyou", "yes", "no", "help", "please")
"""Words of the American sign language that several signers of signed_words sign."""

_TAKES = 3
_EVERY = 5
"""Of the takes of others, every so many tell the scale of features."""
_FAR = 5.0
"""In deviations: no single feature counts for more."""
_FEWEST_LEFT = 3
_OTHER_SIGN = 0.5
"""A signer who has fewer takes of a word right than this signs something else, or is not known."""


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
        details[classifier] = {"other signs": odd, "confusions": confused(found, 10)}
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
