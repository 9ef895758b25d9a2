"""Search within a budget against the best default: same people to learn from, same to test on.

python -m benchmarks.search [--budget 10min] [--only PART ...] [--quick]

SEARCH.md also has what each search found: crossings and networks.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from benchmarks.runner import Benchmark, Setup, parts_of, run
from benchmarks.search.page import summary
from handpose.automl.data import divide
from handpose.automl.result import SearchResult
from handpose.automl.searching import search
from handpose.containers.labels import MISSED
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation, cross_validate, evaluate_model
from handpose.evaluation.statistics import compare
from handpose.evaluation.validation import grouped_folds
from handpose.models.making import make_model

DEFAULTS = ("svm", "mlp", "gbdt")
FOLDS = 5
QUICK_BUDGET = "30s"


def sign_language_digits(setup: Setup) -> dict[str, Any]:
    """Ten digits, 222 groups of people, five outer folds.

    In each fold a search of its own saw only the other four. The interval is a bootstrap over
    people; the difference is to the default that does best on these very folds, which favours the
    default.
    """
    return _against_defaults(setup, setup.landmarks("sign_language_digits"))


def hagrid_landmarks(setup: Setup) -> dict[str, Any]:
    """Eighteen gestures and none, 1,215 people; as above."""
    return _against_defaults(setup, setup.landmarks("hagrid_landmarks"))


def architecture(setup: Setup) -> dict[str, Any]:
    """The search for a network alone, on a fifth of the people that it never saw, beside the two
    defaults on the very same people."""
    rows, searches = {}, []
    for name in ("sign_language_digits", "hagrid_landmarks"):
        dataset = setup.landmarks(name)
        hands, labels, subjects = dataset
        result = search(
            hands, labels, groups=subjects, budget=_budget(setup), parts="architecture", name=name
        )
        searches.append({"data": name, **_summary(result)})
        divided = divide(hands, labels, subjects)
        seen, unseen = dataset[divided.seen], dataset[divided.unseen]
        rows[f"{name}: searched, {result.best.candidate.features_name}"] = _row(result.score)
        for classifier in ("mlp", "svm"):
            model = make_model(classifier)
            model.fit(seen.X, seen.y, groups=seen.groups)
            result_of = evaluate_model(model, unseen.X, unseen.y, groups=unseen.groups)
            rows[f"{name}: {classifier}, geometry"] = _row(result_of)
    return {"rows": rows, "budget of each search": _budget(setup), "details": searches}


def _against_defaults(setup: Setup, dataset: Dataset) -> dict[str, Any]:
    hands, labels, subjects = dataset
    results = {
        f"{name}, geometry": cross_validate(
            make_model(name), hands, labels, groups=subjects, cv=FOLDS
        )
        for name in DEFAULTS[: 1 if setup.quick else None]
    }
    best = max(results, key=lambda name: results[name].accuracy)
    found, searches = _searched(setup, dataset)
    difference = compare(found.correct, results[best].correct, subjects)
    results["search"] = found
    return {
        "rows": {name: _row(result) for name, result in results.items()},
        "budget of each search": _budget(setup),
        "best default": best,
        "search minus best default": [
            round(value, 4) for value in (difference.difference, difference.low, difference.high)
        ],
        "only search right": difference.first_only,
        "only default right": difference.second_only,
        "sign-flip p": round(difference.sign_flip_p, 3),
        "verdict": _verdict(difference.low, difference.high),
        "details": searches,
    }


def _searched(setup: Setup, dataset: Dataset) -> tuple[Evaluation, list[dict[str, Any]]]:
    hands, labels, subjects = dataset
    predicted = np.full(len(labels), MISSED, dtype=object)
    outer = grouped_folds(labels, subjects, folds=FOLDS)
    searches = []
    for train, test in outer[: 1 if setup.quick else None]:
        result = search(hands[train], labels[train], groups=subjects[train], budget=_budget(setup))
        predicted[test] = [name or MISSED for name in result.model.predict(hands[test])]
        hits = float((predicted[test] == labels[test]).mean())
        searches.append({"outer accuracy": round(hits, 4), **_summary(result)})
        print(searches[-1], file=sys.stderr)
    evaluation = Evaluation(
        truth=labels,
        predicted=predicted.astype(str),
        detected=hands.detected,
        groups=subjects,
        labels=dataset.label_names,
        cv=FOLDS,
    )
    return evaluation, searches


def _summary(result: SearchResult) -> dict[str, Any]:
    low, high = result.score.interval
    return {
        "seconds": round(result.seconds, 1),
        "candidates": len(result.leaderboard),
        "best": result.best.to_dict(),
        "nested score": round(result.score.accuracy, 4),
        "nested interval": [round(low, 4), round(high, 4)],
        "crossings": list(result.crossings),
        "graph": result.findings.graph,
        "left out": result.findings.skipped,
    }


def _row(result: Evaluation) -> dict[str, Any]:
    low, high = result.interval
    return {
        "accuracy": round(result.accuracy, 4),
        "95 %": f"{low:.4f} to {high:.4f}",
        "wrong": int((~result.correct).sum()),
        "of": len(result.truth),
        "macro F1": round(result.macro_f1, 4),
    }


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return "search is better"
    return "search is worse" if high < 0 else "no difference that these people can show"


def _budget(setup: Setup) -> str:
    return QUICK_BUDGET if setup.quick else setup.budget


BENCHMARK = Benchmark(
    "search",
    parts_of(sign_language_digits, hagrid_landmarks, architecture),
    shown={"sign_language_digits": "", "hagrid_landmarks": ""},
    page="SEARCH.md",
    summary=summary,
    budget="10min",
)

if __name__ == "__main__":
    run(BENCHMARK)
