import numpy as np
import pytest
from scipy.optimize import minimize

from handpose.classifiers.coupling import coupled, voted


def pairs_of(n_classes):
    return np.array(np.triu_indices(n_classes, 1))


@pytest.mark.parametrize("n_classes", [2, 3, 10, 26, 80])
def test_pairs_that_agree_give_the_probabilities_that_they_come_from(n_classes):
    rng = np.random.default_rng(n_classes)
    truth = rng.dirichlet(np.full(n_classes, 0.5), 30) + 1e-5
    truth /= truth.sum(1, keepdims=True)
    first, second = pairs = pairs_of(n_classes)
    odds = np.log(truth[:, first] / truth[:, second])
    np.testing.assert_allclose(np.exp(coupled(odds, pairs)), truth, atol=1e-7)


def test_pairs_that_disagree_are_met_as_well_as_can_be():
    """The definition of Wu, Lin and Weng's second method, minimised by another hand."""
    odds = np.array([[2.0, -1.0, 0.5, 1.5, -0.3, 0.2]])
    first, second = pairs = pairs_of(4)
    r = np.zeros((4, 4))
    r[first, second] = 1 / (1 + np.exp(-odds[0]))
    r[second, first] = 1 - r[first, second]

    def disagreement(p):
        return sum(
            (r[j, i] * p[i] - r[i, j] * p[j]) ** 2 for i in range(4) for j in range(4) if i != j
        )

    sums = {"type": "eq", "fun": lambda p: p.sum() - 1}
    options = {"ftol": 1e-14, "maxiter": 500}
    found = minimize(disagreement, np.full(4, 0.25), constraints=sums, options=options)
    np.testing.assert_allclose(np.exp(coupled(odds, pairs))[0], found.x, atol=1e-4)


@pytest.mark.parametrize("size", [0, 1e-9, 1, 50, 1e6, 1e12])
@pytest.mark.parametrize("n_classes", [2, 3, 26])
def test_whatever_the_pairs_say_these_are_probabilities(n_classes, size):
    pairs = pairs_of(n_classes)
    odds = size * np.random.default_rng(0).normal(size=(200, len(pairs[0])))
    logs = coupled(odds, pairs)
    assert np.isfinite(logs).all()
    np.testing.assert_allclose(np.exp(logs).sum(1), 1)
    circle = size * np.array([[1.0, -1.0, 1.0]])  # each of three beats one and loses to one
    np.testing.assert_allclose(np.exp(coupled(circle, pairs_of(3))), 1 / 3)


def test_one_row_is_coupled_as_among_many():
    pairs = pairs_of(10)
    odds = np.random.default_rng(1).normal(0, 5, (20, 45))
    together = coupled(odds, pairs)
    alone = np.concatenate([coupled(row[None], pairs) for row in odds])
    np.testing.assert_allclose(alone, together, atol=1e-9)


def test_another_order_of_classes_changes_nothing():
    pairs = pairs_of(5)
    order = np.array([3, 0, 4, 1, 2])
    full = np.zeros((1, 5, 5))
    full[:, pairs[0], pairs[1]] = np.random.default_rng(2).normal(0, 3, (1, 10))
    full -= full.transpose(0, 2, 1)
    turned = full[:, order][:, :, order]
    np.testing.assert_allclose(
        coupled(turned[:, pairs[0], pairs[1]], pairs),
        coupled(full[:, pairs[0], pairs[1]], pairs)[:, order],
        atol=1e-9,
    )


def test_votes_are_softened_by_the_temperature():
    margins = np.array([[1.0, 1.0, 1.0]])  # the first beats both others, the second the third
    hard, soft = (voted(margins, pairs_of(3), temperature) for temperature in (1.0, 4.0))
    assert hard.argmax() == 0
    np.testing.assert_allclose(soft, hard / 4)
