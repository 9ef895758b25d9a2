"""What is named at the default threshold: scores beside the classifier's own probability."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

import handpose as hp
from benchmarks.open_set.rounds import (
    all_digit_rounds,
    digit_rounds,
    hagrid,
    hagrid_rounds,
)
from benchmarks.runner import Setup
from handpose.containers.labels import DEFAULT_MIN_SCORE, MIN_SCORE_WITH_NONE
from handpose.datasets import Dataset
from handpose.evaluation.open_set import best_gestures
from scripts.other_cameras import SHOWN_BY, renamed

WAYS = {
    f"probability, from {DEFAULT_MIN_SCORE} on": (None, DEFAULT_MIN_SCORE),
    f"with none, from {MIN_SCORE_WITH_NONE} on": ("auto", MIN_SCORE_WITH_NONE),
}


def default(setup: Setup) -> dict[str, Any]:
    """What an svm names that has no measured threshold: by its probability, and by its scores.

    Percent named right of hands that show a gesture of the model ("known"), and percent named of
    others. Nearly the same digits before other cameras: gestures of HaGRID that show a digit, and
    the rendered hands (exact points). The default of scores was chosen so that these are named
    nearly as often as by the probability alone, and that fewer foreign hands are.
    """
    found: dict[str, dict[str, list[np.ndarray]]] = {way: defaultdict(list) for way in WAYS}
    for way, (none, threshold) in WAYS.items():
        for kind, rounds in (
            ("digits", digit_rounds(setup)),
            ("", all_digit_rounds(setup)),
            ("HaGRID, others", hagrid_rounds(setup, development=False)),
        ):
            for taught in rounds:
                model = hp.make_model("svm", none=none).fit(*taught.taught)
                for name, data in ({kind: taught.asked} if kind else elsewhere(setup)).items():
                    scores, named = best_gestures(model, data.X)
                    right = (scores >= threshold) & (named == data.y)
                    found[way][f"{name}, known"].append(right)
                for name, data in taught.foreign.items():
                    if name != "digits, HaGRID":
                        found[way][name].append(best_gestures(model, data.X)[0] >= threshold)
    rows = {
        way: {name: f"{100 * np.concatenate(parts).mean():.1f}" for name, parts in columns.items()}
        for way, columns in found.items()
    }
    return {"rows": rows}


def elsewhere(setup: Setup) -> dict[str, Dataset]:
    """Digits before other cameras."""
    gestures, _ = hagrid(setup)
    rendered = hp.load_dataset("rendered_hands")
    return {
        "digits in HaGRID": renamed(gestures, SHOWN_BY, "HaGRID"),
        "rendered digits": rendered[rendered.detected],
    }
