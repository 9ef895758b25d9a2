"""The people whose hands the shipped networks were trained on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.classifiers.few_shot.classifier import FewShot
from handpose.containers.landmarks import Landmarks
from handpose.containers.seen import SeenHands


@dataclass(frozen=True)
class Pretraining:
    """What a classifier was trained on before it is fitted.

    Attributes
    ----------
    classifier : str
        Its name.
    dataset : str
        The data set whose people its networks were trained on.
    seen : SeenHands
    """

    classifier: str
    dataset: str
    seen: SeenHands

    def which(self, hands: Landmarks, subjects: NDArray[np.str_], name: str) -> NDArray[np.bool_]:
        """Which hands are of people it was trained on, shape (n,).

        Parameters
        ----------
        hands : Landmarks of length n
        subjects : ndarray of n str
        name : str
            Of their data set.
        """
        rows = self.seen.which(hands)
        return rows | self.seen.which_people(subjects) if name == self.dataset else rows


def pretraining_of(classifier: Any) -> Pretraining | None:
    """The pretraining of a classifier or of a name; None for most.

    Parameters
    ----------
    classifier : estimator or str
    """
    if isinstance(classifier, str):
        return _few_shot() if classifier == "few_shot" else None
    if not isinstance(classifier, FewShot) or classifier.embedding is None:
        return None
    linear = len(getattr(classifier, "embedding_", ())) == 1  # fitted, and no networks fitted it
    return None if linear else _few_shot()


@cache
def _few_shot() -> Pretraining:
    file = resources.files("handpose.classifiers.few_shot") / "seen.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    seen = SeenHands.from_dict(document["seen"])
    if seen is None:
        raise ValueError(f"{file} is damaged; install handpose again")
    return Pretraining("few_shot", document["dataset"], seen)
