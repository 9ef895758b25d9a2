"""Signed words of people that no model was trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics import pairwise_distances
from sklearn.preprocessing import StandardScaler

from benchmarks.motion.people import confused, named, predicted
from benchmarks.runner import Setup
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.features.motion import MotionFeatures
from handpose.splits import grouped_folds

WORDS = ("hello", "thanks", "iloveyou", "yes", "no", "help", "please")
"""Words of the American sign language that several signers of signed_words sign."""

_FAR = 5.0
"""In deviations: no single feature counts for more."""
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
    data = named(setup, "signed_words", labels=WORDS)
    splits = grouped_folds(data.y, data.groups, folds=2 if setup.quick else 5)
    agrees = _agreement(data)
    rows, details = {}, {}
    (answered,) = predicted(setup, (data, splits))
    for classifier, found in answered.items():
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
