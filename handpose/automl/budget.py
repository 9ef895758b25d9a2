"""The time budget of a search, and the clock that measures it."""

from __future__ import annotations

import re
from time import monotonic

from handpose.automl.errors import SearchError

SMALLEST = 2.0
"""Shortest budget in seconds."""
LARGEST = 30 * 24 * 3600.0
"""Longest budget in seconds; beyond it, a typing error is more likely."""

_SECONDS = {"": 1, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_FORM = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*")


def parse_budget(budget: str | float) -> float:
    """Seconds of a budget.

    Parameters
    ----------
    budget : str or float
        ``"90s"``, ``"5min"``, ``"1.5h"``; a number is seconds.

    Raises
    ------
    SearchError
        If it is not a duration, or not from `SMALLEST` to `LARGEST`.

    Examples
    --------
    >>> parse_budget("5min")
    300.0
    """
    found = _FORM.fullmatch(str(budget).lower())
    if not found or found[2] not in _SECONDS:
        raise SearchError(f"invalid budget {budget!r}: use e.g. 90s, 5min, 1h")
    seconds = float(found[1]) * _SECONDS[found[2]]
    if seconds < SMALLEST:
        raise SearchError(f"budget {budget!r} is too short: use at least {SMALLEST:.0f}s")
    if seconds > LARGEST:
        raise SearchError(f"budget {budget!r} is too long: use at most {LARGEST / 3600:.0f}h")
    return seconds


class Clock:
    """Measures the time since it was created.

    Parameters
    ----------
    seconds : float
        The budget.
    """

    def __init__(self, seconds: float):
        self.seconds = seconds
        self._start = monotonic()

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return monotonic() - self._start

    @property
    def left(self) -> float:
        """Seconds until the budget is used up; negative afterwards."""
        return self.seconds - self.spent
