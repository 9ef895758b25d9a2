import time

import pytest

import handpose as hp
from handpose.automl.budget import Clock, parse_budget


@pytest.mark.parametrize(
    ("budget", "seconds"),
    [
        ("90s", 90),
        ("5min", 300),
        ("1.5h", 5400),
        ("2 m", 120),
        ("10", 10),
        (7.5, 7.5),
        ("3 MIN", 180),
    ],
)
def test_a_budget_is_a_time(budget, seconds):
    assert parse_budget(budget) == seconds


@pytest.mark.parametrize("budget", ["5 apples", "", "min", "-3s", "1h30", None, "nan", "1e3s"])
def test_what_is_no_time_is_refused(budget):
    with pytest.raises(hp.HandposeError, match=r"invalid budget .*: use e\.g\. 90s, 5min, 1h"):
        parse_budget(budget)


@pytest.mark.parametrize("budget", ["0s", "1s", 0.5])
def test_what_is_too_short_is_refused(budget):
    with pytest.raises(hp.HandposeError, match=r"is too short: use at least 2s"):
        parse_budget(budget)


@pytest.mark.parametrize("budget", ["721h", "9" * 400, 1e15])
def test_what_nobody_can_mean_is_refused(budget):
    with pytest.raises(hp.HandposeError, match=r"is too long: use at most 720h|invalid budget"):
        parse_budget(budget)


def test_a_clock_runs():
    clock = Clock(10)
    time.sleep(0.02)
    assert 0.02 <= clock.spent < 5
    assert clock.spent + clock.left == pytest.approx(10, abs=0.01)
