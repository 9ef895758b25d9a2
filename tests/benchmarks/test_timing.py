"""In turn, warm, and again where other processes disturbed."""

import numpy as np

from benchmarks import timing


def test_every_call_gets_every_input_after_the_warm_up():
    seen = {"a": [], "b": []}
    calls = {name: values.append for name, values in seen.items()}
    seconds, answers, _ = timing.interleaved(calls, list(range(25)), batch=10, patience=0)
    for name, values in seen.items():
        assert values == [*range(timing.WARM_UP), *range(25)]
        assert len(answers[name]) == 25
        assert len(seconds[name]) <= 25


def test_in_turn_or_one_call_after_the_other():
    order = []
    calls = {name: lambda value, name=name: order.append(name) for name in "ab"}
    timing.interleaved(calls, [1, 2], batch=2, patience=0)
    timing.interleaved(calls, [1, 2], batch=2, patience=0, by_call=True)
    assert "".join(order) == "abab" + "abab" + "abab" + "aabb"


def test_what_others_disturbed_is_measured_again(monkeypatch):
    loads = iter([0, 0.5, 0, 0.0, 0, 0.0])
    monkeypatch.setattr(timing.Quiet, "disturbance", lambda self: next(loads))
    counted = []
    seconds, answers, undisturbed = timing.interleaved(
        {"a": counted.append}, [1, 2, 3, 4], batch=2, patience=60
    )
    assert counted == [1, 2, 3, 4, 1, 2, 3, 4, 1, 2]
    assert len(seconds["a"]) == len(answers["a"]) == 4
    assert undisturbed == 1


def test_where_it_is_never_quiet_disturbed_times_count_and_are_told(monkeypatch):
    monkeypatch.setattr(timing.Quiet, "disturbance", lambda self: 1.0)
    seconds, _, undisturbed = timing.interleaved({"a": abs}, [1, 2, 3], patience=0)
    assert len(seconds["a"]) == 3
    assert undisturbed == 0


def test_percentiles():
    assert timing.p50_p99(np.arange(101)) == (50, 99)
    assert timing.quartiles([0.001, 0.002, 0.003]) == {
        "median_ms": 2.0,
        "q1_ms": 1.5,
        "q3_ms": 2.5,
    }
