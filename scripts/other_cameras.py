"""Hands of other data sets that show a digit: other cameras than that of the digits' photos."""

from __future__ import annotations

import numpy as np

import handpose as hp

SHOWN_BY = {
    **{"one": "1", "mute": "1", "peace": "2", "peace_inverted": "2", "three2": "3", "four": "4"},
    **{"palm": "5", "stop": "5", "stop_inverted": "5", "three": "6", "ok": "9"},
}
"""The digit that a gesture of HaGRID shows."""
LEARNT = {name: digit for name, digit in SHOWN_BY.items() if name != "three"}
"""Of these, what is learnt from: three fingers are a 6 only where the thumb holds the little one,
and by others a 4 that was left out was taken for a 6."""
SPELLED = {"o": "0", "v": "2", "w": "6", "f": "9"}
"""The digit that a letter of the American manual alphabet shows."""

SHIPPED, ASKED = slice(0, None, 2), slice(1, None, 2)
"""The people of HaGRID whom the shipped model is trained on, and those whom it is asked about."""


def people_of_hagrid(hagrid: hp.Dataset, people: slice) -> hp.Dataset:
    """All hands of `SHIPPED` or of `ASKED`."""
    return hagrid.select(groups=np.unique(hagrid.groups)[people].tolist())


def digits_of_hagrid(hagrid: hp.Dataset, *, people: slice = SHIPPED) -> hp.Dataset:
    """Hands of HaGRID that show a digit.

    Parameters
    ----------
    hagrid : Dataset
        `hagrid_landmarks`.
    people : slice, default=SHIPPED
        Of `ASKED`, three fingers are a digit too.
    """
    names = LEARNT if people == SHIPPED else SHOWN_BY
    return renamed(people_of_hagrid(hagrid, people), names, "HaGRID")


def digits_of_letters(letters: hp.Dataset) -> hp.Dataset:
    """Letters that show a digit, of those that `scripts.asl_letters.held_letters` gives."""
    return renamed(letters, SPELLED, "letters")


def renamed(dataset: hp.Dataset, names: dict[str, str], source: str) -> hp.Dataset:
    """Rows of these labels, under other names; groups get the name of their source."""
    chosen = dataset[np.isin(dataset.y, list(names))]
    labels = [names[label] for label in chosen.y.tolist()]
    groups = np.char.add(f"{source} ", chosen.groups)
    return hp.Dataset(chosen.X, labels, groups, name=dataset.name)
