"""Motions of hands: gestures, signs and commands of other people, a fingertip's motions, and clips.

python -m benchmarks.motion [--only PART ...] [--data DIR]
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from benchmarks.motion.clips import Clips, followed, name_windows, speeds, tell_swipes_apart
from benchmarks.motion.people import PARTS as PEOPLE
from benchmarks.motion.words import signed_words
from benchmarks.pictures import clip_files
from benchmarks.runner import Benchmark, Setup, parts_of, run
from handpose.containers.labels import MISSED
from handpose.containers.motion import Motions
from handpose.datasets import Dataset
from handpose.datasets.point_history import TRACKS_FILE, WINDOW, read_point_history
from handpose.datasets.rendered_clips import read_clip
from handpose.errors import RandomSplitWarning
from handpose.evaluation import Evaluation, cross_validate
from handpose.features.motion import MotionFeatures
from handpose.features.motion_blocks import SCALES
from handpose.models.gestures import GestureModel
from handpose.models.making import make_model
from handpose.splits import Split, grouped_folds

CLASSIFIERS = ("svm", "gbdt", "mlp", "logistic", "knn")
DEFAULT = "svm"


@cache
def whole(setup: Setup) -> Dataset:
    """Every window of point_history."""
    return read_point_history(setup.folder("point_history") / TRACKS_FILE, block_frames=None)


@cache
def in_blocks(setup: Setup) -> Dataset:
    """Those that lie within a block of 90 frames, grouped by it."""
    return read_point_history(setup.folder("point_history") / TRACKS_FILE)


@cache
def folds(setup: Setup) -> list[Split]:
    """Folds of whole blocks."""
    return grouped_folds(in_blocks(setup).y, in_blocks(setup).groups)


@cache
def clip_tracks(setup: Setup) -> Clips:
    """Hands (one row a frame) and times of each clip."""
    return {file.stem: followed(file) for file in clip_files(setup)}


def recordings(setup: Setup) -> dict[str, Any]:
    """What point_history holds: each recording, its windows and where they skip a frame."""
    rows = {}
    recording, start = _windows(whole(setup))
    for number in np.unique(recording):
        chosen = recording == number
        starts, motions = start[chosen], whole(setup).X[chosen]
        seen = np.array([motion.seen.sum() for motion in motions])
        rows[str(number)] = {
            "label": str(whole(setup).y[chosen][0]),
            "windows": int(chosen.sum()),
            "frames": int(starts[-1]) + WINDOW,
            "blocks": len(set(in_blocks(setup).groups[_windows(in_blocks(setup))[0] == number])),
            "windows kept": int((_windows(in_blocks(setup))[0] == number).sum()),
            "runs without a skipped frame": int((np.diff(starts) > 1).sum()) + 1,
            "most frames skipped": int(np.diff(starts).max()) - 1,
            "windows with missed frames": int((seen < WINDOW).sum()),
            "windows without a hand": int((seen == 0).sum()),
            "median speed, heights a second": round(float(np.median(speeds(motions))), 2),
        }
    return {"windows": len(whole(setup)), "kept": len(in_blocks(setup)), "rows": rows}


def _windows(history: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Recording and first frame of each window."""
    recording, start = np.array([path.split("/") for path in history.paths]).astype(int).T
    return recording, start


def motion_model(classifier: str, features: str | MotionFeatures = "motion") -> GestureModel:
    return make_model(classifier, features=features)


def classifiers(setup: Setup) -> dict[str, Any]:
    """Accuracy by how windows are divided, end to end and, after the stroke, of those with a hand.

    In brackets the 95 % interval, over blocks. *blocks*: folds of whole blocks. *halves*: trained
    on the first half of each recording and tested on the second, and the other way round. *random
    windows*: neighbours, which share 15 of 16 frames, in training and test.
    """
    rows, results = {}, {}
    for name in CLASSIFIERS:
        found = {
            division: evaluate(motion_model(name), in_blocks(setup), splits)
            for division, splits in _divisions(setup).items()
        }
        rows[name] = {division: shown(result) for division, result in found.items()}
        results[name] = {division: result.to_dict() for division, result in found.items()}
    return {"details": results, "rows": rows}


def _divisions(setup: Setup) -> dict[str, list[Split]]:
    random = StratifiedKFold(5, shuffle=True, random_state=0)
    labels = in_blocks(setup).y
    return {
        "blocks": folds(setup),
        "halves": _halves(in_blocks(setup)),
        "random windows": list(random.split(labels, labels)),
    }


def _halves(history: Dataset) -> list[Split]:
    """Train on the first half of each recording, test on the second, and the other way round."""
    block = np.array([int(group.split(".")[1]) for group in history.groups])
    recording, _ = _windows(history)
    count = np.array([block[recording == r].max() + 1 for r in recording])
    late = block >= count / 2
    first, second = np.flatnonzero(~late), np.flatnonzero(late)
    return [(first, second), (second, first)]


def evaluate(model: GestureModel, history: Dataset, splits: list[Split]) -> Evaluation:
    """Predict each fold with a model fitted on the others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RandomSplitWarning)  # the table says so
        return cross_validate(model, history, cv=splits)


def evaluate_on(
    variants: dict[str, Motions], model: GestureModel, history: Dataset, splits: list[Split]
) -> dict[str, Evaluation]:
    """The same, where each variant of the motions is predicted by models fitted on `history`."""
    predicted = {name: np.full(len(history), MISSED, dtype=object) for name in variants}
    for train, test in splits:
        fitted = clone(model).fit(*history[train])
        for name, variant in variants.items():
            answers = fitted.name(variant[test])
            predicted[name][test] = [MISSED if answer is None else answer for answer in answers]
    return {
        name: Evaluation(
            truth=history.y,
            predicted=answers.astype(str),
            detected=answers != MISSED,
            groups=history.groups,
            labels=history.label_names,
            classifier=model.classifier_name,
            features=model.features_name,
            cv=len(splits),
            dataset=history.name,
        )
        for name, answers in predicted.items()
    }


def shown(result: Evaluation) -> str:
    low, high = result.interval
    return f"{result.accuracy:.4f} ({low:.4f}-{high:.4f}) / {result.accuracy_detected:.4f}"


def confusion(setup: Setup) -> dict[str, Any]:
    """Where svm errs, by blocks: rows are the truth, the last column windows without a hand."""
    result = evaluate(motion_model(DEFAULT), in_blocks(setup), folds(setup))
    columns = [*result.labels, "(not seen)"]
    counts = result.confusion.tolist()
    rows = {
        label: dict(zip(columns, row, strict=True))
        for label, row in zip(result.labels, counts, strict=True)
    }
    return {"on motions that are seen": round(result.accuracy_detected, 4), "rows": rows}


def features(setup: Setup) -> dict[str, Any]:
    """The blocks of features alone and together, by the unit of paths; folds of whole blocks."""
    rows = {}
    for blocks in (("path",), ("statistics",), ("path", "statistics")):
        for scale in SCALES:
            chosen = MotionFeatures(blocks, scale=scale)
            rows[f"{'+'.join(blocks)}, {scale}"] = {
                name: shown(evaluate(motion_model(name, chosen), in_blocks(setup), folds(setup)))
                for name in ("svm", "logistic")
            }
    return {"rows": rows}


def frame_rate(setup: Setup) -> dict[str, Any]:
    """Fitted on 16 frames, tested on fewer of them: same motions, other frame rates."""
    rng = np.random.default_rng(0)
    chosen: dict[str, Callable[[], Any]] = {
        "all 16": lambda: slice(None),
        "every second": lambda: slice(None, None, 2),
        "every third": lambda: slice(None, None, 3),
        "10 at random, uneven": lambda: np.sort(rng.choice(16, 10, replace=False)),
    }
    thinned = {
        name: Motions(motion[choose()] for motion in in_blocks(setup).X)
        for name, choose in chosen.items()
    }
    rows: dict[str, dict[str, str]] = {name: {} for name in thinned}
    for classifier in ("svm", "logistic"):
        model = motion_model(classifier)
        for name, result in evaluate_on(thinned, model, in_blocks(setup), folds(setup)).items():
            rows[name][classifier] = shown(result)
    return {"rows": rows}


def rest(setup: Setup) -> dict[str, Any]:
    """How far a fingertip gets in a window, in image heights; first halves of recordings only."""
    first, _ = _halves(in_blocks(setup))[0]
    motions = list(in_blocks(setup).X)
    whole = [i for i in first if motions[i].seen.all()]
    extents = np.array([np.ptp(motions[i].points, axis=0).max() for i in whole])
    labels = in_blocks(setup).y[whole]
    rows = {}
    for label in np.unique(labels):
        low, middle, high = np.percentile(extents[labels == label], [1, 50, 99]).round(3).tolist()
        rows[str(label)] = {"1 %": low, "median": middle, "99 %": high}
    return {"rows": rows}


def clips(setup: Setup) -> dict[str, Any]:
    """Shares of windows of 500 ms of each clip that the model of point_history gives each name.

    The last rows, by both units of paths: the swipe clips again, windows that lie half or more in
    a swipe, and those that touch none; and a rendered hand that draws circles, windows that lie in
    one of these motions, which are known, and those that touch none.
    """
    return name_windows(in_blocks(setup), clip_tracks(setup), read_clip("circles"))


def swipes(setup: Setup) -> dict[str, Any]:
    """Up, down, left, right or rest, by whole hands, each clip by a model of the five others."""
    return tell_swipes_apart(clip_tracks(setup), CLASSIFIERS)


OF_PEOPLE = (*PEOPLE, signed_words)

BENCHMARK = Benchmark(
    "motion",
    parts_of(
        *OF_PEOPLE, recordings, rest, classifiers, confusion, features, frame_rate, clips, swipes
    ),
    shown={part.__name__: "" for part in OF_PEOPLE if part.__name__ != "cost"},
)

if __name__ == "__main__":
    run(BENCHMARK)
