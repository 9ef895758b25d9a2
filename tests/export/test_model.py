"""A model's description: the same labels and probabilities, and when there is none."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import handpose as hp
from handpose.containers.labels import NO_GESTURE
from handpose.errors import ExportError
from handpose.export.graph import evaluate
from handpose.export.model import FORMAT, described, parts
from handpose.models.threshold import threshold_of
from tests.export.conftest import given


def answers(model, hands, **options):
    return evaluate(described(model, **options).graph, given(hands))


def test_every_classifier_answers_as_in_python(any_model, hands):
    found, there = answers(any_model, hands), hands.detected
    want = any_model.gesture_scores(hands)
    assert np.abs(found["probabilities"] - want)[there].max() < 1e-5
    assert (found["label"] == want.argmax(1))[there].all()
    sure = want.max(1) >= threshold_of(any_model)
    assert (found["none"] == ~(sure & there)).all()


def test_missing_hands_show_no_gesture(any_model):
    hands = hp.Landmarks.missing([(100, 100)] * 2)
    found = answers(any_model, hands)
    assert found["none"].all()
    assert (found["probabilities"] == 0).all()
    assert (found["label"] == 0).all()


@pytest.mark.parametrize("name", ["svm", "gbdt", "mlp", "few_shot", "logistic", "knn"])
def test_two_gestures(people, hands, name):
    two = people[np.isin(people.y, ["2", "7"])]
    model = hp.make_model(name, augmentation=None).fit(two.X, two.y)
    there = hands.detected
    found = answers(model, hands)["probabilities"][there]
    assert np.abs(found - model.gesture_scores(hands)[there]).max() < 1e-5


def test_neighbours_that_count_by_distance(people, hands):
    model = hp.make_model("knn", weights="distance", augmentation=None).fit(people.X, people.y)
    both = hp.Landmarks.concat([hands[hands.detected], people.X[:5]])
    found = answers(model, both)["probabilities"]
    assert np.abs(found - model.gesture_scores(both)).max() < 1e-5


def test_few_shot_without_networks(people, hands):
    model = hp.make_model("few_shot", embedding=None, augmentation=None).fit(people.X, people.y)
    there = hands.detected
    found = answers(model, hands)["probabilities"][there]
    assert np.abs(found - model.gesture_scores(hands)[there]).max() < 1e-5


@pytest.mark.parametrize(
    "classifier",
    [
        RandomForestClassifier(10, random_state=0),
        ExtraTreesClassifier(10, random_state=0),
        KNeighborsClassifier(3),
    ],
    ids=lambda made: type(made).__name__,
)
def test_classifiers_of_scikit_learn_that_a_file_holds(people, hands, classifier):
    model = hp.make_model(classifier, augmentation=None).fit(people.X[::4], people.y[::4])
    there = hands.detected
    found = answers(model, hands)["probabilities"][there]
    assert np.abs(found - model.gesture_scores(hands)[there]).max() < 1e-5


def test_a_label_of_no_gesture_is_none_and_the_answer_to_a_missing_hand(people, hands):
    labels = np.where(people.y == "3", NO_GESTURE, people.y)
    model = hp.make_model("logistic", augmentation=None).fit(people.X, labels)
    found = answers(model, hands, min_score=0.0)
    nothing = model.classes_.tolist().index(NO_GESTURE)
    assert (found["none"] == (found["label"] == nothing)).all()
    assert found["probabilities"][~hands.detected, nothing].tolist() == [1, 1, 1]
    assert described(model).metadata["no_gesture"] == [NO_GESTURE]


@pytest.mark.parametrize("none", ["auto", None])
def test_a_label_of_no_gesture_that_is_not_named_is_no_label(people, hands, none):
    labels = np.where(np.isin(people.y, ["3", "4"]), NO_GESTURE, people.y)
    model = hp.make_model("logistic", augmentation=None, none=none, names_nothing=False)
    model.fit(people.X, labels)
    there = hands.detected
    found = answers(model, hands)
    assert np.abs(found["probabilities"] - model.gesture_scores(hands))[there].max() < 1e-5
    assert (found["label"] == model.gesture_scores(hands).argmax(1))[there].all()
    assert found["none"][~there].all()
    about = described(model).metadata
    assert about["labels"] == model.classes_.tolist()
    assert about["no_gesture"] == []


def test_the_threshold_is_the_models_or_the_given_one(fitted, hands):
    model, there = fitted("logistic"), hands.detected
    scores = model.gesture_scores(hands).max(1)
    middle = float(np.median(scores[there]))
    for min_score in (0.0, middle + 1e-4, 1.0):
        none = answers(model, hands, min_score=min_score)["none"]
        assert (none == ~(there & (scores >= min_score))).all()
    with pytest.raises(ValueError, match="between 0 and 1"):
        described(model, min_score=2)


def test_a_model_says_what_it_is(fitted):
    model = fitted("svm")
    about = described(model).metadata
    assert about["handpose_format"] == FORMAT
    assert about["handpose_version"] == hp.__version__
    assert about["labels"] == model.classes_.tolist()
    assert about["min_score"] == threshold_of(model)
    assert (about["classifier"], about["features"]) == ("svm", "geometry")
    assert about["card"]["labels"] == about["labels"]


class Own(hp.LandmarkFeatures):
    """Features of a user's own."""


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: hp.make_model(make_pipeline(StandardScaler(), KNeighborsClassifier())), "kept as"),
        (lambda: hp.make_model("knn", features=Own()), "features of type Own"),
        (KNeighborsClassifier, "KNeighborsClassifier"),
    ],
)
@pytest.mark.filterwarnings("ignore::handpose.errors.HandposeWarning")
def test_a_part_that_cannot_be_exported_is_named(people, make, named):
    model = make()
    if isinstance(model, hp.GestureModel):
        model.fit(people.X[::10], people.y[::10])
    with pytest.raises(ExportError, match=named) as raised:
        described(model)
    assert "\n" not in str(raised.value)


@pytest.mark.filterwarnings("ignore::handpose.errors.HandposeWarning")
def test_a_subclass_that_may_predict_otherwise_is_not_exported(people):
    class Mine(hp.SVM):
        pass

    model = hp.make_model(Mine(), augmentation=None).fit(people.X[::10], people.y[::10])
    with pytest.raises(ExportError, match="type Mine"):
        parts(model)
