"""Words of one person: from few takes alone, and by a model of others made personal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.motion.words import WORDS
from benchmarks.runner import Setup
from handpose.containers.labels import MIN_SCORE_WITH_NONE

DRAWS, TAKES = 5, 3
FEWEST = 10
"""Takes of a word by a signer, from which on it is asked."""
_ASKED = ("takes alone", "with windows of streams", f"named from {MIN_SCORE_WITH_NONE}")
"""What `from_few_takes` counts."""


def draws(
    data: hp.Dataset, signer: str, takes: int, draws: int = DRAWS
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows of so many takes of each word of a signer, and the rows of the others."""
    own = np.flatnonzero(data.groups == signer)
    labels = _asked_words(data, own)
    rng = np.random.default_rng(int(signer))
    for _ in range(draws if len(labels) > 1 else 0):
        few = np.concatenate([rng.permutation(own[data.y[own] == w])[:takes] for w in labels])
        yield few, np.setdiff1d(own[np.isin(data.y[own], labels)], few)


def from_few_takes(data: hp.Dataset, takes: int) -> dict[str, Any]:
    """Accuracy for each signer of models of a few of their own takes."""
    rows: dict[str, dict[str, Any]] = {}
    for signer in sorted(set(data.groups.tolist()), key=int):
        asked_of = [_of_takes(data[few], data[asked]) for few, asked in draws(data, signer, takes)]
        if asked_of:
            words = len(_asked_words(data, np.flatnonzero(data.groups == signer)))
            means = np.mean(asked_of, axis=0).round(3).tolist()
            rows[f"signer {signer}"] = {"words": words, **dict(zip(_ASKED, means, strict=True))}
    scores = np.array([[row[name] for name in _ASKED] for row in rows.values()])
    for name, found in (("mean", scores.mean(0).round(3)), ("worst", scores.min(0))):
        rows[name] = {"words": "", **dict(zip(_ASKED, found.tolist(), strict=True))}
    return {"rows": rows}


def _of_takes(few: hp.Dataset, asked: hp.Dataset) -> tuple[float, float, float]:
    """How many takes are named right by the models of `_ASKED`."""
    alone = hp.make_model("svm", features="motion").fit(few.X, few.y)
    model = hp.make_model("svm", features="motion", names_nothing=False)
    model.fit(*hp.with_nothing(few, model))
    scores = hp.learn_phases(model, few).gesture_scores(asked.X)
    right = model.classes_[scores.argmax(1)] == asked.y
    named = right & (scores.max(1) >= MIN_SCORE_WITH_NONE)
    return alone.score(asked.X, asked.y), float(right.mean()), float(named.mean())


def of_new_signers(data: hp.Dataset, setup: Setup, **params: float) -> dict[str, Any]:
    """Accuracy for each new signer by a model of the others, and with three of their takes."""
    data = data.select(labels=WORDS)
    rows: dict[str, dict[str, Any]] = {}
    for signer in sorted(set(data.groups.tolist()), key=int)[1::2]:
        tries = {"": list(draws(data, signer, TAKES)), "first ": [_first(data, signer, TAKES)]}
        if not tries[""]:
            continue
        setup.report(f"signer {signer}")
        model = hp.make_model("logistic", features="motion").fit(*data[data.groups != signer])
        asked = [asked for _, asked in tries[""]]
        rows[f"signer {signer}"] = {
            "words": len(set(data.y[asked[0]].tolist())),
            "others alone": _mean(model.score(data.X[rest], data.y[rest]) for rest in asked),
        } | {
            f"with {which}three takes": _mean(
                hp.personalize(model, data.X[few], data.y[few], **params).score(
                    data.X[rest], data.y[rest]
                )
                for few, rest in pairs
            )
            for which, pairs in tries.items()
        }
    measured = [name for name in next(iter(rows.values())) if name != "words"]
    each = {name: [row[name] for row in rows.values()] for name in measured}
    rows["mean"] = {"words": ""} | {name: _mean(values) for name, values in each.items()}
    rows["worst"] = {"words": ""} | {name: min(values) for name, values in each.items()}
    return {"rows": rows}


def _first(data: hp.Dataset, signer: str, takes: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the first takes of each word of a signer, and the rows of the others."""
    own = np.flatnonzero(data.groups == signer)
    labels = _asked_words(data, own)
    few = np.concatenate([own[:0], *(own[data.y[own] == word][:takes] for word in labels)])
    return few, np.setdiff1d(own[np.isin(data.y[own], labels)], few)


def _asked_words(data: hp.Dataset, own: NDArray[np.intp]) -> list[str]:
    """Words of which a signer has `FEWEST` takes."""
    return [str(w) for w in np.unique(data.y[own]) if (data.y[own] == w).sum() >= FEWEST]


def _mean(scores: Iterable[float]) -> float:
    return round(float(np.mean(list(scores))), 3)
