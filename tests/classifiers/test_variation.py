"""What varies from sample to sample counts less."""

import numpy as np
import pytest

from handpose.classifiers import Logistic
from handpose.classifiers.personal import Personal
from handpose.classifiers.variation import shortened, varying_axes


def samples(rng, n):
    """Two classes that differ in the first feature, while the second varies ten times as much."""
    codes = np.arange(n) % 2
    rows = rng.normal(0, 0.3, (n, 6))
    rows[:, 0] += codes
    rows[:, 1] = rng.normal(0, 3.0, n)
    return rows.astype(np.float32), codes


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def varies():
    """Of other people: along the second feature, by its deviation."""
    return np.array([[0, 3.0, 0, 0, 0, 0]], np.float32)


def test_axes_are_of_length_one_and_at_right_angles(rng, varies):
    axes, shares = varying_axes(*samples(rng, 12), varies)
    assert np.allclose(axes @ axes.T, np.eye(len(axes)), atol=1e-5)
    assert ((shares >= 0) & (shares < 1)).all()
    assert abs(axes[shares.argmax(), 1]) > 0.99


def test_what_varies_is_shortened_and_the_rest_is_not(varies):
    rows, codes = np.eye(6, dtype=np.float32), np.arange(6)
    short = shortened(rows, *varying_axes(rows, codes, varies))
    assert short[1, 1] < 0.4
    assert np.allclose(np.delete(short, 1, 0), np.delete(rows, 1, 0))


def test_where_nothing_is_known_to_vary_nothing_is_shortened():
    rows, codes = np.eye(6, dtype=np.float32), np.arange(6)  # one sample of each
    axes, shares = varying_axes(rows, codes, None)
    assert axes.shape == (0, 6)
    assert np.array_equal(shortened(rows, axes, shares), rows)
    same = np.random.default_rng(0).normal(0, 1, (5, 200)).astype(np.float32)
    assert len(varying_axes(np.repeat(same, 3, axis=0), np.repeat(np.arange(5), 3), None)[0]) == 0


@pytest.mark.parametrize("others", [True, False])
def test_a_person_s_samples_are_told_apart_by_what_does_not_vary(rng, varies, others):
    """From other people, or from the person's own samples."""
    base = Logistic().fit(*samples(rng, 40))
    rows, codes = samples(rng, 6 if others else 20)
    asked, truth = samples(rng, 400)
    mine = Personal.around(base, far=1e5).fit(rows, codes, varies if others else None)
    near = ((asked[:, None] - rows[None]) ** 2).sum(2).argmin(1)
    plain = (codes[near] == truth).mean()
    assert (mine.predict(asked) == truth).mean() > plain + 0.1


def test_samples_are_near_if_the_classifier_says_the_same_of_both():
    """The second sample is nearer, but lies on the other side of what the classifier knows."""
    side = np.repeat([-1.0, 1.0], 20)[:, None]
    base = Logistic(C=100).fit(np.hstack([side, 0 * side]) * 0.2, side.ravel() > 0)
    rows = np.array([[-0.2, 1.0], [0.2, -1.0]], np.float32)
    mine = Personal.around(base, far=1e5).fit(rows, ["a", "b"])
    asked = np.array([[-0.2, -0.1], [0.2, 0.1]], np.float32)
    assert np.square(asked[:, None] - rows).sum(2).argmin(1).tolist() == [1, 0]
    assert mine.predict(asked).tolist() == ["a", "b"]
