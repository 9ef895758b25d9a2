"""Contenders on the same photos: their answers as `Evaluation`, and rows of tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.keypoints_or_pixels.contenders import Contender
from benchmarks.keypoints_or_pixels.trainings import Outcome, Training, run_trainings
from benchmarks.runner import Setup
from handpose.classifiers import pretraining_of
from handpose.containers.labels import MISSED
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.evaluation.statistics import compare, holm
from handpose.splits import Split

Row = dict[str, Any]
Tables = dict[str, dict[str, Any]]
"""Name to ``{"caption", "rows"}``."""

PAIRS_CAPTION = (
    "Keypoints against pixels on the same photos: difference of accuracies, and tests of whether "
    "it is more than chance"
)
WRONG_PHOTOS = "Photos that the default model names wrong, and what the better pixel model says"


def table(caption: str, rows: list[Row]) -> dict[str, Any]:
    """One of the tables of a part."""
    return {"caption": caption, "rows": rows}


def cross_validated(
    contenders: Sequence[Contender], photos: Dataset, splits: Sequence[Split], setup: Setup
) -> list[Evaluation]:
    """Predict each fold by what was learnt from the others."""
    trainings = [
        Training(contender, photos[train], photos[test])
        for contender in contenders
        for train, test in splits
    ]
    outcomes = iter(run_trainings(trainings, setup))
    results = []
    for contender in contenders:
        predicted = np.full(len(photos), MISSED, dtype=object)
        seconds = []
        for _, test in splits:
            outcome = next(outcomes)
            predicted[test] = outcome.predicted
            seconds.append(outcome.fit_seconds)
        whole = Outcome(predicted.astype(str), float(np.median(seconds)))
        results.append(evaluation_of(contender, photos, whole))
    return results


def held_out(
    contenders: Sequence[Contender], train: Dataset, test: Dataset, setup: Setup
) -> list[Evaluation]:
    """Predict some photos by what was learnt from others."""
    outcomes = run_trainings([Training(each, train, test) for each in contenders], setup)
    return [
        evaluation_of(contender, test, outcome)
        for contender, outcome in zip(contenders, outcomes, strict=True)
    ]


def evaluation_of(contender: Contender, photos: Dataset, outcome: Outcome) -> Evaluation:
    """The answers beside the truth."""
    return Evaluation(
        truth=photos.y,
        predicted=outcome.predicted,
        detected=photos.X.detected,
        groups=photos.groups,
        labels=photos.label_names,
        classifier=contender.classifier,
        features=contender.features,
        fit_seconds=outcome.fit_seconds,
    )


def score_row(contender: Contender, result: Evaluation) -> Row:
    """A row with the same columns for both sides.

    `accuracy_detected` is on the photos in which a hand was found, for the pixels too.
    """
    low, high = result.interval or (0.0, 1.0)  # of one person, nothing is known
    row = {
        "contender": contender.name,
        "side": contender.side,
        "classifier": contender.classifier,
        "features": contender.features,
        "accuracy": result.accuracy,
        "low": low,
        "high": high,
        "accuracy_detected": result.accuracy_detected,
        "macro_f1": result.macro_f1,
        "wrong": int((~result.correct).sum()),
        "missed": int((result.predicted == MISSED).sum()),
        "photos": len(result.truth),
        "fit_seconds": result.fit_seconds,
    }
    if result.by_subject is not None:
        row["worst_subject"] = result.by_subject.names[0]
        row["worst_subject_accuracy"] = result.worst_subject_accuracy
    return row


def best(results: Sequence[Evaluation]) -> int:
    """Index of the highest accuracy; the first of equals."""
    return int(np.argmax([result.accuracy for result in results]))


def paired(first: Evaluation, second: Evaluation) -> Row:
    """How two differ on the same photos: see `handpose.evaluation.statistics.Comparison`."""
    return asdict(compare(first.correct, second.correct, first.groups))


def against_pixels(contenders: Sequence[Contender], results: Sequence[Evaluation]) -> list[Row]:
    """The first contender, which is the default model, against each of the pixel models."""
    return [
        {
            "chosen": "default",
            "keypoints": contenders[0].name,
            "pixels": contender.name,
            **paired(results[0], result),
        }
        for contender, result in zip(contenders, results, strict=True)
        if contender.side == "pixels"
    ]


def behind_the_best(contenders: Sequence[Contender], results: Sequence[Evaluation]) -> list[Row]:
    """The best of some contenders against each of the others, by Holm's adjusted p values."""
    ahead = best(results)
    rows = [
        {
            "best": contenders[ahead].name,
            "contender": contender.name,
            **paired(results[ahead], result),
        }
        for i, (contender, result) in enumerate(zip(contenders, results, strict=True))
        if i != ahead
    ]
    adjusted = holm([row["sign_flip_p"] for row in rows])
    return [row | {"holm_p": p} for row, p in zip(rows, adjusted, strict=True)]


def knows_people(contender: Contender, dataset: str) -> bool:
    """Whether networks that ship with a classifier were trained on the people of a data set."""
    known = pretraining_of(contender.classifier)
    return known is not None and known.dataset == dataset


def wrong_photos(
    contenders: Sequence[Contender], results: Sequence[Evaluation], photos: Dataset
) -> list[Row]:
    """Errors of the first contender, which is the default model, beside what pixels say."""
    shown = {"keypoints": results[0]}
    pixels = [result for c, result in zip(contenders, results, strict=True) if c.side == "pixels"]
    if pixels:
        shown["pixels"] = pixels[best(pixels)]
    return [
        {
            "photo": "/".join(Path(photos.paths[i]).parts[-2:]),
            "shows": str(photos.y[i]),
            **{side: str(result.predicted[i]) or "(missed)" for side, result in shown.items()},
        }
        for i in np.flatnonzero(~results[0].correct)
    ]
