"""Which gestures a model cannot tell from those that it knows."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.open_set.rounds import hagrid
from benchmarks.runner import Setup
from handpose.evaluation.accepting import Hands, auroc, threshold_for, true_accepts
from handpose.evaluation.open_set_results import RATES

ONE_HAND = ("stop", "stop_inverted", "peace", "peace_inverted")
"""Two hands, each seen from the palm and from the back."""


def lookalikes(setup: Setup) -> dict[str, Any]:
    """HaGRID's gestures, each left out in turn of an svm, by how well it is told from the others.

    AUROC against all known hands; percent named at the score that names 1 % of all left-out hands;
    what most are taken for. Then all gestures together, with and without two that others equal seen
    from the back, and percent of the known hands that are named right at 10, 1 and 0.1 %.
    """
    gestures, _ = hagrid(setup)
    folds = 3 if setup.quick else len(gestures.label_names)
    result = hp.evaluate_open_set(hp.make_model("svm"), gestures, gesture_folds=folds, cv=2)
    known, foreign = result.known, result.foreign
    limit = threshold_for(0.01, foreign.scores)
    rows = {}
    for gesture in np.unique(foreign.truth):
        own = foreign[foreign.truth == gesture]
        likest, count = Counter(own.named.tolist()).most_common(1)[0]
        rows[str(gesture)] = {
            **_row(known, own, limit),
            "taken for": f"{likest} ({100 * count / len(own):.0f} %)",
        }
    apart = ~np.isin(foreign.truth, ONE_HAND)
    rows["all"] = _row(known, foreign, limit) | _accepts(known, foreign)
    rows["all but " + ", ".join(ONE_HAND)] = _row(known, foreign[apart], limit) | _accepts(
        known, foreign[apart]
    )
    return {"rows": dict(sorted(rows.items(), key=_by_auroc))}


def _row(known: Hands, foreign: Hands, limit: float) -> dict[str, Any]:
    named: NDArray[np.bool_] = foreign.scores >= limit
    return {
        "AUROC": round(auroc(known.scores, foreign.scores), 3),
        "named": round(100 * float(named.mean()), 1),
    }


def _accepts(known: Hands, foreign: Hands) -> dict[str, str]:
    shares = (f"{100 * true_accepts(rate, known, foreign):.0f}" for rate in RATES)
    return {"known named right": "/".join(shares)}


def _by_auroc(row: tuple[str, dict[str, Any]]) -> tuple[bool, float]:
    return row[0].startswith("all"), row[1]["AUROC"]
