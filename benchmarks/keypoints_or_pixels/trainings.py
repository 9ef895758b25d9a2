"""Training and predicting, each done once: what is finished is kept, and found again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.keypoints_or_pixels.contenders import Contender
from benchmarks.keypoints_or_pixels.part import Setup
from benchmarks.keypoints_or_pixels.photos import Photos
from benchmarks.keypoints_or_pixels.stamp import code_stamp
from handpose.system.files import replacing


@dataclass(frozen=True, eq=False)
class Training:
    """Something to learn from some photos, and to be asked about others."""

    contender: Contender
    train: Photos
    test: Photos


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of a training.

    Attributes
    ----------
    predicted : ndarray of str
        Label of each test photo; ``""`` where no hand was found.
    fit_seconds : float
        Of the run in which it was trained.
    """

    predicted: NDArray[np.str_]
    fit_seconds: float


def run_trainings(trainings: Sequence[Training], setup: Setup) -> list[Outcome]:
    """Train and predict, or find what a run before this one found.

    Keypoints are trained in processes with one thread each, pixels one network after the other, so
    that the same is learnt whatever the number of processes.
    """
    files = [_file(training, setup) for training in trainings]
    todo = [i for i, file in enumerate(files) if not file.is_file()]
    for i in todo:
        if trainings[i].contender.side == "pixels":
            setup.report(_title(trainings[i]))
            _train(trainings[i], files[i], setup.seed)
    rest = [i for i in todo if trainings[i].contender.side != "pixels"]
    jobs = [delayed(_train)(trainings[i], files[i], setup.seed) for i in rest]
    run = Parallel(n_jobs=max(1, min(setup.jobs, len(jobs))), return_as="generator_unordered")
    for done, _ in enumerate(run(jobs), start=1):
        setup.report(f"keypoints: {done} of {len(jobs)} trainings")
    return [_read(file) for file in files]


def _train(training: Training, file: Path, seed: int) -> None:
    """Train, predict and write the outcome. Runs in a worker."""
    with threadpool_limits(1):  # of numpy and scikit-learn; torch has its own number
        fitted = training.contender.fit(training.train, seed)
        predicted = fitted.predict(training.test).tolist()
    content = {
        "contender": training.contender.name,
        "fit_seconds": fitted.seconds_,
        "predicted": predicted,
    }
    with replacing(file) as temporary:
        temporary.write_text(json.dumps(content), encoding="utf-8")


def _read(file: Path) -> Outcome:
    content = json.loads(file.read_text(encoding="utf-8"))
    return Outcome(np.array(content["predicted"], dtype=str), content["fit_seconds"])


def _file(training: Training, setup: Setup) -> Path:
    """Where the outcome is kept; named after all that decides it."""
    contender = training.contender
    decides = {
        "contender": contender.name,
        "settings": contender.settings,
        "code": code_stamp(contender.code),
        "seed": setup.seed,
        "train": _digest(training.train, contender.side),
        "test": _digest(training.test, contender.side),
    }
    key = hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()
    return setup.work / "trainings" / f"{key[:24]}.json"


def _digest(photos: Photos, side: str) -> str:
    return photos.files_digest if side == "pixels" else photos.hands_digest


def _title(training: Training) -> str:
    return f"{training.contender.name}, {len(training.train)} photos"
