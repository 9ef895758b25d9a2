"""Classifiers on every size: from 2 to 250 gestures, from 2 hands of each to hundreds.

python -m benchmarks.classifier_grid [--only PART ...] [--quick] [--data DIR]

Settings were chosen on other tables than those that are reported: other halves of the people, other
made gestures, other recordings (of the same few signers). Made tables are fingers of the shipped
digits, recombined (scripts/recombined_hands.py), seen from every side; `few_shot`'s networks
have seen such fingers, so that its numbers there are flattered. LightGBM is measured where it is
installed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.runner import Benchmark, Setup, parts_of, run
from handpose.classifiers import CLASSIFIERS
from handpose.datasets import Dataset
from handpose.system.threads import one_thread
from scripts.recombined_hands import HandParts

CONTENDERS = [name for name in CLASSIFIERS if name != "searched"]
"""`searched` takes minutes a fit; benchmarks/search has it."""
MIDDLE = 15
"""Frame of a recorded letter's thirty in which the hand holds it."""
NO_LETTER = ("-", "space")
QUESTIONS = 1000
TIMED = 30
ASKED_PEOPLE = 12

MADE = {"2 x 3": (2, 3, 1), "10 x 3": (10, 3, 1), "36 x 2": (36, 2, 1), "36 x 24": (36, 8, 3)}
LARGE = {"100 x 10": (100, 5, 2), "250 x 4": (250, 4, 1)}
"""Gestures, people that are trained on, and hands of a gesture and person."""

SETTINGS: dict[str, dict[str, Any]] = {
    "as chosen": {},
    "no l2": {"l2_regularization": 0.0},
    "l2 1": {"l2_regularization": 1.0},
    "l2 5": {"l2_regularization": 5.0},
    "l2 20": {"l2_regularization": 20.0},
    "learning rate 0.1": {"learning_rate": 0.1},
    "4 leaves": {"max_leaf_nodes": 4},
    "16 leaves": {"max_leaf_nodes": 16},
    "5 samples a leaf": {"min_samples_leaf": 5},
    "a twentieth of the features": {"max_features": 0.05},
    "a fifth of the features": {"max_features": 0.2},
    "30 rounds": {"max_iter": 30},
}
LIGHTGBM = {
    "n_estimators": 60,
    "learning_rate": 0.2,
    "num_leaves": 8,
    "max_bin": 63,
    "feature_fraction_bynode": 0.1,
    "n_jobs": 1,
    "verbose": -1,
    "random_state": 0,
    "deterministic": True,
}


@dataclass(frozen=True)
class Table:
    """Hands to learn from, and hands of other people."""

    train: Dataset
    test: Dataset


Tables = dict[str, Table]


def settings(setup: Setup) -> dict[str, Any]:
    """What gbdt's settings were chosen on: accuracy, log loss and seconds of fitting.

    One thing is changed at a time. `words` are 32 signs of a café by a few signers, one session
    asked; of digits and HaGRID every second person; of made gestures 36 and 100.
    """
    tables = _choosing(setup)
    rows = {
        name: _row(tables, lambda p=params: hp.make_model("gbdt", **p))
        for name, params in SETTINGS.items()
        if not setup.quick or name in ("as chosen", "l2 1")
    }
    if find_spec("lightgbm"):
        from lightgbm import LGBMClassifier

        for l2 in (0, 5):
            made = LIGHTGBM | {"reg_lambda": l2}
            rows[f"LightGBM, l2 {l2}"] = _row(
                tables, lambda p=made: hp.make_model(LGBMClassifier(**p))
            )
    return {"rows": rows}


def accuracy(setup: Setup) -> dict[str, Any]:
    """All classifiers with their defaults: accuracy, log loss and seconds of fitting.

    `letters` are the 26 of the ASL alphabet, one of four sessions asked in turn; digits and HaGRID
    are of the other half of the people; made tables have other gestures and other people than those
    for choosing (gestures x hands of each).
    """
    tables = _reporting(setup)
    return {"rows": {name: _row(tables, lambda n=name: hp.make_model(n)) for name in CONTENDERS}}


def one_hand(setup: Setup) -> dict[str, Any]:
    """Milliseconds from one hand's landmarks to its probabilities, by gestures (median)."""
    tables = _made(MADE if setup.quick else MADE | LARGE, seed=1, half=1)
    return {"rows": {name: _times(tables, name) for name in CONTENDERS}}


def _row(tables: Tables, make: Callable[[], Any]) -> dict[str, str]:
    cells = {}
    for name, table in tables.items():
        with one_thread():
            start = perf_counter()
            model = make().fit(table.train.X, table.train.y, groups=table.train.groups)
            seconds = perf_counter() - start
            likely = model.predict_proba(table.test.X)
        codes = np.searchsorted(model.classes_, table.test.y)
        right = np.mean(model.classes_[likely.argmax(1)] == table.test.y)
        loss = -np.log(np.maximum(likely[np.arange(len(codes)), codes], 1e-12)).mean()
        cells[name] = f"{right:.3f}, {loss:.2f}, {seconds:.1f} s"
    return cells


def _times(tables: Tables, name: str) -> dict[str, str]:
    cells = {}
    for size, table in tables.items():
        model = hp.make_model(name).fit(table.train.X, table.train.y)
        model.predict_proba(table.test.X[:1])
        times = []
        for i in range(TIMED):
            hand = table.test.X[[i % len(table.test)]]
            start = perf_counter()
            model.predict_proba(hand)
            times.append(perf_counter() - start)
        cells[size] = f"{1e3 * float(np.median(times)):.2f}"
    return cells


def _choosing(setup: Setup) -> Tables:
    small = {"36 x 2": MADE["36 x 2"], "36 x 24": MADE["36 x 24"]}
    tables = {"hagrid": _other_people(_hagrid(setup), 0), "digits": _other_people(_digits(), 0)}
    tables |= _made(small if setup.quick else small | {"100 x 10": LARGE["100 x 10"]}, 0, 0)
    words = _sequences(setup, "words.npz")
    return tables if setup.quick else tables | {"words": _asked(words, ("session 1", "session 3"))}


def _reporting(setup: Setup) -> Tables:
    letters = _sequences(setup, "letters.npz")
    sessions = ("session 0", "session 1") if not setup.quick else ("session 0",)
    return (
        {"digits": _other_people(_digits(), 1), "hagrid": _other_people(_hagrid(setup), 1)}
        | {f"letters, {session}": _asked(letters, (session,)) for session in sessions}
        | _made(MADE if setup.quick else MADE | LARGE, seed=1, half=1)
    )


def _made(sizes: dict[str, tuple[int, int, int]], seed: int, half: int) -> Tables:
    """Made gestures by every second person, from the first or the second on."""
    parts = HandParts(_digits())
    people = np.arange(half, parts.n_people, 2)
    tables = {}
    for name, (gestures, trained, each) in sizes.items():
        rng = np.random.default_rng([seed, gestures, trained])
        chosen = rng.choice(people, trained + ASKED_PEOPLE, replace=False)
        dataset = parts.table(rng, gestures, chosen, each)
        known = np.isin(dataset.groups, np.char.mod("person %03d", chosen[:trained]))
        tables[name] = _split(dataset, ~known)
    return tables


def _other_people(dataset: Dataset, half: int) -> Table:
    """Every second person, a third of them asked."""
    people = np.unique(dataset.groups)[half::2]
    dataset = dataset[np.isin(dataset.groups, people)]
    return _split(dataset, np.isin(dataset.groups, people[::3]))


def _asked(dataset: Dataset, people: tuple[str, ...]) -> Table:
    """Labels that are shown by those who are asked and by others."""
    asked = np.isin(dataset.groups, people)
    both = np.intersect1d(dataset.y[asked], dataset.y[~asked])
    kept = np.isin(dataset.y, both)
    return _split(dataset[kept], asked[kept])


def _split(dataset: Dataset, asked: NDArray[np.bool_]) -> Table:
    rows = np.flatnonzero(asked)
    if len(rows) > QUESTIONS:
        rows = np.random.default_rng(0).choice(rows, QUESTIONS, replace=False)
    return Table(dataset[~asked], dataset[rows])


def _digits() -> Dataset:
    dataset = hp.load_dataset("sign_language_digits")
    return dataset[dataset.X.detected]


def _hagrid(setup: Setup) -> Dataset:
    return setup.landmarks("hagrid_landmarks")


def _sequences(setup: Setup, name: str) -> Dataset:
    """The right hand in the middle of each recorded sign."""
    with np.load(setup.folder("asl_sequences") / name) as arrays:
        points = arrays["hands"][:, MIDDLE, 1].astype(np.float32)
        labels, sessions = arrays["y"].astype(str), arrays["session"]
    seen = points.any((1, 2)) & ~np.isin(labels, NO_LETTER)
    hands = hp.Landmarks(points[seen], image_size=np.ones((int(seen.sum()), 2)))
    return Dataset(hands, labels[seen], np.char.mod("session %d", sessions[seen]), name=name)


BENCHMARK = Benchmark(
    "classifier_grid",
    parts_of(settings, accuracy, one_hand),
    shown={"accuracy": "svm|gbdt|mlp|logistic|few_shot"},
)

if __name__ == "__main__":
    run(BENCHMARK)
