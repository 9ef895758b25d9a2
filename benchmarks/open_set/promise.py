"""Does the rate of false accepts hold that a threshold was chosen for, and could it?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

import handpose as hp
from benchmarks.open_set.rounds import digits, hagrid
from benchmarks.runner import Setup
from handpose.datasets import Dataset
from handpose.evaluation.accepting import Hands, careful_threshold, promised_rate, threshold_for
from handpose.evaluation.open_set import ask_open_set
from handpose.evaluation.thresholds import leave_gestures_out

HALVES = 20
PROMISED = (0.01, 0.001)
DRAWS = 200
"""Divisions of the same hands at random, for each half."""

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Half:
    """Hands that were asked about.

    Attributes
    ----------
    chosen : Hands
        Left-out gestures of our people: they choose the threshold.
    same : Hands
        The same gestures, shown by the other people.
    known, new : Hands
        What the other people show: gestures that the model knows, and those of the other half.
    ours : Hands
        New gestures, shown by our people.
    """

    chosen: Hands
    same: Hands
    known: Hands
    new: Hands
    ours: Hands


def promise(setup: Setup) -> dict[str, Any]:
    """A threshold chosen on half of the people and gestures, on the other half of the people.

    Percent of foreign hands that are named: median of random halves, the range in which nine in ten
    lie, and the mean. "Same gestures": those that were left out to choose the threshold, shown by
    the other people. "New gestures": the other half. "Promised": what the card says of new gestures
    beside the threshold, mean of the halves; it holds where it is above the mean of the new
    gestures. Then the known hands that are named right.
    """
    rows = {}
    halves = _all_halves(setup)
    for name, asked in halves.items():
        for rate in PROMISED:
            shares = 100 * np.array([_shares(half, rate) for half in asked])
            same, new = shares[:, 0], shares[:, 1]
            rows[f"{name}, {rate:.1%} asked for"] = {
                "same gestures": _spread(same),
                "in 0.5 to 2 times the rate": _within(same, 100 * rate),
                "new gestures": _spread(new),
                "in 0.5 to 2 times": _within(new, 100 * rate),
                "promised": f"{shares[:, 2].mean():.1f}",
                "known hands named right": _spread(shares[:, 3]),
            }
    return {"rows": rows, "halves": len(asked)}


def ceiling(setup: Setup) -> dict[str, Any]:
    """What keeps a rate from holding: few hands, and gestures that differ.

    *hands* choose a threshold, mean of the halves. *by chance*: how many of twenty halves would
    give 0.5 to 2 times the rate if gestures and people were all alike, and only chance decided
    which hands choose and which are asked about. *oracle*: the same for new gestures if these very
    gestures, shown by our people, chose the threshold, which nobody can do: percent named, and how
    many of the halves. *a gesture's share*: what is named of a new gesture with the threshold of
    `promise`, mean in percent, and its standard deviation between gestures beyond that of chance.
    """
    rows: dict[str, dict[str, Any]] = {}
    rng = np.random.default_rng(setup.seed)
    for name, asked in _all_halves(setup).items():
        for rate in PROMISED:
            alike = np.concatenate([_alike(half, rate, rng) for half in asked])
            oracle = np.array(
                [_named(half.new, threshold_for(rate, half.ours.scores)) for half in asked]
            )
            mean, deviation = _of_gestures(asked, rate)
            rows[f"{name}, {rate:.1%} asked for"] = {
                "hands": round(float(np.mean([len(half.chosen) for half in asked]))),
                "by chance": round(len(asked) * _within(alike, rate) / len(alike), 1),
                "oracle": _spread(100 * oracle),
                "oracle: in 0.5 to 2 times": _within(oracle, rate),
                "a gesture's share": f"{100 * mean:.1f}",
                "deviation between gestures": f"{100 * deviation:.1f}",
            }
    return {"rows": rows, "halves": len(asked), "draws": DRAWS}


@cache
def _all_halves(setup: Setup) -> dict[str, list[Half]]:
    gestures, _ = hagrid(setup)
    sets = {"digits": digits(setup), "HaGRID": gestures}
    seeds = range(2 if setup.quick else HALVES)
    return {name: [_half(data, seed) for seed in seeds] for name, data in sets.items()}


def _half(data: Dataset, seed: int) -> Half:
    """Half of the gestures and people train and choose; the others are asked about."""
    rng = np.random.default_rng(seed)
    taught = np.isin(data.y, np.array_split(rng.permutation(data.label_names), 2)[0])
    ours = np.isin(data.groups, np.array_split(rng.permutation(np.unique(data.groups)), 2)[0])
    train = data[taught & ours]
    chosen = leave_gestures_out(hp.make_model("svm"), train)
    same = [_left_out(train, data[taught & ~ours], out) for out in chosen.left_out]
    model = hp.make_model("svm").fit(*train)
    known, new = ask_open_set(model, data[~ours])
    return Half(
        chosen.foreign, Hands.concat(same), known, new, ask_open_set(model, data[ours & ~taught])[1]
    )


def _left_out(train: Dataset, asked: Dataset, out: list[str]) -> Hands:
    """Hands that show these gestures, asked of a model of the others."""
    model = hp.make_model("svm").fit(*train[~np.isin(train.y, out)])
    return ask_open_set(model, asked[np.isin(asked.y, out)])[1]


def _shares(half: Half, rate: float) -> tuple[float, ...]:
    """Named of the same and of new gestures, promised, and known hands that are named right.

    The threshold is the one that `handpose train --false-accepts` would choose.
    """
    limit = careful_threshold(rate, half.chosen)
    right = half.known.counted & (half.known.scores >= limit)
    named = (_named(half.same, limit), _named(half.new, limit))
    return (*named, promised_rate(limit, half.chosen), float(right.mean()))


def _by_oracle(half: Half, rate: float) -> float:
    """Share of new gestures that is named, if they choose the threshold."""
    return _named(half.new, threshold_for(rate, half.ours.scores))


def _alike(half: Half, rate: float, rng: np.random.Generator) -> Shares:
    """Shares where hands of the same gestures are divided at random."""
    scores, n = np.concatenate([half.chosen.scores, half.same.scores]), len(half.chosen)
    mixed = (rng.permutation(scores) for _ in range(DRAWS))
    return np.array([(part[n:] >= threshold_for(rate, part[:n])).mean() for part in mixed])


def _of_gestures(halves: list[Half], rate: float) -> tuple[float, float]:
    """Mean share of a new gesture that is named, and its deviation beyond that of chance."""
    shares, by_chance = [], []
    for half in halves:
        named = half.new.scores >= careful_threshold(rate, half.chosen)
        for gesture in np.unique(half.new.truth):
            own = named[half.new.truth == gesture]
            shares.append(own.mean())
            by_chance.append(own.var() / max(len(own) - 1, 1))
    variance = np.var(shares) - np.mean(by_chance)
    return float(np.mean(shares)), float(np.sqrt(max(variance, 0.0)))


def _named(hands: Hands, limit: float) -> float:
    return float((hands.scores >= limit).mean())


def _spread(shares: Shares) -> str:
    low, middle, high = np.quantile(shares, [0.05, 0.5, 0.95])
    return f"{middle:.2f} ({low:.2f} to {high:.2f}), mean {shares.mean():.2f}"


def _within(shares: Shares, rate: float) -> int:
    return int(((shares >= 0.5 * rate) & (shares <= 2 * rate)).sum())
