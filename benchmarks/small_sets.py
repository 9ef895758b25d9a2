"""Small training sets: of a few people and photos, what `handpose recognize` names afterwards.

python -m benchmarks.small_sets [--only PART ...] [--quick]

A model is made as `handpose train` makes it, with the threshold that it chooses, and asked about
hands of other people, and about hands that show no gesture. Where a data set has too few photos of
one person, several people stand for one: they differ more than one person does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_expit

import handpose as hp
from benchmarks.few_shot.draws import frame_numbers
from benchmarks.runner import Benchmark, Setup, parts_of, run
from handpose.classifiers.machines import Machines
from handpose.classifiers.sigmoids import PRIOR_SLOPE, HeldOutMargins
from handpose.containers.labels import NO_GESTURE
from handpose.datasets import Dataset
from handpose.evaluation.metrics import expected_calibration_error
from handpose.evaluation.naming import Naming
from handpose.evaluation.thresholds import try_out

CLASSIFIERS = (
    *("svm", "few_shot", "gbdt", "mlp", "logistic", "knn"),
    *("random_forest", "extra_trees"),
)
ASKED = 12
"""Hands of each gesture that are asked about."""
BLOCKS = 6
"""Parts of the alphabet's recordings that stand for people; the last is asked about."""
FOREIGN = 100

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Cell:
    """A training set: so many people, gestures, and photos of each by each."""

    source: str
    people: int
    gestures: int
    photos: int

    def __str__(self) -> str:
        people = f"{self.people} {'person' if self.people == 1 else 'people'}"
        return f"{people}, {self.gestures} gestures, {self.photos} photos ({self.source})"


CELLS = (
    *(Cell("digits", 1, 2, 1), Cell("digits", 1, 2, 3), Cell("digits", 1, 2, 40)),
    *(Cell("hagrid", 1, 5, 3), Cell("hagrid", 1, 10, 1), Cell("hagrid", 1, 10, 10)),
    *(Cell("signs", 1, 36, 1), Cell("signs", 1, 36, 5)),
    *(Cell("digits", 2, 2, 3), Cell("hagrid", 2, 5, 1), Cell("hagrid", 2, 10, 5)),
    *(Cell("hagrid", 3, 2, 10), Cell("digits", 3, 10, 10)),
    *(Cell("hagrid", 5, 5, 3), Cell("hagrid", 5, 10, 1), Cell("signs", 5, 36, 3)),
    *(Cell("digits", 10, 2, 1), Cell("hagrid", 10, 10, 4)),
)
QUICK = (Cell("digits", 1, 2, 3), Cell("hagrid", 2, 5, 2))
DRAWS, DRAWS_OF_MANY = 2, 1


@dataclass(frozen=True)
class Data:
    """Hands with gestures, and hands that show none."""

    tables: dict[str, Dataset]
    foreign: hp.Landmarks


def named(setup: Setup) -> dict[str, Any]:
    """Percent of other people's hands that are named right, wrong, and not at all.

    In brackets: percent of hands that show no gesture (HaGRID's) that get a name nevertheless; then
    the threshold that `handpose train` chose. Mean of two draws, but for 36 gestures.
    """
    rows: dict[str, dict[str, str]] = {}
    details = {}
    for cell in QUICK if setup.quick else CELLS:
        draws = DRAWS_OF_MANY if setup.quick or cell.gestures > 10 else DRAWS
        found = {
            name: [_answers(setup, cell, name, seed) for seed in range(draws)]
            for name in CLASSIFIERS
        }
        means = {name: np.mean(answers, axis=0) for name, answers in found.items()}
        rows[str(cell)] = {name: _words(mean) for name, mean in means.items()}
        details[str(cell)] = {name: np.round(mean, 4).tolist() for name, mean in means.items()}
    return {"rows": rows, "details": details}


def prior(setup: Setup) -> dict[str, Any]:
    """The slope of all pairs' sigmoids under which other people's hands are most likely.

    Quantiles over three training sets of each kind in `named`, and the log loss and calibration
    error of svm's scores under the prior slope alone and as it is calibrated.
    """
    rows: dict[str, dict[str, str]] = {}
    for size, most in (("up to 3 photos a gesture", 3), ("more photos", 1000)):
        slopes, scores = [], {"prior alone": [], "calibrated": []}
        for cell in QUICK if setup.quick else CELLS:
            if (cell.photos * cell.people <= 3) != (most == 3):
                continue
            for seed in range(1 if setup.quick else 3):
                train, test = draw(data_sets(setup).tables[cell.source], cell, seed)
                for name, calibrate in (("prior alone", False), ("calibrated", True)):
                    model = hp.make_model("svm", calibrate=calibrate)
                    model.fit(train.X, train.y, groups=train.groups)
                    scores[name].append((model.predict_proba(test.X), test.y, model))
                slopes.append(_best_slope(model, test))
        quantiles = np.quantile(slopes, [0.1, 0.5, 0.9])
        rows[size] = {
            "sets": str(len(slopes)),
            "best slope, 10 / 50 / 90 %": " / ".join(f"{q:.1f}" for q in quantiles),
            **{name: _calibration(found) for name, found in scores.items()},
        }
    return {"rows": rows, "prior_slope": PRIOR_SLOPE}


def draw(table: Dataset, cell: Cell, seed: int) -> tuple[Dataset, Dataset]:
    """Hands to learn from, and hands of others of the same gestures."""
    rng = np.random.default_rng(seed)
    gestures = sorted(rng.permutation(table.label_names)[: cell.gestures].tolist())
    learnt, subjects, asked = [], [], []
    for gesture in gestures:
        rows = rng.permutation(np.flatnonzero(table.y == gesture))
        people = list(_people(table, rows, cell))
        learnt += [row for of_one in people for row in of_one]
        subjects += [f"p{number}" for number, of_one in enumerate(people) for _ in of_one]
        asked += _others(table, rows, np.concatenate(people))
    train = table[np.array(learnt)]
    return Dataset(train.X, train.y, subjects), table[np.array(asked)]


def _people(table: Dataset, rows: Rows, cell: Cell) -> Iterator[Rows]:
    """Rows of each person; a few people stand for one where each has but a photo."""
    if cell.source == "signs":
        for number in range(cell.people):
            yield rows[table.groups[rows] == f"part {number}"][: cell.photos]
        return
    _, first = np.unique(table.groups[rows], return_index=True)
    of_all = rows[np.sort(first)]
    for start in range(0, cell.people * cell.photos, cell.photos):
        yield of_all[start : start + cell.photos]


def _others(table: Dataset, rows: Rows, learnt: Rows) -> list[int]:
    known = set(table.groups[learnt].tolist())
    if f"part {BLOCKS - 1}" in set(table.groups[rows].tolist()):
        known |= {f"part {number}" for number in range(BLOCKS - 1)}
    return [int(row) for row in rows if table.groups[row] not in known][:ASKED]


def _answers(setup: Setup, cell: Cell, name: str, seed: int) -> list[float]:
    data = data_sets(setup)
    train, test = draw(data.tables[cell.source], cell, seed)
    model = hp.make_model(name)
    min_score = try_out(model, train).min_score
    model.fit(train.X, train.y, groups=train.groups)
    labels = [str(label) for label in model.classes_]
    naming = Naming.of(test.y, model.predict_proba(test.X), labels, min_score)
    foreign = float((model.predict_proba(data.foreign).max(1) >= min_score).mean())
    return [naming.named_right, naming.named_wrong, naming.unnamed, foreign, min_score]


def _words(mean: NDArray[np.float64]) -> str:
    right, wrong, unnamed, foreign = np.round(100 * mean[:4]).astype(int)
    return f"{right}/{wrong}/{unnamed} ({foreign}) {mean[4]:.2f}"


def _best_slope(model: hp.GestureModel, test: Dataset) -> float:
    svm, vectors = model[-1], model[0].transform(test.X)
    codes = np.searchsorted(svm.classes_, test.y)
    own = HeldOutMargins(Machines(svm.to_arrays()).own_margins(vectors, codes), codes)
    margins = own.margins[own.known]
    fitted = minimize_scalar(
        lambda log: -log_expit(np.exp(log) * margins).sum(), bounds=(-2, 5), method="bounded"
    )
    return float(np.exp(fitted.x))


def _calibration(found: list[tuple[NDArray[np.float64], NDArray[np.str_], Any]]) -> str:
    losses, errors, hands = [], [], []
    for probabilities, labels, model in found:
        codes = np.searchsorted(model.classes_, labels)
        losses.append(-np.log(probabilities[np.arange(len(codes)), codes] + 1e-15).mean())
        errors.append(expected_calibration_error(probabilities, labels, model.classes_))
        hands.append(len(labels))
    return f"log loss {np.mean(losses):.3f}, error {np.average(errors, weights=hands):.3f}"


@cache
def data_sets(setup: Setup) -> Data:
    """Read the tables."""
    names = ("sign_language_digits", "hagrid_landmarks", "asl_alphabet_landmarks")
    digits, hagrid, letters = map(setup.landmarks, names)
    digits = digits[digits.X.detected]
    none = hagrid.y == NO_GESTURE
    return Data(
        {"digits": digits, "hagrid": hagrid[~none], "signs": _signs(letters, digits)},
        hagrid.X[np.flatnonzero(none)[:FOREIGN]],
    )


def _signs(letters: Dataset, digits: Dataset) -> Dataset:
    """36 signs: letters of one signer, whose parts of a recording stand for people, and digits."""
    frames, subjects = frame_numbers(letters), np.empty(len(letters), dtype="<U8")
    for letter in letters.label_names:
        rows = letters.y == letter
        part = BLOCKS * frames[rows] // (frames[rows].max() + 1)
        subjects[rows] = np.char.add("part ", part.astype(int).astype(str))
    names, people = np.unique(digits.groups, return_inverse=True)
    parts = np.char.add("part ", (people * BLOCKS // len(names)).astype(str))
    points = np.concatenate([letters.X.points[..., :2], digits.X.points[..., :2]])
    labels = np.concatenate([letters.y, digits.y])
    return Dataset(hp.Landmarks(points), labels, np.concatenate([subjects, parts]))


BENCHMARK = Benchmark("small_sets", parts_of(named, prior), shown={"named": "^1 person|^10 people"})

if __name__ == "__main__":
    run(BENCHMARK)
