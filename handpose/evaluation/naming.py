"""What a model names when it recognises with a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.labels import is_no_gesture


@dataclass(frozen=True)
class Naming:
    """Shares of all pictures, as ``handpose recognize`` would answer with the same threshold.

    Attributes
    ----------
    min_score : float
        A hand whose best gesture is less probable gets no name.
    named_right, named_wrong : float
        Pictures in which a gesture is named, the right one or another. A picture that shows no
        gesture is named wrong if any gesture is named.
    unnamed : float
        Pictures of a gesture in which none is named: no hand was found, or its score was too low.
    nothing_right : float
        Pictures of no gesture in which none is named, which is right.
    """

    min_score: float
    named_right: float
    named_wrong: float
    unnamed: float
    nothing_right: float

    @classmethod
    def of(
        cls,
        truth: NDArray[np.str_],
        probabilities: NDArray[np.float64],
        labels: Sequence[str],
        min_score: float,
    ) -> Naming:
        """Count.

        Parameters
        ----------
        truth : ndarray of n str
        probabilities : ndarray of shape (n, n_labels)
            NaN where no hand was found.
        labels : sequence of n_labels str
        min_score : float
        """
        chances = np.nan_to_num(probabilities, nan=-1.0)
        best = np.asarray(labels, dtype=str)[chances.argmax(1)]
        named = (chances.max(1) >= max(min_score, 0.0)) & ~is_no_gesture(best)
        right, none = best == truth, is_no_gesture(truth)
        return cls(
            float(min_score),
            named_right=float((named & right).mean()),
            named_wrong=float((named & ~right).mean()),
            unnamed=float((~named & ~none).mean()),
            nothing_right=float((~named & none).mean()),
        )

    def summary(self) -> str:
        """One line for people."""
        nothing = f", {self.nothing_right:.1%} rightly none" if self.nothing_right else ""
        return (
            f"recognising from a score of {self.min_score:g} on: {self.named_right:.1%} named right"
            f", {self.named_wrong:.1%} wrong, {self.unnamed:.1%} not named{nothing}"
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)
