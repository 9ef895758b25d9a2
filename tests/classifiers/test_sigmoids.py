import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit

from handpose.classifiers import sigmoids
from handpose.classifiers.sigmoids import PRIOR_SLOPE, HeldOutMargins, fit_sigmoids


def margins_of(rng, n, slope, offset=0.0, n_classes=2):
    """Own margins and classes of samples whose pairs follow sigmoids of that slope and offset."""
    margin = rng.normal(0, 1, n)
    first = rng.uniform(size=n) < 1 / (1 + np.exp(-slope * margin - offset))
    own = np.full((n, n_classes), np.nan)
    codes = np.where(first, 0, 1)
    own[np.arange(n), 1 - codes] = np.where(first, margin, -margin)
    return own, codes


@pytest.mark.parametrize(("slope", "offset"), [(1.0, 0.0), (3.0, 0.5), (8.0, -2.0)])
def test_many_samples_show_the_sigmoid_that_made_them(slope, offset):
    own, codes = margins_of(np.random.default_rng(0), 40_000, slope, offset)
    slopes, offsets = fit_sigmoids(HeldOutMargins(own, codes), 2)
    assert slopes[0] == pytest.approx(slope, rel=0.1)
    assert offsets[0] == pytest.approx(offset, rel=0.15, abs=0.1)


def test_without_samples_the_slope_is_the_expected_one():
    slopes, offsets = fit_sigmoids(None, 4)
    assert slopes.tolist() == [PRIOR_SLOPE] * 6
    assert offsets.tolist() == [0] * 6


def test_a_few_samples_that_are_all_right_make_no_pair_certain():
    own = np.full((6, 3), 5.0)
    codes = np.array([0, 0, 1, 1, 2, 2])
    own[np.arange(6), codes] = np.nan
    slopes, _ = fit_sigmoids(HeldOutMargins(own, codes), 3)
    assert (slopes < 1.1 * PRIOR_SLOPE).all()


def test_a_pair_that_was_seen_little_is_like_the_others():
    rng = np.random.default_rng(1)
    own, codes = margins_of(rng, 5000, 2.0, n_classes=3)
    rare = np.array([[0.4, np.nan, np.nan], [np.nan, np.nan, 0.3]])
    own, codes = np.concatenate([own, rare]), np.append(codes, [2, 0])
    slopes, offsets = fit_sigmoids(HeldOutMargins(own, codes), 3)
    assert slopes == pytest.approx(np.full(3, slopes.mean()), rel=0.1)
    assert abs(offsets[1:]).max() < 0.05


def test_the_steps_find_what_another_minimiser_finds():
    own, codes = margins_of(np.random.default_rng(2), 300, 2.5, 1.0)
    held_out = HeldOutMargins(own, codes)
    common = sigmoids._common_slope(held_out)
    margins = np.where(held_out.known, held_out.margins, 0).sum(1)
    sides = np.where(held_out.codes == 0, 1, -1)

    def surprise(x):
        loss = -log_expit(x[0] * margins + sides * x[1]).sum()
        prior = (
            sigmoids.SLOPE_WEIGHT * (x[0] / common - 1) ** 2 + sigmoids.OFFSET_WEIGHT * x[1] ** 2
        )
        return loss + prior / 2

    best = minimize(surprise, [common, 0.0], options={"gtol": 1e-8}).x
    slopes, offsets = fit_sigmoids(held_out, 2)
    np.testing.assert_allclose([slopes[0], offsets[0]], best, rtol=1e-3)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_margins_of_any_size_give_finite_rising_sigmoids(size):
    rng = np.random.default_rng(3)
    codes = rng.integers(0, 4, 200)
    own = size * rng.normal(0, 1, (200, 4))  # wrong as often as right
    own[np.arange(200), codes] = np.nan
    slopes, offsets = fit_sigmoids(HeldOutMargins(own, codes), 4)
    assert (slopes > 0).all()
    assert np.isfinite(slopes).all()
    assert np.isfinite(offsets).all()


def test_of_very_many_samples_some_are_enough(monkeypatch):
    own, codes = margins_of(np.random.default_rng(4), 20_000, 3.0, 0.5)
    every = fit_sigmoids(HeldOutMargins(own, codes), 2)
    monkeypatch.setattr(sigmoids, "_MOST_NUMBERS", 10_000)
    held_out = HeldOutMargins(own, codes)
    assert len(held_out.codes) == 5000
    np.testing.assert_allclose(fit_sigmoids(held_out, 2), every, atol=0.3)
