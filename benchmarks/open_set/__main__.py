"""Is what nobody taught refused?

python -m benchmarks.open_set [--only PART ...] [--quick]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.few_shot.__main__ import test_gestures
from benchmarks.open_set.default import default
from benchmarks.open_set.lookalikes import lookalikes
from benchmarks.open_set.methods import METHODS, Taught
from benchmarks.open_set.promise import ceiling, promise
from benchmarks.open_set.rounds import (
    SAME_AS_A_DIGIT,
    Round,
    all_digit_rounds,
    digit_rounds,
    digits,
    hagrid,
    hagrid_rounds,
    half,
)
from benchmarks.open_set.shipped import shipped
from benchmarks.runner import Benchmark, Setup, parts_of, run
from handpose.datasets import Dataset
from handpose.evaluation.accepting import Hands, auroc, true_accepts
from handpose.evaluation.metrics import expected_calibration_error
from handpose.evaluation.open_set import ask_open_set
from handpose.evaluation.open_set_results import RATES
from handpose.evaluation.thresholds import leave_gestures_out
from scripts.random_hands import random_hands

RANDOM_HANDS = 3000
CLASSIFIERS = ("svm", "gbdt", "mlp", "few_shot", "logistic", "knn")
SAMPLES = (1, 2, 3, 5, 10, 20)
EACH = 20
REPEATS = 300


def methods(setup: Setup) -> dict[str, Any]:
    """Ways of telling what was not taught, beside the names that the same svm gives.

    AUROC; then percent of the known hands that are named right where 10, 1 and 0.1 % of the foreign
    ones are named. Chosen on "digits, left out" and on the development gestures of HaGRID. The
    networks of the embedding were trained on fingers of the digits, so that all columns of digits
    flatter what uses it.
    """
    nothing = hp.LandmarkFeatures("geometry").fit_transform(
        random_hands(np.random.default_rng(setup.seed), setup.few(RANDOM_HANDS))
    )
    found: dict[str, dict[str, list[tuple[Hands, Hands]]]] = {
        name: defaultdict(list) for name in METHODS
    }
    for number, taught in enumerate(_rounds(setup)):
        setup.report(f"round {number + 1}")
        _ask_methods(taught, nothing.astype(np.float64), found)
    rows = {
        name: {column: _shares(parts) for column, parts in columns.items()}
        for name, columns in found.items()
    }
    return {"rows": rows, "random_hands": len(nothing), "same_as_a_digit": list(SAME_AS_A_DIGIT)}


def models(setup: Setup) -> dict[str, Any]:
    """`evaluate_open_set` of digits, and of HaGRID with each gesture left out in turn.

    AUROC; then percent of the known hands that are named right where 10, 1 and 0.1 % of the foreign
    ones are named, with 95 % intervals over people and foreign gestures (over people where there is
    one). Without `none`, scores are those of the classifier alone. gbdt and mlp are asked about
    HaGRID's gestures left out a third at a time, to save time.
    """
    gestures, nothing = hagrid(setup)
    rows: dict[str, dict[str, str]] = {}
    mistaken = {}
    names = CLASSIFIERS[:1] if setup.quick else CLASSIFIERS
    for classifier, none in [*((name, "auto") for name in names), ("svm", None)]:
        model = hp.make_model(classifier, none=none)
        row = f"{classifier}, {'none' if none else 'scores alone'}"
        setup.report(row)
        idle = Dataset(nothing.X, nothing.y, nothing.groups, name="no_gesture")
        of_digits = hp.evaluate_open_set(
            model, digits(setup), foreign=[gestures, idle], cv=2, random_state=setup.seed
        )
        folds = 3 if setup.quick or classifier in ("gbdt", "mlp") else len(gestures.label_names)
        of_hagrid = hp.evaluate_open_set(model, gestures, gesture_folds=folds, cv=2)
        columns = {f"digits: {kind}": of_digits.of_kind(kind) for kind in of_digits.kinds}
        columns["HaGRID: left-out gestures"] = of_hagrid
        rows[row] = {column: _words(result) for column, result in columns.items()}
        mistaken[row] = {
            name: [list(pair) for pair in result.mistaken(0.01)] for name, result in columns.items()
        }
    return {"rows": rows, "details": mistaken}


def few(setup: Setup) -> dict[str, Any]:
    """`few_shot` and svm from few hands of eight of HaGRID's gestures, each of another person.

    AUROC; then percent named right at 10, 1 and 0.1 % false accepts: the others of the reported
    gestures, the development gestures and no_gesture are foreign. Then what happens at the default
    score of 0.5, and at the one that `handpose train --false-accepts 0.01` chooses from these few
    hands (mean of five draws; none with one hand of each).
    """
    gestures, nothing = hagrid(setup)
    chosen = test_gestures(gestures.y)[:8]
    rows: dict[str, dict[str, str]] = {}
    for name in ("few_shot", "svm"):
        for n in SAMPLES[:2] if setup.quick else SAMPLES:
            draws = range(1 if setup.quick else 5)
            found = [_few(gestures, nothing, chosen, name, n, seed) for seed in draws]
            known, foreign = (Hands.concat([part[i] for part in found]) for i in (0, 1))
            rows[f"{name}, {n} of each"] = {
                "shares": _shares([(known, foreign)]),
                **_at_threshold("0.5", [(*part[:2], 0.5) for part in found]),
                **_at_threshold("1 % asked for", found),
            }
    return {"rows": rows}


def _at_threshold(what: str, found: list[tuple[Hands, Hands, float | None]]) -> dict[str, str]:
    """Shares of foreign hands that are named, and of known ones that are named right."""
    shares = [
        ((foreign.scores >= limit).mean(), (known.counted & (known.scores >= limit)).mean())
        for known, foreign, limit in found
        if limit is not None
    ]
    words = [f"{100 * share:.1f}" for share in np.mean(shares, axis=0)] if shares else ["", ""]
    return {f"{what}: foreign named": words[0], f"{what}: known named right": words[1]}


def calibration(setup: Setup) -> dict[str, Any]:
    """Expected calibration error and accuracy on unseen people, and with `none` in the scores."""
    gestures, _ = hagrid(setup)
    rows: dict[str, dict[str, float]] = {}
    for classifier in CLASSIFIERS[:1] if setup.quick else CLASSIFIERS:
        setup.report(classifier)
        found = {}
        for name, data in (("digits", digits(setup)), ("HaGRID", gestures)):
            result = hp.cross_validate(hp.make_model(classifier), data, cv=3)
            found[f"{name}: accuracy"] = round(result.accuracy, 4)
            found[f"{name}: error"] = round(result.calibration_error or 0, 4)
            found[f"{name}: error with none"] = round(_error_with_none(result), 4)
        rows[classifier] = found
    return {"rows": rows}


def cost(setup: Setup) -> dict[str, Any]:
    """Microseconds for one hand, in turns: the classifier alone, features and all, and `none`."""
    data = digits(setup)
    rows = {}
    for classifier in ("svm", "few_shot"):
        model = hp.make_model(classifier).fit(*data)
        hand = data.X[:1]
        vectors = model._vectors(hand)
        codes = model.classifier_.predict_proba(vectors).argmax(1)
        known = model.known_
        assert known is not None
        calls = {
            "predict_proba": lambda m=model, h=hand: m.predict_proba(h),
            "gesture_scores": lambda m=model, h=hand: m.gesture_scores(h),
            "none alone": lambda k=known, v=vectors, c=codes: k.chances(v, c),
        }
        times: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(setup.few(REPEATS)):
            for name, call in calls.items():
                start = perf_counter()
                call()
                times[name].append(1e6 * (perf_counter() - start))
        rows[classifier] = {name: round(float(np.median(of)), 1) for name, of in times.items()}
    return {"rows": rows}


def _rounds(setup: Setup) -> Iterator[Round]:
    yield from digit_rounds(setup)
    yield from hagrid_rounds(setup, development=True)
    yield from hagrid_rounds(setup, development=False)
    yield from all_digit_rounds(setup)


def _ask_methods(
    taught: Round, nothing: NDArray[np.float64], found: dict[str, dict[str, Any]]
) -> None:
    model = hp.make_model("svm", none=None).fit(*taught.taught)
    hands = Taught(model, taught.taught, nothing)
    asked = {"": taught.asked, **taught.foreign}
    vectors = {name: model.features_.transform(data.X) for name, data in asked.items()}
    codes = {
        name: model.classifier_.predict_proba(rows).argmax(1) for name, rows in vectors.items()
    }
    for method, make in METHODS.items():
        ask = make(hands)
        scored = {
            name: _hands(
                asked[name], ask(rows.astype(np.float64), codes[name]), model.classes_[codes[name]]
            )
            for name, rows in vectors.items()
        }
        for name in taught.foreign:
            found[method][name].append((scored[""], scored[name]))


def _hands(data: Dataset, scores: NDArray[np.float64], named: NDArray[np.str_]) -> Hands:
    """Known hands count where they are named right; of foreign ones it is never asked."""
    return Hands(scores, data.y == named, data.groups, data.y, named, data.y)


def _shares(parts: list[tuple[Hands, Hands]]) -> str:
    known = Hands.concat([ours for ours, _ in parts])
    foreign = Hands.concat([theirs for _, theirs in parts])
    shares = "/".join(f"{100 * true_accepts(rate, known, foreign):.0f}" for rate in RATES)
    return f"{auroc(known.scores, foreign.scores):.3f} {shares}"


def _words(result: Any) -> str:
    shares = []
    for rate in RATES:
        low, high = result.interval(rate) or result.interval(rate, "people") or (0.0, 1.0)
        shares.append(f"{100 * result.true_accepts(rate):.0f} ({100 * low:.0f}-{100 * high:.0f})")
    return f"{result.auroc:.3f} {' / '.join(shares)}"


def _few(
    gestures: Dataset, nothing: Dataset, chosen: list[str], name: str, n: int, seed: int
) -> tuple[Hands, Hands, float | None]:
    """Known and foreign hands, and the threshold that few hands choose."""
    rng = np.random.default_rng(seed)
    side = half(gestures.groups) == seed % 2
    rows = [rng.permutation(np.flatnonzero(side & (gestures.y == label)))[:n] for label in chosen]
    train = gestures[np.concatenate(rows)]
    model = hp.make_model(name).fit(*train)
    known, foreign = ask_open_set(model, gestures[~side])
    _, idle = ask_open_set(model, nothing[half(nothing.groups) != seed % 2])
    limit = (
        leave_gestures_out(hp.make_model(name), train).careful_threshold(0.01) if n > 1 else None
    )
    return known, Hands.concat([foreign, idle]), limit


def _error_with_none(result: hp.Evaluation) -> float:
    if result.scores is None:
        return float("nan")
    return expected_calibration_error(result.scores, result.truth, result.labels)


BENCHMARK = Benchmark(
    "open_set",
    parts_of(
        methods, models, lookalikes, default, shipped, promise, ceiling, few, calibration, cost
    ),
    shown=dict.fromkeys(("default", "promise"), "."),
)

if __name__ == "__main__":
    run(BENCHMARK)
