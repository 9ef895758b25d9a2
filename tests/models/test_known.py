import numpy as np
import pytest
from sklearn.base import clone

import handpose as hp
from handpose.errors import UnknownNameError
from handpose.evaluation.accepting import auroc
from handpose.models.known import MOST_OF_ONE, KnownHands

CLASSIFIERS = ("knn", "logistic", "few_shot", "svm")


def blobs(n=20, classes=3, d=6, seed=0, apart=8.0):
    """Vectors of classes, shown by four people each, and vectors between the classes."""
    rng = np.random.default_rng(seed)
    centres = apart * np.eye(d)[:classes]
    codes = np.repeat(np.arange(classes), n)
    vectors = centres[codes] + rng.standard_normal((len(codes), d))
    strange = apart * np.eye(d)[-1] + rng.standard_normal((n, d))
    return vectors, codes, np.tile(np.arange(4), len(codes) // 4), strange


def fitted(n=20, **options):
    vectors, codes, groups, _ = blobs(n, **options)
    return KnownHands.fit(vectors, codes, groups, nothing=np.zeros(codes.max() + 1, bool))


def test_taught_hands_are_known_and_others_are_not():
    vectors, codes, _, strange = blobs(seed=1)
    known = fitted()
    assert np.median(known.chances(vectors, codes)) > 0.9
    for code in range(3):
        assert np.quantile(known.chances(strange, np.full(len(strange), code)), 0.9) < 0.5
        wrong = vectors[codes != code]
        assert np.quantile(known.chances(wrong, np.full(len(wrong), code)), 0.9) < 0.5


def test_a_usual_hand_has_a_nearness_of_nought():
    vectors, codes, _, _ = blobs(seed=2, n=60)
    assert abs(np.median(fitted(60).nearness(vectors, codes))) < 0.3


def test_one_hand_alone_gets_the_same_answer():
    vectors, codes, _, _ = blobs(seed=1)
    known = fitted()
    alone = [float(known.chances(vectors[i : i + 1], codes[i : i + 1])[0]) for i in range(9)]
    np.testing.assert_allclose(alone, known.chances(vectors, codes)[:9], atol=1e-9)


def test_one_hand_alone_gets_the_same_answer_of_networks(people, strangers):
    model = hp.make_model("knn", augmentation=None).fit(*people)
    found = strangers.X[strangers.detected]
    assert len(model.known_.embedding) == 3
    vectors, codes = model._vectors(found), model.classifier_.predict_proba(model._vectors(found))
    codes = codes.argmax(1)
    alone = [model.known_.chances(vectors[i : i + 1], codes[i : i + 1])[0] for i in range(60)]
    np.testing.assert_allclose(alone, model.known_.chances(vectors, codes)[:60], atol=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_one_hand_of_each_gesture_is_enough(n):
    vectors, codes, _, strange = blobs(n=4 * n, apart=30.0)
    few = np.concatenate([np.flatnonzero(codes == c)[:n] for c in range(3)])
    known = KnownHands.fit(vectors[few], codes[few], np.arange(len(few)), nothing=np.zeros(3, bool))
    assert np.isfinite(known.sigmoid).all()
    near = known.nearness(vectors, codes)
    assert near.min() > known.nearness(strange, np.zeros(len(strange), int)).max()


def test_many_hands_are_thinned_out():
    known = fitted(4 * MOST_OF_ONE)
    assert len(known.places) == 3 * MOST_OF_ONE


def test_rounding_errors_of_a_constant_column_say_nothing():
    vectors, codes, groups, strange = blobs()
    noise = 1e-8 * np.random.default_rng(5).standard_normal((len(vectors) + len(strange), 1))
    nothing = np.zeros(3, bool)
    known = KnownHands.fit(
        np.hstack([vectors, noise[: len(vectors)]]), codes, groups, nothing=nothing
    )
    other = [
        np.hstack([strange, column])
        for column in (noise[-len(strange) :], 1e-7 + 0 * strange[:, :1])
    ]
    of = np.zeros(len(strange), int)
    np.testing.assert_allclose(
        known.nearness(other[0], of), known.nearness(other[1], of), atol=1e-9
    )
    plain = KnownHands.fit(vectors, codes, groups, nothing=nothing)
    np.testing.assert_allclose(known.nearness(other[0], of), plain.nearness(strange, of), atol=0.2)


def test_hands_that_are_all_the_same_do_no_harm():
    vectors = np.repeat(np.eye(3), 4, axis=0)
    codes = np.repeat(np.arange(3), 4)
    known = KnownHands.fit(vectors, codes, np.arange(12), nothing=np.zeros(3, bool))
    assert np.isfinite(known.chances(vectors, codes)).all()


def test_arrays_and_back():
    vectors, codes, _, _ = blobs(seed=1)
    known = fitted()
    again = KnownHands.from_arrays(known.to_arrays(), n_features=6, n_classes=3)
    np.testing.assert_array_equal(again.chances(vectors, codes), known.chances(vectors, codes))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("starts", np.array([1, 20, 40]), "begin with 0"),
        ("starts", np.array([0, 20, 20]), "grow"),
        ("usual", np.zeros(4), "axis 0 of usual"),
        ("sigmoid", np.array([np.nan, 0]), "sigmoid must lie"),
        ("sigmoid", np.zeros(3), "axis 0 of sigmoid"),
    ],
)
def test_arrays_that_contradict_each_other(name, value, words):
    arrays = fitted().to_arrays() | {name: value}
    with pytest.raises(ValueError, match=words):
        KnownHands.from_arrays(arrays, n_features=6, n_classes=3)


@pytest.fixture(scope="module", params=CLASSIFIERS)
def five(request, people):
    """A model of five digits."""
    known = people[np.isin(people.y, list("01234"))]
    return hp.make_model(request.param, augmentation=None).fit(*known)


def test_any_classifier_refuses_what_it_was_not_taught(five, strangers):
    found = strangers[strangers.detected]
    taught = np.isin(found.y, list("01234"))
    scores = five.gesture_scores(found.X).max(1)
    assert np.median(scores[taught]) > 0.9
    assert auroc(scores[taught], scores[~taught]) > 0.97
    probable = five.predict_proba(found.X).max(1)[~taught] >= 0.8
    assert np.mean(scores[~taught] >= 0.5) <= np.mean(probable)


def test_scores_are_probabilities_of_the_gestures_and_none(five, strangers, missed):
    hands = hp.Landmarks.concat([strangers.X, missed])
    scores, chances = five.gesture_scores(hands), five.predict_proba(hands)
    assert (scores >= 0).all()
    assert (scores <= chances + 1e-9).all()
    assert (scores[~hands.detected] == 0).all()
    found = hands.detected
    np.testing.assert_array_equal(scores[found].argmax(1), chances[found].argmax(1))


def test_only_distance_tells_none(five, strangers):
    """A classifier's doubt between gestures counts once: in its own probability."""
    found = strangers.X[strangers.detected]
    chances = five.predict_proba(found)
    known = five.known_.chances(five._vectors(found), chances.argmax(1))
    np.testing.assert_allclose(five.gesture_scores(found), chances * known[:, None])


def test_a_model_and_its_file_say_the_same(five, strangers, tmp_path):
    loaded = hp.load_model(five.save(tmp_path / "five"))
    np.testing.assert_array_equal(
        loaded.gesture_scores(strangers.X), five.gesture_scores(strangers.X)
    )
    assert loaded.none == "auto"


def test_the_same_samples_give_the_same_model(people):
    models = [hp.make_model("knn", augmentation=None).fit(*people) for _ in range(2)]
    one, other = (model.known_.to_arrays() for model in models)
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name])


def test_a_label_of_no_gesture_is_one_of_the_labels(people, strangers):
    """Below a threshold of a half it takes nothing from a gesture that the classifier prefers."""
    known = people[np.isin(people.y, list("01234"))]
    labels = np.where(known.y == "4", "no_gesture", known.y)
    model = hp.make_model("knn", augmentation=None).fit(known.X, labels, known.groups)
    found = strangers.X[strangers.detected]
    scores = model.gesture_scores(found)
    assert scores.sum(1).min() < 0.5
    np.testing.assert_array_equal(model.classes_[scores.argmax(1)], model.predict(found))


def test_without_none_every_hand_is_known(people, tmp_path):
    model = hp.make_model("knn", augmentation=None, none=None).fit(*people)
    np.testing.assert_array_equal(
        model.gesture_scores(people.X[people.detected]),
        model.predict_proba(people.X[people.detected]),
    )
    loaded = hp.load_model(model.save(tmp_path / "all"))
    assert loaded.none is None
    assert loaded.known_ is None


def test_other_features_and_clones(people, strangers):
    model = clone(hp.make_model("knn", features="angles", augmentation=None, none="neighbors"))
    known = people[np.isin(people.y, list("01234"))]
    model.fit(*known)
    found = strangers[strangers.detected]
    taught = np.isin(found.y, list("01234"))
    scores = model.gesture_scores(found.X).max(1)
    assert np.median(scores[taught]) > np.quantile(scores[~taught], 0.9)


def test_an_unknown_way_of_telling_none():
    with pytest.raises(UnknownNameError, match="neighbors"):
        hp.make_model("knn", none="neighbours")
