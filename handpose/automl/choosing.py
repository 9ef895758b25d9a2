"""Whether one candidate is significantly better than another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def clearly_better(
    wrong: Sequence[int], other_wrong: Sequence[int], groups: NDArray[np.str_]
) -> bool:
    """Whether a candidate's lead over another is more than one standard error.

    The best of many equally good candidates is partly lucky (the one-standard-error rule:
    Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984, section 3.4.3).
    Here the standard error is that of the difference on the same hands, with people as units,
    since hands of one person resemble each other.

    Parameters
    ----------
    wrong, other_wrong : sequence of int
        Rows that each classified wrongly, out of the same rows.
    groups : ndarray of str, shape (n,)
        Whose hand each row is.
    """
    lead = np.zeros(len(groups))
    lead[list(other_wrong)] += 1
    lead[list(wrong)] -= 1
    _, people = np.unique(groups, return_inverse=True)
    leads = np.bincount(people, weights=lead)
    return bool(leads.sum() > np.sqrt((leads**2).sum()))
