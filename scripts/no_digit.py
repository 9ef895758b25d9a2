"""Hands that show no digit: at rest, and made ones. The shipped model of digits learns them."""

from __future__ import annotations

import numpy as np

import handpose as hp
from handpose.containers.labels import MIN_SCORE_WITH_NONE, NO_GESTURE
from scripts.other_cameras import SHIPPED, people_of_hagrid, renamed
from scripts.random_hands import random_hands

MADE = "made"
"""Begins the groups of hands that no person has."""

_MADE_GROUPS = 20
"""So that most of them are learnt where some are held out."""


def resting_of_hagrid(hagrid: hp.Dataset, *, people: slice = SHIPPED) -> hp.Dataset:
    """Hands of HaGRID that show nothing, of some people: see `people_of_hagrid`."""
    return renamed(people_of_hagrid(hagrid, people), {NO_GESTURE: NO_GESTURE}, "HaGRID")


def made_hands(digits: hp.Dataset, n: int = 1000, seed: int = 0) -> hp.Dataset:
    """Random hands, but for those that a model of digits names.

    Parameters
    ----------
    digits : Dataset
        What that model is trained on.
    n : int, default=1000
        Before some are left out.
    seed : int, default=0
    """
    model = hp.make_model("svm").fit(*digits)
    hands = random_hands(np.random.default_rng(seed), n)
    hands = hands[model.gesture_scores(hands).max(1) < MIN_SCORE_WITH_NONE]
    groups = [f"{MADE} {row % _MADE_GROUPS}" for row in range(len(hands))]
    return hp.Dataset(hands, [NO_GESTURE] * len(hands), groups, name="random hands")
