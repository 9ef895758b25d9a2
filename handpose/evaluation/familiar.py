"""Whether a model is measured on people that it was trained on: such a score is too high."""

from __future__ import annotations

import warnings
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers import pretraining_of
from handpose.containers.landmarks import Landmarks
from handpose.containers.motion import Motions
from handpose.datasets.dataset import SEVERAL
from handpose.errors import SeenPeopleWarning
from handpose.system.words import counted


@dataclass(frozen=True)
class Familiar:
    """Rows that a model knows from training.

    Attributes
    ----------
    samples : int
        Hands that were trained on, or hands of people that were.
    people : int or None
        How many people those are; None where subjects are unknown.
    certain : bool
        False where only the name of the data set says so: the model is of a file that does not
        note what it was trained on.
    reason : str
        For people.
    """

    samples: int
    people: int | None
    certain: bool
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def familiar_rows(
    model: Any,
    samples: Landmarks | Motions,
    subjects: NDArray[np.str_],
    name: str,
    *,
    trained_on: str | None = None,
) -> Familiar | None:
    """Which of these hands a fitted model knows, or the networks that ship with its classifier.

    Parameters
    ----------
    model : estimator
        Fitted. A `GestureModel` remembers its training hands.
    samples : Landmarks or Motions of length n
    subjects : ndarray of n str
        ``""`` where unknown.
    name : str
        Of the data set of `samples`.
    trained_on : str, optional
        Name of the data set that the model was trained on, or of several, see `SEVERAL`.
    """
    seen = getattr(model, "seen_", None)
    same_name = bool(name) and name in (trained_on or "").split(SEVERAL)
    if seen is not None:
        rows = seen.which(samples)
        if same_name:
            rows |= seen.which_people(subjects)
        found = _familiar(rows, subjects, "the model was trained on them")
        if found is not None:
            return found
    elif same_name:
        return Familiar(
            len(samples), None, False, f"the model was trained on a data set called {name!r} too"
        )
    return pretrained_rows(model, samples, subjects, name)


def pretrained_rows(
    model: Any, samples: Landmarks | Motions, subjects: NDArray[np.str_], name: str
) -> Familiar | None:
    """Which of these hands the networks know that ship with a model's classifier."""
    known = pretraining_of(getattr(model, "steps", [("", model)])[-1][1])
    if known is None or isinstance(samples, Motions):
        return None
    rows = known.which(samples, subjects, name)
    return _familiar(rows, subjects, f"{known.classifier}'s networks were trained on them")


def warn_if_familiar(found: Familiar | None, n: int, *, stacklevel: int = 2) -> None:
    """Warn that a score says nothing about new people.

    Warns
    -----
    SeenPeopleWarning
    """
    if found is None:
        return
    people = "" if found.people is None else f" of {counted(found.people, 'person', 'people')}"
    count = f"{found.samples} of {n} samples{people} are" if found.certain else "the people may be"
    warnings.warn(
        f"{count} known from training ({found.reason}): the score says nothing about new people",
        SeenPeopleWarning,
        stacklevel=stacklevel + 1,
    )


def _familiar(rows: NDArray[np.bool_], subjects: NDArray[np.str_], reason: str) -> Familiar | None:
    """All hands of a person of whom one is known are familiar."""
    if not rows.any():
        return None
    known = set(subjects[rows].tolist()) - {""}
    rows = rows | np.isin(subjects, sorted(known))
    return Familiar(int(rows.sum()), len(known) or None, True, reason)
