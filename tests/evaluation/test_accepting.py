import numpy as np
import pytest

from handpose.evaluation.accepting import (
    Hands,
    accepts_interval,
    auroc,
    careful_threshold,
    equal_error_rate,
    error_tradeoff,
    highest_rate,
    promised_rate,
    rates_of_new_gestures,
    threshold_for,
    true_accepts,
)


def hands(scores, *, right=True, groups="", truth="a", named="a", kind="k"):
    scores = np.asarray(scores, float)
    n = len(scores)
    texts = [np.broadcast_to(np.asarray(v, dtype=str), n) for v in (groups, truth, named, kind)]
    return Hands(scores, np.broadcast_to(right, n).copy(), *texts)


KNOWN = hands([0.9, 0.8, 0.7, 0.6])
FOREIGN = hands([0.75, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.04, 0.03, 0.02])


@pytest.mark.parametrize(("rate", "accepted"), [(0, 0), (0.05, 0), (0.1, 1), (0.35, 3), (1, 10)])
def test_a_threshold_lets_no_more_in_than_allowed(rate, accepted):
    limit = threshold_for(rate, FOREIGN.scores)
    assert (FOREIGN.scores >= limit).sum() == accepted


def test_a_gesture_does_not_choose_its_own_threshold():
    foreign = Hands.concat([hands([0.9, 0.8], truth="near"), hands([0.1, 0.2], truth="far")])
    assert rates_of_new_gestures(0.0, foreign) == {"near": 1.0, "far": 0.0}
    assert rates_of_new_gestures(0.1, FOREIGN) == {}


def test_a_careful_threshold_is_never_below_the_simple_one():
    rng = np.random.default_rng(0)
    shown = np.repeat([f"g{i}" for i in range(6)], 40)
    foreign = hands(rng.normal(0, 1, 240) + np.repeat(rng.normal(0, 1, 6), 40), truth=shown)
    for rate in (0.3, 0.1, 0.01):
        limit = careful_threshold(rate, foreign)
        assert limit >= threshold_for(rate, foreign.scores)
    alike = hands(rng.normal(0, 1, 240), truth=np.tile([f"g{i}" for i in range(6)], 40))
    assert careful_threshold(0.2, alike) < np.quantile(alike.scores, 0.95)


def test_a_new_gesture_counts_as_always_named():
    foreign = Hands.concat([hands([0.9, 0.1], truth="near"), hands([0.1, 0.2], truth="far")])
    assert promised_rate(0.5, foreign) == pytest.approx((0.5 + 0 + 1) / 3)
    assert promised_rate(1.0, foreign) == pytest.approx(1 / 3)


def test_a_promised_rate_holds_for_gestures_that_did_not_choose_it():
    """On average, whatever the scores: here most gestures are never named and a few always."""
    rng = np.random.default_rng(0)
    kept = []
    for _ in range(200):
        centres = np.repeat(rng.exponential(1.0, 12), 10)
        scores = centres + 0.1 * rng.standard_normal(120)
        shown = np.repeat([f"g{i:02}" for i in range(12)], 10)
        limit = threshold_for(0.05, scores[:110])
        promised = promised_rate(limit, hands(scores[:110], truth=shown[:110]))
        kept.append(promised - (scores[110:] >= limit).mean())
    assert np.mean(kept) >= 0


def test_equal_scores_are_refused_together():
    limit = threshold_for(0.5, np.array([0.9, 0.9, 0.9, 0.1]))
    assert (np.array([0.9, 0.1]) >= limit).sum() == 0


@pytest.mark.parametrize(("rate", "share"), [(0.0, 0.5), (0.1, 1.0), (1.0, 1.0)])
def test_true_accepts_at_a_rate(rate, share):
    assert true_accepts(rate, KNOWN, FOREIGN) == share


def test_a_wrong_name_is_no_true_accept():
    some = hands(KNOWN.scores, right=[True, False, True, True])
    assert true_accepts(0.0, some, FOREIGN) == 0.25


def test_weights_count_like_copies():
    ours, theirs = np.array([3.0, 1, 0, 2]), np.arange(10) % 3.0
    copied = hands(np.repeat(KNOWN.scores, ours.astype(int)))
    others = hands(np.repeat(FOREIGN.scores, theirs.astype(int)))
    for rate in (0.0, 0.2, 0.6):
        weighted = true_accepts(rate, KNOWN, FOREIGN, (ours, theirs))
        assert weighted == pytest.approx(true_accepts(rate, copied, others))


def test_areas_and_equal_errors():
    assert auroc(np.array([2.0, 3.0]), np.array([0.0, 1.0])) == 1
    assert auroc(np.array([1.0, 1.0]), np.array([1.0])) == 0.5
    assert np.isnan(auroc(np.empty(0), np.ones(2)))
    assert equal_error_rate(hands([2, 3]), hands([0, 1])) == 0
    assert equal_error_rate(hands([0, 1, 2, 3]), hands([0, 1, 2, 3])) == pytest.approx(0.5, abs=0.3)


def test_both_rates_along_the_thresholds():
    limits, accepts, misses = error_tradeoff(KNOWN, FOREIGN)
    assert (np.diff(limits) < 0).all()
    assert (np.diff(accepts) >= 0).all()
    assert (np.diff(misses) <= 0).all()
    assert accepts[-1] == 1
    assert misses[-1] == 0


def test_what_few_hands_cannot_show():
    assert highest_rate(0, 300) == pytest.approx(0.01)
    assert highest_rate(0, 0) == highest_rate(5, 5) == 1
    assert 0.013 < highest_rate(10, 1000) < 0.02


def test_intervals_hold_the_share_and_grow_with_what_is_resampled():
    rng = np.random.default_rng(0)
    people = np.repeat([f"p{i}" for i in range(20)], 20)
    known = hands(rng.normal(3, 1, 400), groups=people)
    shown = np.repeat([f"g{i}" for i in range(8)], 50)
    shift = np.repeat(rng.normal(0, 1, 8), 50)
    foreign = hands(rng.normal(0, 1, 400) + shift, groups=people, truth=shown)
    share = true_accepts(0.05, known, foreign)
    by_people = accepts_interval(0.05, known, foreign, gestures=False)
    by_gestures = accepts_interval(0.05, known, foreign, people=False)
    for low, high in (by_people, by_gestures):
        assert low <= share <= high
    assert np.diff(by_gestures) > np.diff(by_people)
    assert accepts_interval(0.05, known, foreign, gestures=False) == by_people


def test_one_gesture_has_no_interval_over_gestures():
    assert accepts_interval(0.1, KNOWN, FOREIGN) is None
    assert accepts_interval(0.1, KNOWN, FOREIGN, gestures=False) is not None
