"""Part: what does a classifier cost once the hand is found?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import thread_time
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from threadpoolctl import threadpool_limits

from benchmarks.keypoints_or_pixels.part import Part, Result, Setup, Table
from benchmarks.keypoints_or_pixels.timing import interleaved, p50_p99, without_garbage_collection
from handpose.classifiers import CLASSIFIERS
from handpose.containers.landmarks import Landmarks
from handpose.errors import MissingExtraError
from handpose.extraction import load_dataset
from handpose.features import PRESETS
from handpose.models.gestures import DEFAULT_FEATURES, GestureModel, make_model

DATA = "sign_language_digits"
CALLS, QUICK_CALLS = 2000, 200
BLOCK = 100
"""Calls of one model before the next has its turn: in use, a model is warm too."""
PATIENCE, QUICK_PATIENCE = 60, 5
"""Seconds for calls that others disturbed."""
BARS = {"mlp": 100.0}
BAR = 500.0
"""Microseconds that the 99th percentile has to stay below; `BARS` for one of its own."""


def measure(setup: Setup) -> Result:
    """Train every classifier on every preset, and ask about one hand at a time."""
    hands, labels, subjects = load_dataset(DATA)
    hands, labels, subjects = (values[hands.detected] for values in (hands, labels, subjects))
    chosen = slice(None, None, 10 if setup.quick else 1)
    presets = (DEFAULT_FEATURES,) if setup.quick else tuple(PRESETS)
    names = [(classifier, preset) for classifier in CLASSIFIERS for preset in presets]
    setup.report(f"training {len(names)} models on {len(hands[chosen])} hands")
    training = hands[chosen], labels[chosen], subjects[chosen]
    jobs = [delayed(_fitted)(*name, *training, setup.seed) for name in names]
    fitted = Parallel(n_jobs=max(1, min(setup.jobs, len(jobs))))(jobs)
    models = {name: m for name, m in zip(names, fitted, strict=True) if not isinstance(m, str)}
    missing = {name[0]: m for name, m in zip(names, fitted, strict=True) if isinstance(m, str)}
    rows, undisturbed = _timed_rows(models, hands, setup)
    notes = [f"left out: {classifier}: {line}" for classifier, line in missing.items()]
    notes.append(f"{undisturbed:.0%} of the times were taken while other processes rested.")
    tables = {
        "one_hand": Table(
            "Microseconds from the landmarks of one hand to its label, on one thread; differences "
            f"are hands, of {len(hands)}, that are named otherwise alone than among all",
            rows,
        )
    }
    return Result(tables, NOTES + notes, exact=False)


NOTES = [
    f"{CALLS:,} calls of `model.predict` on one hand ({QUICK_CALLS} in a quick run), a hundred at "
    "a time by each model in turn; garbage collection is off, and nothing is cached between hands.",
    "p99_processor_us leaves out the time in which the processor did something else.",
    "below_bar stays empty where a bar was missed while others kept the processor busy.",
    f"The bar for the 99th percentile is {BARS['mlp']:.0f} microseconds for mlp and {BAR:.0f} for "
    "every other classifier.",
]


def _fitted(
    classifier: str, preset: str, hands: Landmarks, labels: Any, subjects: Any, seed: int
) -> GestureModel | str:
    """A model, or what is missing. Runs in a worker."""
    with threadpool_limits(1):
        model = make_model(classifier, features=preset, random_state=seed)
        try:
            return model.fit(hands, labels, groups=subjects)
        except MissingExtraError as error:
            return str(error)


def _timed_rows(
    models: dict[tuple[str, str], GestureModel], hands: Landmarks, setup: Setup
) -> tuple[list[dict[str, Any]], float]:
    setup.report(f"timing {len(models)} models")
    few = np.random.default_rng(setup.seed).permutation(len(hands))
    few = few[: QUICK_CALLS if setup.quick else CALLS]
    singles = [hands[int(row)] for row in few]
    calls: dict[str, Callable[[Any], Any]] = {
        _title(name): partial(_first, model) for name, model in models.items()
    }
    patience = QUICK_PATIENCE if setup.quick else PATIENCE
    with threadpool_limits(1), without_garbage_collection():
        seconds, answers, undisturbed = interleaved(calls, singles, BLOCK, patience, by_call=True)
        rows = []
        for name, model in models.items():
            labels, processor = zip(*answers[_title(name)], strict=True)
            differences = _differences(model, hands, few, labels)
            rows.append(
                _row(*name, seconds[_title(name)], processor, differences, undisturbed < 0.5)
            )
    return rows, undisturbed


def _title(name: tuple[str, str]) -> str:
    return ", ".join(name)


def _first(model: GestureModel, hand: Landmarks) -> tuple[Any, float]:
    """The label, and the processor's seconds, which others on the machine change little."""
    start = thread_time()
    label = model.predict(hand)[0]
    return label, thread_time() - start


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


def _row(
    classifier: str,
    preset: str,
    seconds: Sequence[float],
    processor: Sequence[float],
    differences: int,
    disturbed: bool = False,
) -> dict[str, Any]:
    p50, p99 = (1e6 * value for value in p50_p99(seconds))
    _, own_p99 = p50_p99(processor)
    bar = BARS.get(classifier, BAR)
    return {
        "classifier": classifier,
        "features": preset,
        "p50_us": round(p50, 1),
        "p99_us": round(p99, 1),
        "p99_processor_us": round(1e6 * own_p99, 1),
        "bar_us": bar,
        "below_bar": True if p99 < bar else None if disturbed else False,
        "differences": differences,
    }


PART = Part(
    name="overhead",
    question="What does a classifier cost once the hand is found?",
    needs=(),
    run=measure,
)
