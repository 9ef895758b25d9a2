import json

import numpy as np
import pytest

import handpose as hp
from handpose.datasets import Dataset
from handpose.errors import DatasetError
from handpose.evaluation.accepting import Hands
from handpose.evaluation.open_set import best_gestures, gesture_parts
from handpose.evaluation.open_set_results import LEFT_OUT, NOTHING, RATES, OpenSetEvaluation


def model(**options):
    return hp.make_model("knn", augmentation=None, **options)


def _flat(parts):
    return [label for part in parts for label in part]


@pytest.fixture(scope="module")
def measured(people):
    return hp.evaluate_open_set(model(), people, cv=2)


def test_each_gesture_is_left_out_and_each_hand_is_asked_about_once(measured, people):
    found = people[people.detected]
    assert sorted(_flat(measured.left_out)) == found.label_names
    assert len(measured.foreign) == len(found)
    assert len(measured.known) == (len(measured.left_out) - 1) * len(found)
    assert set(measured.foreign.kinds) == {LEFT_OUT}


def test_neither_the_gesture_nor_the_person_was_trained_on(people, monkeypatch):
    fitted = []
    fit = hp.GestureModel.fit

    def spy(self, X, y, groups=None):
        fitted.append((set(np.asarray(y)), set(groups)))
        return fit(self, X, y, groups)

    monkeypatch.setattr(hp.GestureModel, "fit", spy)
    result = hp.evaluate_open_set(model(), people, gesture_folds=2, cv=2)
    assert len(fitted) == 4
    for known, whose in fitted:
        assert sorted(set(people.y) - known) in result.left_out
        assert whose < set(people.groups)


def test_a_foreign_gesture_is_never_named_right(measured):
    assert (measured.foreign.truth != measured.foreign.named).all()
    known = measured.known
    np.testing.assert_array_equal(known.counted, known.truth == known.named)


def test_knowing_the_neighbours_refuses_more_than_scores_alone(measured, people):
    alone = hp.evaluate_open_set(model(none=None), people, cv=2)
    assert measured.auroc > alone.auroc + 0.05
    assert measured.true_accepts(0.01) > alone.true_accepts(0.01) + 0.2


def test_true_accepts_fall_with_the_rate(measured):
    shares = [measured.true_accepts(rate) for rate in RATES]
    assert shares == sorted(shares, reverse=True)
    for rate in RATES:
        limit = measured.threshold(rate)
        assert (measured.foreign.scores >= limit).mean() <= rate
        low, high = measured.interval(rate)
        assert 0 <= low <= high <= 1
        assert sum(count for _, _, count in measured.mistaken(rate)) <= rate * len(measured.foreign)


def test_words_and_json(measured):
    assert LEFT_OUT in measured.summary()
    assert "false accepts" in measured.summary()
    document = json.loads(json.dumps(measured.to_dict()))
    assert document["kinds"][LEFT_OUT]["true_accepts"][1]["false_accepts"] == 0.01
    assert json.loads(json.dumps(measured.for_card()))["true_accepts"]


def test_other_data_is_foreign_and_known_labels_of_it_are_not(people, strangers):
    renamed = Dataset(
        strangers.X,
        np.where(strangers.y == "5", "five", strangers.y),
        strangers.groups,
        name="others",
    )
    result = hp.evaluate_open_set(model(), people, foreign=renamed, gesture_folds=2, cv=2)
    others = result.of_kind("others")
    assert set(others.foreign.truth) == {"five"}
    assert len(others.known) == int(people.detected.sum())


def test_hands_of_no_gesture_are_taught_and_foreign(people):
    labels = np.where(people.y == "9", "no_gesture", people.y)
    result = hp.evaluate_open_set(
        model(), people.X, labels, groups=people.groups, gesture_folds=2, cv=2
    )
    assert "no_gesture" not in _flat(result.left_out)
    nothing = result.of_kind(NOTHING)
    assert set(nothing.foreign.truth) == {"no_gesture"}
    assert not np.isin(result.foreign.named, ["no_gesture"]).any()
    assert nothing.auroc > 0.9


def test_two_gestures_are_too_few(people):
    with pytest.raises(DatasetError, match="three gestures or more, but got 2"):
        hp.evaluate_open_set(model(), people.select(labels=["1", "2"]))


@pytest.mark.parametrize("n", [3, 4, 5, 18])
@pytest.mark.parametrize("folds", [2, 5, 30])
def test_two_gestures_are_always_left(n, folds):
    labels = np.array([f"g{i}" for i in range(n)])
    parts = gesture_parts(np.append(labels, "no_gesture"), folds, 0)
    assert sorted(_flat(parts)) == sorted(labels)
    assert max(map(len, parts)) <= n - 2


def test_any_estimator_can_be_asked(people):
    fitted = model(none=None).fit(*people)
    scores, names = best_gestures(fitted, people.X[people.detected])
    assert (names == people.y[people.detected]).mean() > 0.99
    assert scores.shape == names.shape


def test_a_plot(measured, tmp_path):
    pytest.importorskip("matplotlib")
    measured.plot(tmp_path / "det.png")
    assert (tmp_path / "det.png").stat().st_size > 1000


@pytest.mark.parametrize(("wrong", "words"), [(1.5, "between 0 and 1"), (-0.1, "between 0 and 1")])
def test_a_rate_that_is_none(measured, wrong, words):
    with pytest.raises(ValueError, match=words):
        measured.threshold(wrong)
    with pytest.raises(ValueError, match="over must be"):
        measured.interval(0.1, "hands")


def test_hands_are_put_together():
    n = 3
    text = np.array(["a"] * n)
    one = Hands(np.arange(n) / n, np.ones(n, bool), text, text, text, text)
    both = Hands.concat([one, one[one.scores > 0]])
    assert len(both) == 5
    assert OpenSetEvaluation(one, both).kinds == ["a"]
