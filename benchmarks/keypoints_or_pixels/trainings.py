"""Training and predicting, each done once: an outcome is kept until code, data or settings change.

`joblib.Memory` keeps the outcomes; the key says what they depend on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import joblib
import numpy as np
from joblib import Memory, Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

import handpose
from benchmarks.keypoints_or_pixels.contenders import Contender
from benchmarks.keypoints_or_pixels.photos import digest
from benchmarks.machine import versions
from benchmarks.runner import Setup
from handpose.datasets import Dataset

PACKAGES = ("handpose", "numpy", "scipy", "scikit-learn", "torch", "pillow")
"""Whose versions may change what is learnt."""


@dataclass(frozen=True, eq=False)
class Training:
    """What to learn from, and what to predict."""

    contender: Contender
    train: Dataset
    test: Dataset

    def key(self, seed: int) -> str:
        """Hash of all that decides the outcome."""
        side = self.contender.side
        return learning_key(self.contender, self.train, seed) + digest(self.test, side)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Predicted label of each test photo (``""`` where no hand was found), and training time."""

    predicted: NDArray[np.str_]
    fit_seconds: float


def run_trainings(trainings: Sequence[Training], setup: Setup) -> list[Outcome]:
    """Train and predict, or read what an earlier run found.

    Keypoints are trained in processes with one thread each, pixels one network after the other, so
    that the same is learnt whatever the number of processes.
    """
    learn = Memory(setup.work, verbose=0).cache(_learn, ignore=["training", "work"])
    calls = [(training.key(setup.seed), training, setup.seed, setup.work) for training in trainings]
    todo = [call for call in calls if not learn.check_call_in_cache(*call)]
    keypoints = [call for call in todo if call[1].contender.side == "keypoints"]
    setup.report(f"{len(todo)} of {len(calls)} trainings to do")
    Parallel(n_jobs=max(1, min(setup.jobs, len(keypoints))))(delayed(learn)(*c) for c in keypoints)
    return [Outcome(*learn(*call)) for call in calls]


def learning_key(contender: Contender, train: Dataset, seed: int) -> str:
    """Hash of all that decides what is learnt: settings, photos, seed, code and packages."""
    code = code_stamp(contender.code)
    decides = [contender.name, contender.settings, code, seed, digest(train, contender.side)]
    return joblib.hash(decides)


@cache
def code_stamp(places: tuple[str, ...]) -> str:
    """Hash of files and folders of the package, and of the versions of packages."""
    package = Path(handpose.__file__).parent
    found = hashlib.sha256(repr([(name, versions()[name]) for name in PACKAGES]).encode())
    for place in places:
        paths = sorted(package.glob(place if place.endswith(".py") else f"{place}/**/*.py"))
        if not paths:
            raise ValueError(f"{place}: no such module")
        for path in paths:
            found.update(path.read_bytes())
    return found.hexdigest()


def _learn(key: str, training: Training, seed: int, work: Path) -> tuple[NDArray[np.str_], float]:
    """Runs in a worker; `joblib.Memory` looks at the key alone."""
    with threadpool_limits(1):  # of numpy and scikit-learn; torch has its own number
        fitted = fitted_on(training.contender, training.train, seed, work)
        return fitted.predict(training.test).astype(str), fitted.seconds_


def fitted_on(contender: Contender, train: Dataset, seed: int, work: Path) -> Contender:
    """Fit, or read what an earlier run fitted where that takes minutes."""
    if not contender.slow:
        return contender.fit(train, seed)
    fit = Memory(work, verbose=0).cache(_fit, ignore=["contender", "train"])
    return fit(learning_key(contender, train, seed), contender, train, seed)


def _fit(key: str, contender: Contender, train: Dataset, seed: int) -> Contender:
    return contender.fit(train, seed)
