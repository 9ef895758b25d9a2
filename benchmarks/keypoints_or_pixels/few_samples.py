"""Part: how many photos of each gesture does it take?"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.keypoints_or_pixels.accuracy import digits_and_folds
from benchmarks.keypoints_or_pixels.comparison import (
    PAIRS_CAPTION,
    Row,
    Tables,
    evaluation_of,
    table,
)
from benchmarks.keypoints_or_pixels.contenders import (
    Contender,
    Keypoints,
    installed,
    pixel_contenders,
)
from benchmarks.keypoints_or_pixels.plots import plot_few_samples
from benchmarks.keypoints_or_pixels.trainings import Training, run_trainings
from benchmarks.runner import Plots, Setup
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.evaluation.statistics import compare
from handpose.splits import Split

SAMPLES: tuple[int | None, ...] = (1, 2, 5, 10, 20, 50, None)
"""Of each gesture; None is all there are."""
QUICK_SAMPLES: tuple[int | None, ...] = (1, 10, None)
EXPENSIVE_DRAWS = 3
"""Of fine-tuned networks; the others are trained on as many draws as there are folds."""
CLASSIFIERS = ("svm", "mlp", "knn", "gbdt")

NOTES = [
    "Each draw is one fold: people are taken from its training people one by one, until each "
    "gesture has as many photos; smaller draws are part of larger ones. The test photos are all of "
    "the fold's others.",
    f"The fine-tuned network is trained on the first {EXPENSIVE_DRAWS} draws only, for more epochs "
    "the fewer the photos are.",
]


def few_samples(setup: Setup) -> dict[str, Any]:
    """How many photos of each gesture does it take?"""
    photos, splits = digits_and_folds(setup)
    keypoints = [Keypoints(classifier) for classifier in CLASSIFIERS[: 2 if setup.quick else None]]
    contenders, notes = installed([*keypoints, *pixel_contenders(setup)])
    rows, drawn = [], {}
    for contender in contenders:
        found, drawn[contender.name] = _rows(contender, photos, splits, setup)
        rows += found
    tables = {
        "few_samples": table(
            "Accuracy end to end on people who were not learnt from, by the number of photos of "
            f"each gesture; mean and spread over {len(splits)} draws of people",
            rows,
        ),
        "keypoints_against_pixels": table(
            f"{PAIRS_CAPTION}; by the number of photos of each gesture, on the draws of both",
            _against_pixels(contenders, drawn),
        ),
    }
    return {"tables": tables, "notes": notes + NOTES}


def first_of_each(photos: Dataset, samples: int | None, seed: int) -> NDArray[np.intp]:
    """Rows of as many photos of each label, from as few people as it takes.

    People come in random order, and the same seed gives the same order: what is drawn for few
    samples is also drawn for more. A label with fewer photos gives all it has.
    """
    if samples is None:
        return np.arange(len(photos))
    rng = np.random.default_rng(seed)
    names, index = np.unique(photos.groups, return_inverse=True)
    order = np.argsort(rng.permutation(len(names))[index], kind="stable")
    kept = [order[photos.y[order] == label][:samples] for label in photos.label_names]
    return np.sort(np.concatenate(kept))


def _rows(
    contender: Contender, photos: Dataset, splits: list[Split], setup: Setup
) -> tuple[list[Row], dict[str, list[Evaluation]]]:
    """Rows of the table, and by the number of samples the answers of each draw."""
    draws = splits[:EXPENSIVE_DRAWS] if contender.features == "fine-tuned" else splits
    rows, answered = [], {}
    for samples in QUICK_SAMPLES if setup.quick else SAMPLES:
        trainings = []
        for number, (train, test) in enumerate(draws):
            known = photos[train]
            drawn = first_of_each(known, samples, setup.seed + number)
            trainings.append(Training(contender, known[drawn], photos[test]))
        results = [
            evaluation_of(contender, training.test, outcome)
            for training, outcome in zip(trainings, run_trainings(trainings, setup), strict=True)
        ]
        name = "all" if samples is None else str(samples)
        answered[name] = results
        rows.append(_row(contender, name, trainings, [result.accuracy for result in results]))
    return rows, answered


def _row(
    contender: Contender, samples: str, trainings: list[Training], accuracies: list[float]
) -> Row:
    counts = [len(t.train) / len(t.train.label_names) for t in trainings]
    return {
        "contender": contender.name,
        "side": contender.side,
        "samples": samples,
        "photos_per_gesture": round(float(np.mean(counts)), 1),
        "mean": float(np.mean(accuracies)),
        "std": float(np.std(accuracies, ddof=1)) if len(accuracies) > 1 else 0.0,
        "min": min(accuracies),
        "max": max(accuracies),
        "draws": len(accuracies),
    }


def _against_pixels(
    contenders: list[Contender], drawn: dict[str, dict[str, list[Evaluation]]]
) -> list[Row]:
    """The first contender against each pixel model, person by person over the draws of both."""
    rows = []
    for contender in contenders:
        if contender.side != "pixels":
            continue
        for samples, theirs in drawn[contender.name].items():
            ours = drawn[contenders[0].name][samples][: len(theirs)]
            mine, their = (np.concatenate([r.correct for r in side]) for side in (ours, theirs))
            people = np.concatenate([result.groups for result in theirs])
            pair = {"keypoints": contenders[0].name, "pixels": contender.name, "samples": samples}
            rows.append(pair | asdict(compare(mine, their, people)))
    return rows


def plots(tables: Tables) -> Plots:
    """The plots of this part's tables."""
    return {"few_samples": partial(plot_few_samples, tables["few_samples"]["rows"])}
