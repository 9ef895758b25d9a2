"""Whole motions, which show no gesture less often than the windows that a model learnt from."""

import json

import numpy as np
import pytest

import handpose as hp
from handpose.errors import ModelFileError
from handpose.export.graph import evaluate
from handpose.export.model import described
from handpose.models.whole import nothing_odds, whole_odds, with_odds
from handpose.recognition.motion_finders import chances_of
from tests.crafted_files import members, written
from tests.export.moving import given_motions
from tests.motions import examples

NOTHING = np.array([False, True, False])


def data(seed=0, n=6):
    X, y = examples(seed, n=n)
    return hp.Dataset(X, y, ["anna"] * len(y))


def fitted(takes, **params):
    model = hp.make_model("logistic", features="motion", **params)
    return model.fit(*hp.with_nothing(takes, model))


@pytest.fixture(scope="module")
def taught():
    return hp.learn_phases(fitted(data()), data())


@pytest.mark.parametrize(
    ("takes", "expected"),
    [
        (["a", "b", "b", "b"], 1 / 2),  # as often as one of two
        (["a", "b", "no_gesture", "nothing"], 1),  # as often as among the takes
        (["a", "b", "c", "d", "no_gesture"], 1 / 4),
        (["a"] * 9 + ["b", "no_gesture"], 1 / 2),
    ],
)
def test_no_gesture_is_expected_as_among_takes_or_as_one_gesture(takes, expected):
    assert whole_odds(10.0, np.array(takes)) == pytest.approx(expected / 10)


def test_it_is_never_expected_more_often_than_among_windows():
    assert whole_odds(0.0, np.array(["a", "b"])) == 1
    assert whole_odds(0.1, np.array(["a", "b"])) == 1


def test_odds():
    assert nothing_odds(np.array(["a", "no_gesture", "nothing"])) == 2
    chances = np.array([[0.05, 0.9, 0.05], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]])
    found = with_odds(chances, NOTHING, 1 / 9)
    np.testing.assert_allclose(found, [[0.25, 0.5, 0.25], [0, 1, 0], [0.5, 0, 0.5]])
    np.testing.assert_array_equal(with_odds(chances, NOTHING, 1.0), chances)


def test_what_a_row_lacks_is_no_gesture_too():
    found = with_odds(np.array([[0.05, 0.05]]), np.array([False, False]), 1 / 9)
    np.testing.assert_allclose(found, [[0.25, 0.25]])


def test_whole_motions_are_named_that_windows_are_not(taught):
    takes, nothing = data(1), taught.classes_ == "no_gesture"
    whole, window = taught.gesture_scores(takes.X), taught.window_scores(takes.X)
    assert (whole[:, nothing] < window[:, nothing]).all()
    np.testing.assert_allclose(whole, with_odds(window, nothing, taught.whole_odds_))
    np.testing.assert_allclose(whole, taught.predict_proba(takes.X), atol=1e-9)
    assert taught.name(takes.X).tolist() == taught.classes_[whole.argmax(1)].tolist()
    right = taught.classes_[window.argmax(1)] == takes.y
    assert taught.score(takes.X, takes.y) > right.mean()


def test_windows_are_named_as_before_whole_motions_were_learnt():
    model, takes = fitted(data()), data(1)
    before = model.window_scores(takes.X)
    np.testing.assert_array_equal(before, model.gesture_scores(takes.X))
    hp.learn_phases(model, data())
    assert model.whole_odds_ < 1
    np.testing.assert_array_equal(before, model.window_scores(takes.X))


def test_windows_teach_no_label_that_the_takes_do_not_have():
    model, takes = hp.learn_phases(fitted(data(), names_nothing=False), data()), data(1)
    assert "no_gesture" not in model.classes_
    assert set(model.name(takes.X)) <= set(takes.y.tolist())
    whole, window = model.gesture_scores(takes.X), model.window_scores(takes.X)
    assert (window.sum(1) < whole.sum(1)).all()
    assert (whole.sum(1) < 1).all()


def test_a_recogniser_goes_by_windows(taught):
    """And so do the figures of `handpose evaluate` on what it would name."""
    takes = data(1)
    found = chances_of(taught, list(takes.X))
    np.testing.assert_array_equal(found, taught.window_scores(takes.X))
    measured = hp.evaluate_model(taught, takes)
    window = taught.window_scores(takes.X)[:, np.searchsorted(taught.classes_, measured.labels)]
    np.testing.assert_allclose(measured.naming_scores, window)
    assert (measured.probabilities != measured.naming_scores).any()
    assert measured.predicted.tolist() == taught.name(takes.X).tolist()


def test_fitting_again_forgets_them():
    model = hp.learn_phases(fitted(data()), data())
    assert model.fit(*data()).whole_odds_ == 1


def test_a_personal_model_keeps_them(taught):
    takes = data(2, n=3)
    assert hp.personalize(taught, takes.X, takes.y).whole_odds_ == taught.whole_odds_


def test_a_file_keeps_them(taught, tmp_path):
    loaded = hp.load_model(taught.save(tmp_path / "m.handpose"))
    assert loaded.whole_odds_ == taught.whole_odds_
    asked = data(1).X
    np.testing.assert_array_equal(loaded.gesture_scores(asked), taught.gesture_scores(asked))
    np.testing.assert_array_equal(loaded.window_scores(asked), taught.window_scores(asked))


@pytest.mark.parametrize("value", [0, 1.5, -0.1, "0.5", True, float("nan")])
def test_odd_odds_in_a_file_are_refused(taught, tmp_path, value):
    path = with_entry(taught, tmp_path, lambda document: document.update(whole_odds=value))
    with pytest.raises(ModelFileError):
        hp.load_model(path)


def test_a_file_of_earlier_has_none(taught, tmp_path):
    path = with_entry(taught, tmp_path, lambda document: document.pop("whole_odds"))
    asked, loaded = data(1).X, hp.load_model(path)
    np.testing.assert_array_equal(loaded.gesture_scores(asked), taught.window_scores(asked))


def test_an_exported_file_names_windows(taught):
    asked = data(1).X
    found = evaluate(described(taught).graph, given_motions(asked, taught))["probabilities"]
    assert np.abs(found - taught.window_scores(asked)).max() < 1e-5


def with_entry(model, folder, change):
    """A file of a model whose description was changed."""
    contents = members(model.save(folder / "m.handpose"))
    document = json.loads(contents["model.json"])
    change(document["model"])
    contents["model.json"] = json.dumps(document).encode()
    return written(folder / "changed.handpose", contents)
