"""Hands of other data sets that show a digit, or none: other cameras than that of the digits."""

from __future__ import annotations

import numpy as np

import handpose as hp
from handpose.containers.labels import NO_GESTURE

SHOWN_BY = {
    **{"one": "1", "mute": "1", "peace": "2", "peace_inverted": "2", "three2": "3", "four": "4"},
    **{"palm": "5", "stop": "5", "stop_inverted": "5", "three": "6", "ok": "9"},
}
"""The digit that a gesture of HaGRID shows."""
SPELLED = {"o": "0", "v": "2", "w": "6", "f": "9"}
"""The digit that a letter of the American manual alphabet shows."""
UNLIKE = tuple("ciopq")
"""Letters that are no gesture of HaGRID and resemble none."""


def digits_of_hagrid(*, shipped: bool = True) -> hp.Dataset:
    """Hands that show a digit, and hands at rest.

    Parameters
    ----------
    shipped : bool, default=True
        Of every second person, whom the shipped model is trained on; else of the others, whom it
        is asked about.
    """
    every = hp.load_dataset("hagrid_landmarks")
    people = np.unique(every.groups)[0 if shipped else 1 :: 2]
    chosen = every.select(groups=people.tolist(), labels=[*SHOWN_BY, NO_GESTURE])
    names = [SHOWN_BY.get(label, NO_GESTURE) for label in chosen.y.tolist()]
    return hp.Dataset(chosen.X, names, np.char.add("HaGRID ", chosen.groups))


def digits_of_letters(letters: hp.Dataset) -> hp.Dataset:
    """Letters that show a digit, of those that `scripts.asl_letters.held_letters` gives."""
    return _renamed(letters, SPELLED)


def nothing_of_letters(letters: hp.Dataset) -> hp.Dataset:
    """Letters that no gesture of HaGRID resembles, as no gesture."""
    return _renamed(letters, dict.fromkeys(UNLIKE, NO_GESTURE))


def joined(*parts: hp.Dataset) -> hp.Dataset:
    """The rows of all, with the provenance of the first."""
    return hp.Dataset(
        hp.Landmarks.concat([part.X for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.groups for part in parts]),
        name=parts[0].name,
        provenance=parts[0].provenance,
    )


def _renamed(letters: hp.Dataset, names: dict[str, str]) -> hp.Dataset:
    chosen = letters.select(labels=list(names))
    labels = [names[label] for label in chosen.y.tolist()]
    return hp.Dataset(chosen.X, labels, np.char.add("letters ", chosen.groups))
