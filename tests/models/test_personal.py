"""Models of many people that know a few samples of one more."""

from copy import deepcopy

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier as Foreign

import handpose as hp
from handpose.classifiers.personal import Personal
from tests.motions import changed, examples, line


def odd(seed, n=8):
    """Someone whose circles are small and whose lines wobble."""
    X, y = examples(seed, n)
    return [changed(m, lambda points: 0.5 * points) for m in X], y


@pytest.fixture(scope="module")
def others():
    return hp.make_model("logistic", features="motion").fit(*examples(0))


def test_the_person_s_samples_count(others):
    X, y = odd(1)
    swapped = np.where(y == "line", "rest", np.where(y == "rest", "line", y))  # their own names
    few = [i for label in np.unique(swapped) for i in np.flatnonzero(swapped == label)[:3]]
    left = np.setdiff1d(np.arange(len(X)), few)
    mine = hp.personalize(others, [X[i] for i in few], swapped[few])
    asked = [X[i] for i in left]
    assert mine.score(asked, swapped[left]) > others.score(asked, swapped[left]) + 0.2
    assert others.classifier_name == "logistic"  # not changed
    assert mine.window_ms == others.window_ms


def test_gestures_without_a_sample_are_still_known_and_new_ones_added(others):
    X, y = examples(2, 6)
    zigzag = [line(to=(0.3, 0.02 * i)) for i in range(3)]
    zigzag = [
        changed(m, lambda p: p + np.resize([0.0, 0.1], 16)[:, None, None, None]) for m in zigzag
    ]
    mine = hp.personalize(others, zigzag, ["zigzag"] * 3)
    assert list(mine.classes_) == ["anticlockwise", "clockwise", "line", "rest", "zigzag"]
    assert mine.score(X, y) > 0.9
    assert mine.predict(zigzag).tolist() == ["zigzag"] * 3
    assert np.allclose(mine.predict_proba(X).sum(1), 1)


@pytest.mark.parametrize("name", ["logistic", "svm", "knn"])
def test_a_file_holds_it(tmp_path, name):
    X, y = examples(0)
    base = hp.make_model(name, features="motion").fit(X, y)
    mine = hp.personalize(base, *odd(3, 2))
    again = hp.load_model(mine.save(tmp_path / "mine.handpose"))
    np.testing.assert_allclose(again.predict_proba(X), mine.predict_proba(X), atol=1e-6)
    assert again.card.classifier == "personal"
    assert again.card.training["personal_samples"] == 8


def test_a_file_of_earlier_asks_the_nearest_sample_as_it_did(others):
    mine = hp.personalize(others, *odd(3, 3), far=1e5).classifier_
    new = ("axes", "shares", "short_unit", "said")
    arrays = {name: array for name, array in mine.to_arrays().items() if name not in new}
    known = {"classes": mine.classes_, "n_features": mine.n_features_in_}
    old = Personal.from_arrays(mine.get_params(), arrays, **known)
    asked = others._vectors(hp.Motions(odd(4)[0])).astype(np.float32)
    apart = np.square(asked[:, None] - mine.rows_[None]).sum(2)
    assert old.predict(asked).tolist() == mine.classes_[mine.codes_[apart.argmin(1)]].tolist()
    assert not np.allclose(old.predict_proba(asked), mine.predict_proba(asked), atol=1e-3)
    with pytest.raises(ValueError, match="axes is missing"):
        Personal.from_arrays(mine.get_params(), arrays | {"said": mine.said_}, **known)


def test_numbers_of_axes_that_no_axis_has_are_refused(others):
    mine = hp.personalize(others, *odd(3, 3)).classifier_
    arrays = mine.to_arrays() | {"axes": 1e12 * mine.axes_}
    with pytest.raises(ValueError, match="axes must lie between"):
        Personal.from_arrays(
            mine.get_params(), arrays, classes=mine.classes_, n_features=mine.n_features_in_
        )


@pytest.fixture(scope="module")
def of_people():
    """A model of four people."""
    X, y = examples(0, 20)
    people = np.random.default_rng(0).integers(4, size=len(X))
    return hp.make_model("logistic", features="motion").fit(X, y, people)


def test_a_model_of_people_knows_how_their_motions_vary(others, of_people, tmp_path):
    directions = of_people.variation_
    assert directions.shape[0] <= 50
    assert np.isfinite(directions).all()
    assert others.variation_ is None  # whose motions they are was not told
    loaded = hp.load_model(of_people.save(tmp_path / "m.handpose"))
    assert np.array_equal(loaded.variation_, directions)
    assert hp.personalize(loaded, *odd(5, 2)).variation_ is loaded.variation_


def test_what_varies_among_its_people_counts(of_people):
    X, y = odd(5, 2)
    asked = odd(6)[0]
    blind = deepcopy(of_people)
    blind.variation_ = None
    one, other = (hp.personalize(model, X, y).predict_proba(asked) for model in (of_people, blind))
    assert not np.allclose(one, other, atol=1e-3)


@pytest.mark.parametrize(
    ("directions", "message"),
    [
        (lambda known: known[:, 1:], "axis 1 of directions"),
        (lambda known: np.tile(known[:1], (51, 1)), "more than 50 directions"),
    ],
)
def test_directions_that_do_not_fit_are_refused(of_people, tmp_path, directions, message):
    model = deepcopy(of_people)
    model.variation_ = directions(model.variation_)
    with pytest.raises(hp.ModelFileError, match=message):
        hp.load_model(model.save(tmp_path / "m.handpose"))


def test_still_hands_have_no_directions(model, of_people, tmp_path):
    still = deepcopy(model)
    assert still.variation_ is None
    still.variation_ = of_people.variation_
    with pytest.raises(hp.ModelFileError, match="still hands"):
        hp.load_model(still.save(tmp_path / "m.handpose"))


def test_models_that_do_not_scale_know_how_motions_vary(of_people):
    X, y = examples(0, 20)
    people = np.random.default_rng(0).integers(4, size=len(X))
    steps = [*of_people.steps[:1], ("scale", "passthrough"), *of_people.steps[2:]]
    plain = type(of_people)(deepcopy(steps)).fit(X, y, people)
    assert plain.variation_.shape[1] == of_people.variation_.shape[1]


def test_it_remembers_whom_it_has_seen(others):
    X, y = odd(4, 2)
    mine = hp.personalize(others, X, y, groups=["me"] * len(X))
    assert mine.seen_.which(hp.Motions(X)).all()
    assert mine.seen_.which_people(np.array(["me", "you"])).tolist() == [True, False]


def test_personalised_twice_knows_the_new_samples_only(others):
    first = hp.personalize(others, *odd(5, 2))
    second = hp.personalize(first, *odd(6, 3))
    assert isinstance(second.classifier_.base_, type(others.classifier_))
    assert len(second.classifier_.rows_) == 12


def test_still_hands_can_be_personal_too(digits):
    rows = np.arange(0, len(digits), 7)
    base = hp.make_model("logistic", augmentation=None).fit(digits.X[rows], digits.y[rows])
    mine = hp.personalize(base, digits.X[1:40], digits.y[1:40])
    assert mine.score(digits.X[1:40], digits.y[1:40]) > 0.95


def test_what_cannot_be_is_one_line(others):
    lost = hp.Motion(np.full((9, 2), np.nan), np.arange(9))
    with pytest.raises(hp.DatasetError, match="nothing to learn from"):
        hp.personalize(others, [lost], ["line"])
    with pytest.raises(hp.DatasetError, match="to begin with"):
        Personal().fit(np.zeros((2, 3)), ["a", "b"])
    with pytest.raises(hp.DatasetError, match="cannot be made personal"):
        Personal.around(Foreign().fit(np.zeros((4, 1)), list("abab")))
