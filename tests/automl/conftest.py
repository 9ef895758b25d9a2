from functools import partialmethod

import numpy as np
import pytest

from handpose.automl.racing import Racing


@pytest.fixture(scope="session")
def few(digits):
    """Four labels of 40 people: enough to search on in seconds."""
    names = sorted(set(digits.subjects.tolist()))[:40]
    rows = np.isin(digits.subjects, names) & np.isin(digits.labels, list("0125"))
    return digits[rows & digits.hands.detected]


@pytest.fixture
def few_trials(monkeypatch):
    """End each race after three trials, long before its time is up."""
    monkeypatch.setattr(Racing, "run", partialmethod(Racing.run, most=3))
