"""Training in the background: progress while it runs, a model and findings when it is done."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from handpose.datasets import Dataset
from handpose.errors import DatasetError, HandposeError
from handpose.evaluation.open_set_results import OpenSetEvaluation
from handpose.evaluation.thresholds import Trial, leave_gestures_out, try_out
from handpose.features.motion import MOTION
from handpose.models import ModelCard, learn_phases, with_nothing
from handpose.models.gestures import GestureModel
from handpose.models.making import make_model
from handpose.models.nothing import shows_nothing
from handpose.studio.advice import FEWEST
from handpose.studio.findings import findings

CLASSIFIER = "svm"
Tell = Callable[[str, float], None]
"""Called with the step that begins, and the share of the work that is done."""


Work = TypeVar("Work")


@dataclass(frozen=True)
class Trained:
    """A model, and what is known about it."""

    model: GestureModel
    findings: dict[str, Any]


def learn(dataset: Dataset, tell: Tell = lambda step, share: None) -> Trained:
    """Measure a model on people that it did not see, then train it on all.

    Parameters
    ----------
    dataset : Dataset
        A row for each photo.
    tell : callable (step, share), optional

    Raises
    ------
    DatasetError
        If there are fewer than two gestures, or too few pictures of one.
    """
    start = time.perf_counter()
    dataset = trainable(dataset)
    model = make_model(CLASSIFIER)
    tell("asking it about people it has not seen", 0.1)
    trial = try_out(model, dataset)
    tell("asking it about gestures that nobody taught it", 0.4)
    trial = replace(trial, open_set=_left_out(model, dataset))
    tell("learning from all pictures", 0.7)
    model.set_params(min_score=trial.min_score)
    model.fit(dataset.X, dataset.y, groups=dataset.groups if dataset.has_subjects else None)
    model.card = _card(dataset, trial)
    tell("looking at the mistakes", 0.95)
    found = findings(trial, dataset)
    return Trained(model, found | {"seconds": round(time.perf_counter() - start, 1)})


def learn_motions(dataset: Dataset, tell: Tell = lambda step, share: None) -> Trained:
    """The same for takes of motions; it learns too what between them is no motion.

    Parameters
    ----------
    dataset : Dataset
        A row for each take.
    tell : callable (step, share), optional

    Raises
    ------
    DatasetError
        As `learn` does.
    """
    start = time.perf_counter()
    dataset = trainable(dataset, "take")
    model = make_model(CLASSIFIER, features=MOTION)
    tell("looking at pieces of the motions", 0.1)
    taught = with_nothing(dataset, model)
    model.set_params(names_nothing=shows_nothing(dataset))
    tell("asking it about motions it has not seen", 0.4)
    trial = try_out(model, dataset, taught=taught)
    tell("learning from all motions", 0.8)
    model.set_params(min_score=trial.min_score)
    model.fit(taught.X, taught.y, groups=taught.groups if taught.has_subjects else None)
    learn_phases(model, dataset)
    model.card = _card(dataset, trial)
    found = findings(trial, dataset, "motion") | {"worst": []}
    return Trained(model, found | {"seconds": round(time.perf_counter() - start, 1)})


class TrainingJob:
    """One training at a time, in a thread of its own."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._state: dict[str, Any] = {"running": False, "step": "", "share": 0.0, "error": ""}

    @property
    def state(self) -> dict[str, Any]:
        """``running``, ``step`` in words, ``share`` from 0 to 1, ``error`` of the last training."""
        return dict(self._state)

    def start(self, work: Callable[[Tell], Work], done: Callable[[Work], None]) -> None:
        """Begin; both are called in a thread, `done` with what `work` gives.

        Raises
        ------
        DatasetError
            If a training is running.
        """
        with self._lock:
            if self._state["running"]:
                raise DatasetError("a training is running; wait for it to end")
            self._tell("looking at the pictures", 0.02)
            self._thread = threading.Thread(target=self._run, args=(work, done), daemon=True)
            self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the end of the training that runs."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, work: Callable[[Tell], Work], done: Callable[[Work], None]) -> None:
        error = ""
        try:
            done(work(self._tell))
        except HandposeError as failure:
            error = str(failure)
        except Exception as failure:  # told to the user: nobody sees a thread end
            error = f"internal error, {type(failure).__name__}: {failure}"
        self._state = {"running": False, "step": "", "share": 0.0 if error else 1.0, "error": error}

    def _tell(self, step: str, share: float) -> None:
        self._state = {"running": True, "step": step, "share": share, "error": ""}


def trainable(dataset: Dataset, noun: str = "picture") -> Dataset:
    """The rows with a hand.

    Raises
    ------
    DatasetError
        If they cannot be learnt from.
    """
    dataset = dataset[dataset.detected]
    check_counts(dataset.y.tolist(), noun)
    return dataset


def check_counts(labels: list[str], noun: str) -> None:
    """Raise DatasetError if there are fewer than two gestures, or too few samples of one."""
    counts = Counter(labels)
    if len(counts) < 2:
        what = "gestures with pictures" if noun == "picture" else "motions with takes"
        raise DatasetError(f"training needs at least two {what}; add another one")
    small = [label for label, n in counts.items() if n < FEWEST]
    if small:
        raise DatasetError(
            f"{small[0]} has only one {noun} with a hand; take {FEWEST} or more, or remove it"
        )


def _left_out(model: GestureModel, dataset: Dataset) -> OpenSetEvaluation | None:
    """With whole gestures left out; None where there are too few."""
    try:
        return leave_gestures_out(model, dataset)
    except DatasetError:
        return None


def _card(dataset: Dataset, trial: Trial) -> ModelCard:
    return ModelCard(
        extractor=dataset.provenance,
        training={
            "dataset": dataset.name,
            "samples": len(dataset),
            "detected": len(dataset),
            "subjects": dataset.n_subjects,
        },
        metrics=trial.for_card(),
    )
