"""`OpenSetEvaluation`: how well a model tells its gestures from others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from handpose.evaluation.accepting import (
    Hands,
    accepts_interval,
    auroc,
    careful_threshold,
    equal_error_rate,
    highest_rate,
    promised_rate,
    rates_of_new_gestures,
    threshold_for,
    true_accepts,
)
from handpose.evaluation.familiar import Familiar
from handpose.system.words import counted

LEFT_OUT = "left-out gestures"
NOTHING = "no gesture"
ALL_TAUGHT = "all gestures taught"
"""Kinds of hands; those of another data set are of a kind with its name."""

RATES = (0.1, 0.01, 0.001)
"""Of false accepts, at which true ones are told."""

CARD_RATES = (0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
"""Whose thresholds a model's card notes."""

_PAIRS = 5


@dataclass(frozen=True)
class OpenSetEvaluation:
    """Scores of hands of people that models were not trained on, of known and of foreign gestures.

    Attributes
    ----------
    known : Hands
        That show a gesture which the model was taught. Where several models were asked about a
        hand, it is there as often.
    foreign : Hands
        That show another, or none.
    left_out : list of list of str
        Gestures that were left out together.
    cv : int or None
        Parts into which people were divided; None for a model that was fitted before.
    classifier, features, dataset : str
    familiar : Familiar or None
        Rows that the networks of the classifier know from their training.
    """

    known: Hands
    foreign: Hands
    left_out: list[list[str]] = field(default_factory=list)
    cv: int | None = None
    classifier: str = ""
    features: str = ""
    dataset: str = ""
    familiar: Familiar | None = None

    @property
    def kinds(self) -> list[str]:
        """Where foreign hands come from: left-out gestures, no gesture, other data sets."""
        return sorted(set(self.foreign.kinds.tolist()), key=lambda kind: (kind != LEFT_OUT, kind))

    def of_kind(self, kind: str) -> OpenSetEvaluation:
        """The same of one kind of foreign hands, and of the models that were asked about them."""
        foreign = self.foreign[self.foreign.kinds == kind]
        rounds = LEFT_OUT if kind in (LEFT_OUT, NOTHING) else ALL_TAUGHT
        asked = self.known.kinds == rounds
        known = self.known[asked] if asked.any() else self.known
        about = (self.left_out, self.cv, self.classifier, self.features, self.dataset)
        return OpenSetEvaluation(known, foreign, *about, self.familiar)

    @property
    def auroc(self) -> float:
        """Chance that a known hand has a higher score than a foreign one."""
        return auroc(self.known.scores, self.foreign.scores)

    @property
    def equal_error_rate(self) -> float:
        """Where as many foreign hands are accepted as known ones are not named right."""
        return equal_error_rate(self.known, self.foreign)

    def threshold(self, false_accepts: float) -> float:
        """The least score with at most this share of false accepts.

        Raises
        ------
        ValueError
            If the share is not between 0 and 1.
        """
        if not 0 <= false_accepts <= 1:
            raise ValueError(f"false_accepts must be between 0 and 1, but got {false_accepts!r}")
        return threshold_for(false_accepts, self.foreign.scores)

    def careful_threshold(self, false_accepts: float) -> float:
        """The least score whose rate also holds for gestures that did not choose it, on average.

        What ``handpose train --false-accepts`` takes; never above 1.
        """
        return min(1.0, careful_threshold(false_accepts, self.foreign))

    def true_accepts_at(self, threshold: float) -> float:
        """Share of the known hands that are named right from a score on."""
        return float((self.known.counted & (self.known.scores >= threshold)).mean())

    def true_accepts(self, false_accepts: float) -> float:
        """Share of the known hands that are named right where so many foreign ones are named."""
        return true_accepts(false_accepts, self.known, self.foreign)

    def interval(self, false_accepts: float, over: str = "both") -> tuple[float, float] | None:
        """95 % interval of `true_accepts`; None where there is one person or gesture.

        Parameters
        ----------
        false_accepts : float
        over : {"both", "people", "gestures"}, default="both"
            What is resampled as a whole: people, foreign gestures, or both. With fewer than ten of
            them the interval is too narrow.

        Raises
        ------
        ValueError
            If `over` is something else.
        """
        if over not in ("both", "people", "gestures"):
            raise ValueError(f"over must be 'both', 'people' or 'gestures', but got {over!r}")
        return accepts_interval(
            false_accepts,
            self.known,
            self.foreign,
            people=over != "gestures",
            gestures=over != "people",
        )

    def mistaken(self, false_accepts: float) -> list[tuple[str, str, int]]:
        """Foreign gestures, what they are taken for at this rate, and how often; the most first."""
        accepted = self.foreign[self.foreign.scores >= self.threshold(false_accepts)]
        pairs = zip(accepted.truth.tolist(), accepted.named.tolist(), strict=True)
        return [(*pair, count) for pair, count in Counter(pairs).most_common()]

    def summary(self) -> str:
        """The result in a few lines, for people."""
        n = counted(len(self.known), "known hand")
        lines = [
            f"{self.classifier} on {self.features} features, open set: {n}, "
            f"{len(self.foreign)} foreign"
        ]
        kinds = self.kinds
        lines += [line for kind in kinds for line in self.of_kind(kind)._lines(kind)]
        if len(kinds) > 1:
            lines += self._lines("all together")
        worst = self.mistaken(0.01)[:_PAIRS]
        if worst:
            pairs = ", ".join(f"{a} for {b}: {count}" for a, b, count in worst)
            lines.append(f"  accepted at 1 % most often: {pairs}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON."""
        return {
            "classifier": self.classifier,
            "features": self.features,
            "left_out": self.left_out,
            "people_folds": self.cv,
            "familiar": None if self.familiar is None else self.familiar.to_dict(),
            **self._numbers(),
            "kinds": {kind: self.of_kind(kind)._numbers() for kind in self.kinds},
            "mistaken": [list(pair) for pair in self.mistaken(0.01)],
        }

    def for_card(self) -> dict[str, Any]:
        """What a model card notes, as JSON: scores by rate of false accepts, for the recogniser."""
        people = self.foreign.groups[self.foreign.groups != ""]
        return {
            "auroc": _number(self.auroc),
            "foreign_hands": len(self.foreign),
            "foreign_gestures": len(np.unique(self.foreign.truth)),
            "people": len(np.unique(people)) or None,
            "left_out": self.left_out,
            "true_accepts": [self._for_card(rate) for rate in CARD_RATES],
        }

    def promise(self, false_accepts: float) -> str:
        """What to expect of new people at this rate, in a sentence."""
        limit = self.careful_threshold(false_accepts)
        accepted, n = int((self.foreign.scores >= limit).sum()), len(self.foreign)
        most = highest_rate(accepted, n)
        sure = "" if most <= 2 * false_accepts else f"; the true rate may be up to {most:.2%}"
        interval = self.interval(accepted / max(n, 1))
        words = (
            "" if interval is None else f" (95 % interval {interval[0]:.3f} to {interval[1]:.3f})"
        )
        return (
            f"from a score of {limit:.4g} on, {accepted} of {n} foreign hands are named "
            f"({false_accepts:.2%} asked for{sure}){self._new_words(accepted / max(n, 1), limit)}; "
            f"{self.true_accepts_at(limit):.3f} of the known ones are named right{words}"
        )

    def plot(self, path: str | Path | None = None) -> Any:
        """Draw the detection error trade-off (DET): misses over false accepts.

        Parameters
        ----------
        path : str or Path, optional
            Where to save the picture; the suffix decides the format.

        Returns
        -------
        matplotlib.figure.Figure

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        """
        from handpose.evaluation.plots import plot_error_tradeoff

        return plot_error_tradeoff(self, path)

    def _lines(self, kind: str) -> list[str]:
        n, shapes = len(self.foreign), len(np.unique(self.foreign.truth))
        found = [f"{rate:.1%}: {self._accepts_words(rate)}" for rate in RATES]
        few = f"; none in {n} shows no rate below {highest_rate(0, n):.1%}" if n < 3000 else ""
        return [
            f"  {kind}: {n} hands of {counted(shapes, 'gesture')}, AUROC {self.auroc:.3f}, "
            f"equal error rate {self.equal_error_rate:.3f}",
            f"    true accepts at false accepts of {', '.join(found)}{few}",
        ]

    def _accepts_words(self, rate: float) -> str:
        interval = self.interval(rate) or self.interval(rate, "people")
        words = "" if interval is None else f" ({interval[0]:.3f}-{interval[1]:.3f})"
        return f"{self.true_accepts(rate):.3f}{words}"

    def _numbers(self) -> dict[str, Any]:
        return {
            "known": len(self.known),
            "foreign": len(self.foreign),
            "auroc": _number(self.auroc),
            "equal_error_rate": _number(self.equal_error_rate),
            "true_accepts": [self._at(rate, _OVER) for rate in RATES],
        }

    def _new_words(self, rate: float, limit: float) -> str:
        """What to expect of gestures that did not choose the threshold of a rate."""
        news = rates_of_new_gestures(rate, self.foreign)
        if not news:
            return ""
        worst = max(news, key=lambda name: news[name])
        return (
            f", of a gesture that did not choose the score {np.mean(list(news.values())):.1%} on "
            f"average and {news[worst]:.1%} at worst ({worst}); of a gesture that is not among "
            f"these {len(news)}, {promised_rate(limit, self.foreign):.1%} or fewer may be expected "
            f"(so few gestures promise no less than {1 / (len(news) + 1):.1%})"
        )

    def _for_card(self, rate: float) -> dict[str, Any]:
        limit = self.careful_threshold(rate)
        named = float((self.foreign.scores >= limit).mean())
        news = list(rates_of_new_gestures(named, self.foreign).values())
        return {
            "false_accepts": rate,
            "threshold": limit,
            "true_accepts": self.true_accepts_at(limit),
            "interval": _listed(self.interval(named)),
            "new_gestures": float(np.mean(news)) if news else None,
            "worst_new_gesture": max(news, default=None),
            "promised": promised_rate(limit, self.foreign),
        }

    def _at(self, rate: float, over: Sequence[str]) -> dict[str, Any]:
        return {
            "false_accepts": rate,
            "threshold": min(1.0, self.threshold(rate)),
            "true_accepts": _number(self.true_accepts(rate)),
            **{f"over_{what}": _listed(self.interval(rate, what)) for what in over},
        }


_OVER = ("both", "people", "gestures")


def _listed(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
