"""Words of one person: from few takes alone, and by a model of others made personal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.runner import Setup

WORDS = ("hello", "thanks", "iloveyou", "yes", "no", "help", "please")
DRAWS = 5
FEWEST = 10
"""Takes of a word by a signer, from which on it is asked."""


def draws(
    data: hp.Dataset, signer: str, takes: int, draws: int = DRAWS
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Rows of so many takes of each word of a signer, and the rows of the others."""
    own = np.flatnonzero(data.groups == signer)
    labels = [w for w in np.unique(data.y[own]) if (data.y[own] == w).sum() >= FEWEST]
    rng = np.random.default_rng(int(signer))
    for _ in range(draws if len(labels) > 1 else 0):
        few = np.concatenate([rng.permutation(own[data.y[own] == w])[:takes] for w in labels])
        yield few, np.setdiff1d(own[np.isin(data.y[own], labels)], few)


def from_few_takes(data: hp.Dataset, takes: int) -> dict[str, Any]:
    """Accuracy for each signer of a model of a few of their own takes."""
    rows = {}
    for signer in sorted(set(data.groups.tolist()), key=int):
        right, labels = [], 0
        for few, asked in draws(data, signer, takes):
            model = hp.make_model("svm", features="motion").fit(data.X[few], data.y[few])
            right.append(model.score(data.X[asked], data.y[asked]))
            labels = len(model.classes_)
        if right:
            rows[f"signer {signer}"] = {"words": labels, "accuracy": round(np.mean(right), 3)}
    scores = [row["accuracy"] for row in rows.values()]
    rows["mean"] = {"words": "", "accuracy": round(np.mean(scores), 3)}
    rows["worst"] = {"words": "", "accuracy": min(scores)}
    return {"rows": rows}


def of_new_signers(data: hp.Dataset, setup: Setup, **params: float) -> dict[str, Any]:
    """Accuracy for each new signer by a model of the others, and with three of their takes."""
    data = data.select(labels=WORDS)
    rows = {}
    for signer in sorted(set(data.groups.tolist()), key=int)[1::2]:
        plain, mine, labels = [], [], 0
        others = data[data.groups != signer]
        tries = list(draws(data, signer, 3))
        model = hp.make_model("logistic", features="motion").fit(*others) if tries else None
        for few, asked in tries:
            labels = len(set(data.y[asked].tolist()))
            personal = hp.personalize(model, data.X[few], data.y[few], **params)
            plain.append(model.score(data.X[asked], data.y[asked]))
            mine.append(personal.score(data.X[asked], data.y[asked]))
        if tries:
            setup.report(f"signer {signer}")
            rows[f"signer {signer}"] = {
                "words": labels,
                "others alone": round(np.mean(plain), 3),
                "with three takes": round(np.mean(mine), 3),
            }
    for name, over in (("mean", np.mean), ("worst", min)):
        rows[name] = {
            "words": "",
            **{
                key: round(float(over([row[key] for row in rows.values() if row["words"]])), 3)
                for key in ("others alone", "with three takes")
            },
        }
    return {"rows": rows}
