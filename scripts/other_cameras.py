"""Hands of other data sets that show a digit: other cameras than that of the digits' photos."""

from __future__ import annotations

import numpy as np

import handpose as hp

SHOWN_BY = {
    **{"one": "1", "mute": "1", "peace": "2", "peace_inverted": "2", "three2": "3", "four": "4"},
    **{"palm": "5", "stop": "5", "stop_inverted": "5", "three": "6", "ok": "9"},
}
"""The digit that a gesture of HaGRID shows."""
SPELLED = {"o": "0", "v": "2", "w": "6", "f": "9"}
"""The digit that a letter of the American manual alphabet shows."""


def digits_of_hagrid(hagrid: hp.Dataset, *, shipped: bool = True) -> hp.Dataset:
    """Hands of HaGRID that show a digit.

    Parameters
    ----------
    hagrid : Dataset
        `hagrid_landmarks`.
    shipped : bool, default=True
        Of every second person, whom the shipped model is trained on; else of the others, whom it
        is asked about.
    """
    people = np.unique(hagrid.groups)[0 if shipped else 1 :: 2]
    return _renamed(hagrid.select(groups=people.tolist()), SHOWN_BY, "HaGRID")


def digits_of_letters(letters: hp.Dataset) -> hp.Dataset:
    """Letters that show a digit, of those that `scripts.asl_letters.held_letters` gives."""
    return _renamed(letters, SPELLED, "letters")


def joined(*parts: hp.Dataset) -> hp.Dataset:
    """The rows of all, with the provenance of the first."""
    return hp.Dataset(
        hp.Landmarks.concat([part.X for part in parts]),
        np.concatenate([part.y for part in parts]),
        np.concatenate([part.groups for part in parts]),
        name=parts[0].name,
        provenance=parts[0].provenance,
    )


def _renamed(dataset: hp.Dataset, names: dict[str, str], source: str) -> hp.Dataset:
    chosen = dataset.select(labels=list(names))
    labels = [names[label] for label in chosen.y.tolist()]
    return hp.Dataset(chosen.X, labels, np.char.add(f"{source} ", chosen.groups))
