"""The One-Euro filter: the published algorithm, for arrays."""

import numpy as np
import pytest

from handpose.temporal import OneEuroFilter


def published(values, times, min_cutoff, beta, d_cutoff):
    """Algorithm 1 of Casiez et al. (2012) for one number at a time, as printed there."""

    def alpha(rate, cutoff):
        tau = 1 / (2 * np.pi * cutoff)
        return 1 / (1 + tau * rate)

    result = [values[0]]
    slope = 0.0
    for previous, now, value in zip(times, times[1:], values[1:], strict=False):
        rate = 1 / (now - previous)
        a = alpha(rate, d_cutoff)
        slope = a * (value - result[-1]) * rate + (1 - a) * slope
        a = alpha(rate, min_cutoff + beta * abs(slope))
        result.append(a * value + (1 - a) * result[-1])
    return np.array(result)


def run(smooth, values, times):
    return np.array([smooth(v, t) for v, t in zip(values, times, strict=True)])


@pytest.fixture
def signal():
    """An uneven clock, and four noisy numbers on it."""
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.uniform(0.01, 0.08, 200))
    return np.sin(times)[:, None] * [1, 2, 5, 0] + rng.normal(0, 0.1, (200, 4)), times


@pytest.mark.parametrize("beta", [0.0, 0.7])
def test_is_the_published_algorithm_for_each_number(signal, beta):
    values, times = signal
    filtered = run(OneEuroFilter(1.2, beta, 0.9), values, times)
    for column in range(values.shape[1]):
        expected = published(values[:, column], times, 1.2, beta, 0.9)
        np.testing.assert_allclose(filtered[:, column], expected, rtol=1e-12)


def test_the_first_value_and_a_constant_pass_unchanged():
    smooth = OneEuroFilter()
    for t in range(5):
        np.testing.assert_array_equal(smooth([3.0, -1.0], t / 30), [3.0, -1.0])


def test_the_same_movement_gives_nearly_the_same_result_at_any_frame_rate():
    ends = []
    for rate in (30, 60, 240):
        times = np.arange(0, 2 + 1e-9, 1 / rate)
        ends.append(run(OneEuroFilter(1.0, 0.5), np.clip(times, 0, 1), times)[rate])
    np.testing.assert_allclose(ends, ends[-1], atol=0.04)


@pytest.mark.parametrize("rate", [0.5, 1, 2, 5, 15, 30, 60, 240])
def test_what_moves_lags_by_the_same_time_or_by_less_at_every_rate(rate):
    """The filter knows time and not frames: 70 ms behind at any rate, on any clock, after gaps."""
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.uniform(0.5, 1.5, 60) / rate)
    times[40:] += 2.0
    lag = times - run(OneEuroFilter(1.0, 4.0, 2.0), times, times)
    assert (lag[30:] < 0.07).all()


def test_beta_trades_lag_for_jitter():
    times = np.arange(0, 4, 1 / 30)
    noise = np.random.default_rng(0).normal(0, 0.02, len(times))
    lag, jitter = {}, {}
    for beta in (0.0, 1.0):
        lag[beta] = 3.0 * times[-1] - run(OneEuroFilter(1.0, beta), 3.0 * times, times)[-1]
        jitter[beta] = np.abs(np.diff(run(OneEuroFilter(1.0, beta), noise, times))).mean()
    assert lag[1.0] < lag[0.0] / 3
    assert jitter[0.0] < jitter[1.0] < np.abs(np.diff(noise)).mean() / 2


def test_reset_begins_another_signal():
    smooth = OneEuroFilter()
    smooth(1.0, 5.0)
    smooth.reset()
    assert smooth(9.0, 0.0) == 9.0


@pytest.mark.parametrize("later", [1.0, 0.5])
def test_time_must_grow(later):
    smooth = OneEuroFilter()
    smooth(0.0, 1.0)
    with pytest.raises(ValueError, match="time must grow"):
        smooth(0.0, later)


@pytest.mark.parametrize("bad", [{"min_cutoff": 0}, {"d_cutoff": -1}, {"beta": -0.1}])
def test_bad_parameters_are_refused(bad):
    with pytest.raises(ValueError, match="must be above 0"):
        OneEuroFilter(**bad)
