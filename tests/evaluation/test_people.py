"""Same person or not: pairs, sessions, the equal error rate and its interval."""

import numpy as np
import pytest
from scipy.stats import norm

from handpose.errors import DatasetError
from handpose.evaluation import evaluate_people


def crowd(n_people, n_samples, between, seed=0, d=1):
    """Samples that scatter by 1 around people who scatter by `between`."""
    rng = np.random.default_rng(seed)
    people = rng.normal(0, between, (n_people, 1, d))
    samples = people + rng.normal(0, 1, (n_people, n_samples, d))
    return samples.reshape(-1, d), np.repeat(np.arange(n_people), n_samples).astype(str)


def test_pairs_are_all_pairs():
    found = evaluate_people(*crowd(5, 3, 1.0))
    assert (len(found.same), len(found.other)) == (5 * 3, 15 * 14 // 2 - 15)
    assert found.n_people == 5
    assert not found.across_sessions


def test_the_error_is_that_of_the_model():
    """Distances in one dimension are half-normal: of scale sqrt 2, and sqrt(2 + 2 b**2)."""
    b = 3.0
    found = evaluate_people(*crowd(150, 3, b))
    limits = np.linspace(0, 5, 5001)
    misses = 2 * norm.sf(limits / np.sqrt(2))
    accepts = 1 - 2 * norm.sf(limits / np.sqrt(2 + 2 * b**2))
    expected = misses[np.abs(misses - accepts).argmin()]
    assert found.equal_error_rate == pytest.approx(expected, abs=0.04)
    low, high = found.interval()
    assert low < expected < high
    assert high - low < 0.1


def test_people_who_are_alike_cannot_be_told_apart():
    found = evaluate_people(*crowd(100, 4, 0.0))
    assert found.equal_error_rate == pytest.approx(0.5, abs=0.05)
    assert found.auroc == pytest.approx(0.5, abs=0.05)


def test_people_who_are_far_apart_are_told_apart():
    X, groups = crowd(30, 3, 0.0)
    X = X / 100 + groups.astype(float)[:, None]
    found = evaluate_people(X, groups)
    assert (found.equal_error_rate, found.auroc, found.false_rejects(0.01)) == (0, 1, 0)
    assert found.interval() == (0, 0)


def test_the_order_of_rows_and_the_names_do_not_matter():
    X, groups = crowd(20, 3, 1.0, d=3)
    order = np.random.default_rng(1).permutation(len(X))
    renamed = np.char.add("person ", groups)
    found = evaluate_people(X, groups)
    assert evaluate_people(X[order], renamed[order]).equal_error_rate == pytest.approx(
        found.equal_error_rate
    )
    assert found.auroc == pytest.approx(
        1
        - np.mean(
            [
                (found.other < apart).mean() + (found.other == apart).mean() / 2
                for apart in found.same
            ]
        )
    )


def test_with_sessions_no_pair_is_of_one_session():
    X, groups = crowd(10, 4, 1.0)
    sessions = np.tile(["monday", "monday", "tuesday", "tuesday"], 10)
    found = evaluate_people(X, groups, sessions)
    assert len(found.same) == 10 * 4
    assert found.across_sessions
    assert "worthless" not in found.summary()


def test_what_a_session_adds_is_not_taken_for_the_person():
    """A shift of each session makes one session easy, and is of no use across them."""
    X, groups = crowd(100, 4, 0.0)
    sessions = np.char.add(groups, np.tile(["a", "a", "b", "b"], 100))
    shift = dict(zip(np.unique(sessions), np.random.default_rng(5).normal(0, 20, 200), strict=True))
    X = X + np.array([shift[session] for session in sessions])[:, None]
    within = evaluate_people(X, sessions)
    across = evaluate_people(X, groups, sessions)
    assert within.equal_error_rate < 0.15
    assert across.equal_error_rate > 0.4
    assert "worthless for a door" in within.summary()


def test_rows_without_a_hand_are_left_out():
    X, groups = crowd(5, 3, 1.0)
    X[0] = np.nan
    assert len(evaluate_people(X, groups).same) == 4 * 3 + 1


@pytest.mark.parametrize(
    ("groups", "sessions"),
    [(["a", "b", "c"], None), (["a", "a", "a"], None), (["a", "a", "b"], ["1", "1", "2"])],
)
def test_without_pairs_there_is_nothing_to_say(groups, sessions):
    with pytest.raises(DatasetError, match="needed"):
        evaluate_people([[0.0], [1.0], [2.0]], groups, sessions)


def test_shapes_are_checked():
    with pytest.raises(DatasetError, match="shape"):
        evaluate_people([[0.0], [1.0]], ["a"])
    with pytest.raises(DatasetError, match="sessions"):
        evaluate_people([[0.0], [1.0]], ["a", "a"], ["1"])
