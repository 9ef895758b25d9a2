"""Hands of no gesture that teach a model what to refuse, without a label of their own."""

import numpy as np
import pytest
from sklearn.base import clone

import handpose as hp
from handpose.errors import DatasetError, ModelFileError
from handpose.models.parts import describe, rebuild

NOTHING = ["3", "4", "5"]
"""Digits that stand for hands of no gesture here."""


@pytest.fixture(scope="module")
def labels(people):
    return np.where(np.isin(people.y, NOTHING), "no_gesture", people.y)


@pytest.fixture(scope="module", params=["auto", None])
def model(request, people, labels):
    made = hp.make_model("svm", augmentation=None, none=request.param, names_nothing=False)
    return clone(made).fit(people.X, labels, people.groups)


@pytest.fixture(scope="module")
def nothing(strangers):
    return strangers.X[np.isin(strangers.y, NOTHING) & strangers.detected]


def test_it_is_no_label(model, nothing):
    assert model.classes_.tolist() == list("0126789")
    assert set(model.predict(nothing)) <= set(model.classes_)
    assert model.missed_label_ in model.classes_
    chances = model.predict_proba(nothing)
    assert chances.shape == (len(nothing), 7)
    np.testing.assert_allclose(chances.sum(1), 1)


def test_what_it_takes_lacks_to_one(model, nothing, strangers):
    assert np.quantile(model.gesture_scores(nothing).max(1), 0.9) < 0.1
    known = strangers[~np.isin(strangers.y, NOTHING) & strangers.detected]
    assert (model.predict(known.X) == known.y).mean() > 0.95
    assert np.median(model.gesture_scores(known.X).max(1)) > 0.9


def test_one_hand_is_answered_as_many_are(model, nothing):
    together = model.gesture_scores(nothing[:5])
    alone = np.concatenate([model.gesture_scores(nothing[i : i + 1]) for i in range(5)])
    np.testing.assert_allclose(alone, together, atol=1e-6)


def test_a_threshold_of_nought_names_every_hand(model, nothing):
    found = hp.GestureRecognizer(None, model, min_score=0).classify(nothing[:5])
    assert None not in found.gestures


def test_its_file_says_the_same(model, nothing, tmp_path):
    loaded = hp.load_model(model.save(tmp_path / "quiet"))
    assert loaded.names_nothing is False
    assert loaded.card.labels == model.classes_.tolist()
    for ask in ("predict", "predict_proba", "gesture_scores"):
        np.testing.assert_array_equal(getattr(loaded, ask)(nothing), getattr(model, ask)(nothing))


def test_a_file_of_before_names_every_label(people):
    document, arrays = describe(hp.make_model("knn", augmentation=None).fit(people.X, people.y))
    del document["names_nothing"]
    assert rebuild(document, arrays).names_nothing is True


def test_one_gesture_and_nothing_are_enough(people):
    labels = np.where(people.y == "2", "2", "no_gesture")
    model = hp.make_model("logistic", augmentation=None, names_nothing=False).fit(people.X, labels)
    assert model.classes_.tolist() == ["2"]
    assert np.median(model.gesture_scores(people.X[people.y == "2"])) > 0.5
    assert np.median(model.gesture_scores(people.X[people.y != "2"])) < 0.05


def test_there_must_be_a_gesture(people):
    labels = np.where(people.y == "2", "nothing", "no_gesture")
    with pytest.raises(DatasetError, match="472 detected hands show no gesture"):
        hp.make_model("knn", names_nothing=False).fit(people.X, labels)
    model = hp.make_model("knn", augmentation=None).fit(people.X, labels)
    document, arrays = describe(model)
    with pytest.raises(ValueError, match="no gesture to name"):
        rebuild({**document, "names_nothing": False}, arrays)
    with pytest.raises(ModelFileError, match="no gesture to name"):
        hp.save_model(model.set_params(names_nothing=False), "never")


def test_the_model_of_one_person_does_not_name_it_either(model, people):
    mine = hp.personalize(model, people.X[:20], np.full(20, "wave"))
    assert "wave" in mine.classes_
    assert "no_gesture" not in mine.classes_


def named_as_nothing(labels):
    return np.where(np.isin(labels, NOTHING), "no_gesture", labels)


def test_an_evaluation_counts_what_a_recogniser_names(model, people, strangers):
    """With distances or without, and of a personal model, which has none."""
    truth = named_as_nothing(strangers.y)
    for asked in (model, hp.personalize(model, people.X[:8], named_as_nothing(people.y[:8]))):
        naming = hp.evaluate_model(asked, strangers.X, truth, groups=strangers.groups).naming
        with hp.GestureRecognizer(None, asked) as recognizer:
            named = np.array([g is not None for g in recognizer.classify(strangers.X).gestures])
        assert naming.nothing_right == pytest.approx((~named & (truth == "no_gesture")).mean())
        assert naming.nothing_right > 0.9 * (truth == "no_gesture").mean()


def test_the_open_set_is_asked_of_its_gestures(model, people):
    taught = hp.Dataset(people.X, named_as_nothing(people.y), people.groups)
    found = hp.evaluate_open_set(model, taught, cv=2)
    assert "no_gesture" not in {label for part in found.left_out for label in part}
    assert found.of_kind("no gesture").auroc > 0.95


def test_a_fitted_model_that_is_told_to_name_nothing_no_more(people, missed):
    labels = named_as_nothing(people.y)
    model = hp.make_model("knn", augmentation=None).fit(people.X, labels)
    assert model.predict(missed).tolist() == ["no_gesture"]
    model.set_params(names_nothing=False)
    assert model.predict(missed)[0] in model.classes_
