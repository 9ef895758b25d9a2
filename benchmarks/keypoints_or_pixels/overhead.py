"""Part: what does a classifier cost once the hand is found?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import thread_time
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

import handpose as hp
from benchmarks.keypoints_or_pixels.comparison import Row, table
from benchmarks.keypoints_or_pixels.contenders import Keypoints, installed
from benchmarks.runner import Setup
from benchmarks.timing import interleaved, p50_p99, without_garbage_collection
from handpose.classifiers import CLASSIFIERS
from handpose.containers.landmarks import Landmarks
from handpose.datasets import Dataset
from handpose.features import PRESETS
from handpose.models.gestures import GestureModel
from handpose.models.making import DEFAULT_FEATURES

DATA = "sign_language_digits"
CALLS, QUICK_CALLS = 2000, 200
BLOCK = 100
"""Calls of one model before the next has its turn: in use, a model is warm too."""
BARS = {"mlp": 100.0}
BAR = 500.0
"""Microseconds that the 99th percentile has to stay below; `BARS` for one of its own."""

NOTES = [
    "These are times: another run gives similar numbers, not the same.",
    f"{CALLS:,} calls of `model.predict` on one hand ({QUICK_CALLS} in a quick run), a hundred at "
    "a time by each model in turn; garbage collection is off, and nothing is cached between hands.",
    "p99_processor_us leaves out the time in which the processor did something else.",
    "below_bar stays empty where a bar was missed while others kept the processor busy.",
    f"The bar for the 99th percentile is {BARS['mlp']:.0f} microseconds for mlp and {BAR:.0f} for "
    "every other classifier.",
]


def overhead(setup: Setup) -> dict[str, Any]:
    """What does a classifier cost once the hand is found?"""
    data = hp.load_dataset(DATA)
    data = data[data.X.detected]
    presets = (DEFAULT_FEATURES,) if setup.quick else tuple(PRESETS)
    every = [Keypoints(classifier, preset) for classifier in CLASSIFIERS for preset in presets]
    able, notes = installed(every)
    learnt = data[::10] if setup.quick else data
    setup.report(f"training {len(able)} models on {len(learnt)} hands")
    jobs = [delayed(_fitted)(contender, learnt, setup.seed) for contender in able]
    fitted = Parallel(n_jobs=max(1, min(setup.jobs, len(jobs))))(jobs)
    rows, undisturbed = _timed_rows(fitted, data.X, setup)
    notes.append(f"{undisturbed:.0%} of the times were taken while other processes rested.")
    one_hand = table(
        "Microseconds from the landmarks of one hand to its label, on one thread; differences "
        f"are hands, of {len(data)}, that are named otherwise alone than among all",
        rows,
    )
    return {"tables": {"one_hand": one_hand}, "notes": NOTES + notes}


def _fitted(contender: Any, data: Dataset, seed: int) -> Keypoints:
    """Runs in a worker."""
    with threadpool_limits(1):
        return contender.fit(data, seed)


def _timed_rows(fitted: list[Keypoints], hands: Landmarks, setup: Setup) -> tuple[list[Row], float]:
    setup.report(f"timing {len(fitted)} models")
    few = np.random.default_rng(setup.seed).permutation(len(hands))
    few = few[: QUICK_CALLS if setup.quick else CALLS]
    singles = [hands[int(row)] for row in few]
    calls: dict[str, Callable[[Any], Any]] = {
        contender.name: partial(_first, contender.model_) for contender in fitted
    }
    with threadpool_limits(1), without_garbage_collection():
        seconds, answers, undisturbed = interleaved(
            calls, singles, BLOCK, setup.patience, by_call=True
        )
        rows = []
        for contender in fitted:
            labels, processor = zip(*answers[contender.name], strict=True)
            names = {"classifier": contender.classifier, "features": contender.features}
            times = seconds[contender.name]
            row = names | _times(contender.classifier, times, processor, undisturbed < 0.5)
            row["differences"] = _differences(contender.model_, hands, few, labels)
            rows.append(row)
    return rows, undisturbed


def _first(model: GestureModel, hand: Landmarks) -> tuple[Any, float]:
    """The label, and the processor's seconds, which others on the machine change little."""
    start = thread_time()
    label = model.predict(hand)[0]
    return label, thread_time() - start


def _times(
    classifier: str, seconds: Sequence[float], processor: Sequence[float], disturbed: bool = False
) -> Row:
    p50, p99 = (1e6 * value for value in p50_p99(seconds))
    _, own_p99 = p50_p99(processor)
    bar = BARS.get(classifier, BAR)
    return {
        "p50_us": round(p50, 1),
        "p99_us": round(p99, 1),
        "p99_processor_us": round(1e6 * own_p99, 1),
        "bar_us": bar,
        "below_bar": True if p99 < bar else None if disturbed else False,
    }


def _differences(
    model: GestureModel, hands: Landmarks, asked: np.ndarray[Any, Any], answers: Sequence[Any]
) -> int:
    """Hands that are named otherwise alone than among all; those not yet asked are asked now."""
    alone = dict(zip(asked.tolist(), answers, strict=True))
    together = model.predict(hands)
    for row in range(len(hands)):
        if row not in alone:
            alone[row] = model.predict(hands[row])[0]
    return sum(alone[row] != label for row, label in enumerate(together))
