from dataclasses import replace

import numpy as np
import pytest

import handpose as hp
from handpose.datasets import Dataset
from handpose.evaluation import Evaluation
from handpose.evaluation.thresholds import (
    ABOVE_CHANCE,
    LOWEST,
    NAMED,
    UNMEASURED,
    choose_min_score,
    score_above_nothing,
    try_out,
)
from handpose.models.whole import nothing_odds, whole_odds
from tests.motions import examples, without

TEN = [str(i) for i in range(10)]


def held_out(scores, *, right=True, labels=TEN):
    """Hands whose first label is as probable as `scores` say."""
    scores = np.asarray(scores, float)
    rest = (1 - scores) / (len(labels) - 1)
    probabilities = np.tile(rest[:, None], (1, len(labels)))
    probabilities[:, 0] = scores
    truth = np.where(np.broadcast_to(right, len(scores)), labels[0], labels[1])
    return Evaluation(
        truth=truth,
        predicted=np.full(len(scores), labels[0]),
        detected=np.ones(len(scores), bool),
        groups=np.full(len(scores), ""),
        labels=list(labels),
        probabilities=probabilities,
    )


def test_most_of_what_is_right_is_still_named():
    scores = np.linspace(0.4, 1, 400)
    chosen = choose_min_score(held_out(scores))
    assert 0.95 <= np.mean(scores >= chosen) < 0.97


def test_it_is_never_above_the_usual_one():
    assert choose_min_score(held_out(np.full(100, 0.99))) == 0.8


@pytest.mark.parametrize(("n", "lowest"), [(2, 0.75), (3, 0.5), (5, LOWEST), (36, LOWEST)])
def test_something_is_always_rejected(n, lowest):
    labels = [str(i) for i in range(n)]
    unsure = held_out(np.full(100, 1 / n + 0.01), labels=labels)
    assert choose_min_score(unsure) == pytest.approx(lowest) == max(LOWEST, ABOVE_CHANCE / n)


def test_wrong_hands_do_not_count():
    scores = np.concatenate([np.full(100, 0.7), np.full(300, 0.35)])
    assert choose_min_score(held_out(scores, right=np.arange(400) < 100)) == 0.7
    assert choose_min_score(held_out(scores, right=False)) == LOWEST


def test_hands_of_no_gesture_do_not_count():
    labels = ["nothing", *TEN]
    assert choose_min_score(held_out(np.full(100, 0.9), labels=labels)) == LOWEST


def of_nothing(scores):
    """What shows nothing and is "a" by so much."""
    found = held_out(scores, labels=["a", "b", "nothing"])
    return replace(found, truth=np.full(len(scores), "nothing"))


def test_hardly_any_motion_is_named_where_there_is_none():
    scores = np.linspace(0, 0.6, 1001)
    chosen = score_above_nothing(of_nothing(scores))
    assert chosen == 0.6
    assert np.mean(scores >= chosen) <= NAMED < np.mean(scores >= chosen - 0.01)
    assert score_above_nothing(of_nothing(np.full(200, 0.95))) == 0.8
    assert score_above_nothing(of_nothing(np.full(99, 0.95))) == 0
    assert score_above_nothing(held_out(np.full(200, 0.95))) == 0


@pytest.mark.parametrize("names_nothing", [True, False])
def test_a_model_of_motions_names_from_there_on(names_nothing):
    X, y = examples(0, n=20)
    data = hp.Dataset(X, y, [f"person {i // 4}" for i in range(len(y))])
    model = hp.make_model("knn", features="motion", names_nothing=names_nothing)
    trial = try_out(model, data, taught=hp.with_nothing(data, model))
    assert trial.windows is not None
    assert trial.min_score == max(
        choose_min_score(trial.windows), score_above_nothing(trial.windows)
    )
    assert trial.min_score > choose_min_score(trial.windows)


def test_a_few_hands_cannot_show_a_high_threshold():
    assert choose_min_score(held_out(np.full(18, 0.9))) == UNMEASURED
    assert choose_min_score(held_out(np.full(18, 0.4))) == pytest.approx(0.4)
    assert choose_min_score(held_out(np.full(19, 0.9))) == 0.8


@pytest.fixture(scope="module")
def three(people):
    """Three gestures of fifty people."""
    return people[np.isin(people.y, ["0", "5", "7"])]


def test_people_are_held_out_where_there_are_several(three):
    trial = try_out(hp.make_model("knn"), three)
    assert trial.people
    assert trial.obstacle == ""
    assert trial.evaluation.cv == 5
    assert trial.evaluation.min_score == trial.evaluation.naming.min_score == trial.min_score


def test_two_people_are_two_folds(three):
    two = Dataset(three.X, three.y, np.arange(len(three)) // 15 % 2)
    trial = try_out(hp.make_model("knn"), two)
    assert trial.people
    assert trial.evaluation.cv == 2


@pytest.mark.parametrize(
    ("subjects", "obstacle"),
    [
        (lambda data: None, "name no subjects"),
        (lambda data: ["me"] * len(data), "all pictures show one person"),
        (lambda data: data.y, "needs 2, one to train on and one to test on"),
    ],
)
def test_photos_are_held_out_where_people_cannot_be(three, subjects, obstacle):
    some = three[:60]
    trial = try_out(hp.make_model("knn"), Dataset(some.X, some.y, subjects(some)))
    assert not trial.people
    assert obstacle in trial.obstacle
    assert len(trial.evaluation.truth) == 60
    assert trial.min_score > LOWEST


def test_a_label_with_one_photo_is_not_held_out(three):
    rows = np.flatnonzero(three.y == "7")[1:]
    few = three[np.delete(np.arange(len(three)), rows)]
    trial = try_out(hp.make_model("knn"), Dataset(few.X, few.y))
    assert set(trial.evaluation.truth.tolist()) == {"0", "5"}


def test_one_photo_of_each_cannot_be_held_out(three):
    first = [int(np.flatnonzero(three.y == label)[0]) for label in ("0", "5", "7")]
    one = three[first]
    trial = try_out(hp.make_model("knn"), Dataset(one.X, one.y))
    assert trial.evaluation is None
    assert trial.min_score == UNMEASURED


def test_a_rate_of_false_accepts_chooses_the_threshold(people):
    trial = try_out(hp.make_model("knn", augmentation=None), people, 0.01)
    foreign = trial.open_set.foreign
    assert trial.people
    assert (foreign.scores >= trial.min_score).mean() <= 0.01
    assert trial.evaluation.min_score == trial.min_score
    assert "foreign hands are named (1.00% asked for" in trial.open_set.promise(0.01)


def test_without_a_rate_no_gesture_is_left_out(people):
    assert try_out(hp.make_model("knn", augmentation=None), people).open_set is None


def test_a_rate_that_so_few_hands_cannot_show_is_said(people):
    trial = try_out(hp.make_model("knn", augmentation=None), people[:200], 0.001)
    assert "the true rate may be up to" in trial.open_set.promise(0.001)


@pytest.mark.parametrize("names_nothing", [True, False])
def test_whole_takes_are_measured_as_a_model_that_knows_of_them_names_them(names_nothing):
    X, y = examples(0, n=20)
    data = hp.Dataset(X, y, ["anna" if i % 8 < 4 else "ben" for i in range(len(y))])
    model = hp.make_model("logistic", features="motion", names_nothing=names_nothing)
    taught = hp.with_nothing(data, model)
    measured = try_out(model, data, taught=taught).evaluation
    assert measured is not None
    assert measured.truth.tolist() == data.y.tolist()
    asked, others = data.groups == "ben", taught.groups != "ben"
    model.fit(*taught[others])
    model.whole_odds_ = whole_odds(nothing_odds(taught.y), data.y)
    assert measured.labels == model.classes_.tolist()
    expected = model.predict_proba(data.X[asked])
    np.testing.assert_allclose(measured.probabilities[asked], expected, atol=1e-8)
    assert measured.predicted[asked].tolist() == model.predict(data.X[asked]).tolist()
    window = model.window_scores(data.X[asked])
    gestures = model.classes_ != "no_gesture"
    np.testing.assert_allclose(measured.scores[asked][:, gestures], window[:, gestures], atol=1e-8)


def test_takes_without_a_hand_do_not_change_how_often_nothing_is_expected():
    """The model is not told of them either."""
    X, y = examples(0, n=20)
    y = np.where(y == "rest", "no_gesture", y)
    people = ["anna" if i % 8 < 4 else "ben" for i in range(len(y))]
    empty = [without(X[0], range(len(X[0])))] * 40
    data = hp.Dataset(X, y, people)
    more = hp.Dataset([*X, *empty], [*y, *["no_gesture"] * 40], [*people, *["anna", "ben"] * 20])
    model = hp.make_model("logistic", features="motion")
    n, taught = len(data), hp.with_nothing(data, model)
    windows = taught[n:]
    one = try_out(model, data, taught=taught).evaluation
    other = try_out(model, more, taught=hp.Dataset.concat([more, windows])).evaluation
    odds = [
        found.probabilities[:n, 0] / found.probabilities[:n, found.labels.index("no_gesture")]
        for found in (one, other)
    ]
    np.testing.assert_allclose(*odds, rtol=1e-6)


def test_the_threshold_does_not_depend_on_whether_nothing_is_named():
    X, y = examples(0, n=20)
    for groups in (["anna"] * len(y), [f"person {i // 4}" for i in range(len(y))]):
        data = hp.Dataset(X, y, groups)
        models = (
            hp.make_model("logistic", features="motion", names_nothing=names_nothing)
            for names_nothing in (True, False)
        )
        one, other = (try_out(m, data, taught=hp.with_nothing(data, m)) for m in models)
        assert one.min_score == other.min_score
        assert one.nothing_named == other.nothing_named


def test_few_windows_without_a_whole_motion_are_named():
    X, y = examples(0, n=20)
    data = hp.Dataset(X, y, [f"person {i // 4}" for i in range(len(y))])
    model = hp.make_model("knn", features="motion")
    trial = try_out(model, data, taught=hp.with_nothing(data, model))
    nothing = trial.windows.truth == "no_gesture"
    best = trial.windows.probabilities[nothing]
    gestures = np.array(trial.windows.labels) != "no_gesture"
    named = (best[:, gestures].max(1) >= trial.min_score) & (best.argmax(1) != gestures.argmin())
    assert trial.nothing_named == pytest.approx(named.mean())
    assert 0 < trial.nothing_named < 0.05
    assert try_out(model, data).nothing_named is None


@pytest.mark.parametrize(
    "groups", [["anna"] * 40, ["anna", ""] * 20, ["anna", "ben"] * 20], ids=["one", "some", "two"]
)
def test_pieces_of_takes_are_asked_about_where_people_keep_them_apart(groups):
    """Of two people, each shows labels that the other does not."""
    X, y = examples(0, n=10)
    data = hp.Dataset(X, y, groups)
    model = hp.make_model("knn", features="motion")
    trial = try_out(model, data, taught=hp.with_nothing(data, model))
    assert trial.windows is None
    assert len(trial.evaluation.truth) == len(data)
