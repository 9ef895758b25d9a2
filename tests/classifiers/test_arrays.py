"""Every classifier, on every preset: arrays that say the same of one hand and of many."""

import pickle
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline

import handpose as hp
from handpose.classifiers.arrays import Spec, check_arrays
from handpose.features import PRESETS
from handpose.models.making import DEFAULT_FEATURES
from tests.quick_fits import QUICK


@pytest.fixture(scope="module", params=PRESETS)
def fitted(request, name, people):
    """As large as by default on the default features, smaller on the others."""
    params = {} if request.param == DEFAULT_FEATURES else QUICK.get(name, {})
    model = hp.make_model(name, features=request.param, augmentation=None, **params)
    return model.fit(people.X, people.y)


@pytest.fixture(scope="module")
def any_hands(strangers):
    """Real hands, and points that no hand ever had."""
    wild = np.random.default_rng(0).uniform(0, 300, (40, 21, 3))
    return hp.Landmarks.concat([strangers.X, hp.Landmarks(wild)])


def assert_alone_as_together(model, hands):
    """One hand at a time, and all at once."""
    expected = model.predict(hands)
    labels = np.concatenate([model.predict(hand) for hand in hands])
    np.testing.assert_array_equal(labels, expected)
    assert labels.dtype == expected.dtype
    probabilities = np.concatenate([model.predict_proba(hand) for hand in hands])
    np.testing.assert_allclose(probabilities, model.predict_proba(hands), atol=1e-12)
    np.testing.assert_array_equal(Pipeline.predict(model, hands), expected)


def test_one_hand_is_predicted_as_among_many(fitted, any_hands):
    assert_alone_as_together(fitted, any_hands)


def test_a_few_hands_are_predicted_as_one_by_one(fitted, any_hands, missed):
    few = any_hands[:3]
    one_by_one = np.concatenate([fitted.predict_proba(hand) for hand in few])
    np.testing.assert_allclose(fitted.predict_proba(few), one_by_one, atol=1e-12)
    with_missed = hp.Landmarks.concat([few[:1], missed, few[1:]])
    np.testing.assert_allclose(
        np.delete(fitted.predict_proba(with_missed), 1, axis=0), one_by_one, atol=1e-12
    )


def test_two_gestures_are_predicted_as_among_many(name, people, strangers):
    two = people[np.isin(people.y, ["0", "5"])]
    model = hp.make_model(name, augmentation=None, **QUICK.get(name, {}))
    model.fit(two.X, two.y)
    assert_alone_as_together(model, strangers.X[::2])


def test_labels_may_be_numbers(name, people, strangers):
    model = hp.make_model(name, features="coordinates", augmentation=None, **QUICK.get(name, {}))
    model.fit(people.X, people.y.astype(int) - 5)
    assert_alone_as_together(model, strangers.X[::4])


def test_a_model_from_a_file_is_predicted_as_before(fitted, any_hands, tmp_path):
    before = fitted.predict_proba(any_hands[:1])
    loaded = hp.load_model(hp.save_model(fitted, tmp_path / "model"))
    np.testing.assert_array_equal(loaded.predict_proba(any_hands[:1]), before)


def test_the_shipped_model_is_predicted_as_among_many(any_hands):
    model = hp.load_model("digits")
    alone = np.concatenate([model.predict_proba(hand) for hand in any_hands])
    np.testing.assert_allclose(alone, model.predict_proba(any_hands), atol=1e-12)
    np.testing.assert_array_equal(model.predict(any_hands), model.classes_[alone.argmax(1)])
    assert_alone_as_together(model.set_params(names_nothing=True), any_hands)


def test_one_hand_takes_little_time(fitted, strangers, all_threads):
    took = []
    with all_threads():
        fitted.predict(strangers.X[:1])
        for hand in strangers.X:
            start = perf_counter()
            fitted.predict(hand)
            took.append(perf_counter() - start)
    assert median(took) < 0.003


@pytest.fixture
def knn(people):
    return hp.make_model("knn", augmentation=None).fit(people.X, people.y)


def test_a_classifier_is_its_arrays(fitted, any_hands):
    classifier = fitted[-1]
    arrays = classifier.to_arrays()
    assert all(isinstance(array, np.ndarray) for array in arrays.values())
    again = type(classifier).from_arrays(
        classifier.get_params(),
        arrays,
        classes=classifier.classes_,
        n_features=classifier.n_features_in_,
    )
    vectors = fitted[0].transform(any_hands)
    np.testing.assert_array_equal(again.predict_proba(vectors), classifier.predict_proba(vectors))
    assert again.to_arrays().keys() == arrays.keys()
    for name, array in again.to_arrays().items():
        np.testing.assert_array_equal(array, arrays[name])
    assert again.get_params() == classifier.get_params()


def test_it_is_made_ready_once(knn):
    assert knn[-1]._ready() is knn[-1]._ready()


def test_fitting_again_makes_it_anew(name, people, strangers):
    params = QUICK | {"few_shot": {"embedding": "coordinates"}}
    model = hp.make_model(name, features="coordinates", augmentation=None, **params.get(name, {}))
    hand = strangers.X[:1]
    model.fit(people.X, people.y).predict(hand)
    renamed = np.array([f"gesture {label}" for label in people.y])
    model.fit(people.X, renamed)
    assert model.predict(hand)[0].startswith("gesture ")
    model[-1].fit(model[0].transform(people.X), people.y)
    assert not model.predict(hand)[0].startswith("gesture ")
    assert_alone_as_together(model, strangers.X[:20])


def test_parameters_that_count_when_predicting_make_it_anew(knn, strangers):
    hand = strangers.X[:1]
    before = knn.predict_proba(hand)
    knn.set_params(knn__n_neighbors=50, knn__weights="uniform")
    assert np.abs(knn.predict_proba(hand) - before).max() > 0.01
    assert_alone_as_together(knn, strangers.X[::4])


def test_other_sigmoids_make_it_anew(people, strangers):
    model = hp.make_model("svm", augmentation=None).fit(people.X, people.y)
    before = model.predict_proba(strangers.X[:1]).max()
    model[-1].pair_slopes_ = model[-1].pair_slopes_ / 50
    assert model.predict_proba(strangers.X[:1]).max() < before
    assert_alone_as_together(model, strangers.X[::10])


def test_copies_and_pickles_do_not_hold_it(knn, strangers):
    before = len(pickle.dumps(knn)), sorted(vars(knn[-1]))
    expected = knn.predict_proba(strangers.X[:1])
    assert (len(pickle.dumps(knn)), sorted(vars(knn[-1]))) == before
    copy = pickle.loads(pickle.dumps(knn))
    np.testing.assert_array_equal(copy.predict_proba(strangers.X[:1]), expected)
    with pytest.raises(NotFittedError):
        clone(knn).predict(strangers.X[:1])


def test_what_is_not_fitted_says_so(name, strangers):
    with pytest.raises(NotFittedError):
        hp.make_model(name).predict(strangers.X[:1])
    with pytest.raises(NotFittedError):
        hp.make_classifier(name).to_arrays()


class Halves(hp.LandmarkFeatures):
    """Features of one's own."""

    def transform(self, X):
        return super().transform(X) / 2


def test_features_of_ones_own_are_used(people, strangers):
    model = hp.make_model("knn", features=Halves("angles"), augmentation=None)
    model.fit(people.X, people.y)
    assert_alone_as_together(model, strangers.X[:20])


@pytest.mark.parametrize("odd", [np.inf, np.nan])
def test_features_that_are_not_finite_are_refused(people, odd):
    svm = hp.make_model("svm", features="angles", augmentation=None).fit(people.X, people.y)
    vector = svm.features_.transform(people.X[:1])
    vector[0, 7] = odd
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        svm.classifier_.predict(vector)


def test_a_finger_as_long_as_a_galaxy_on_a_palm_without_size_is_a_hand(model):
    points = np.zeros((1, 21, 3), np.float32)
    points[0, 8] = 1e33
    assert model.predict(points)[0] in model.classes_


def test_features_of_another_length_are_refused(knn, strangers):
    knn[0].set_params(blocks="angles").fit(strangers.X)
    with pytest.raises(ValueError, match="20 features"):
        knn.predict(strangers.X[:1])


def test_threads_may_share_a_model(fitted, any_hands):
    hands = [any_hands[i] for i in range(0, len(any_hands), 4)]
    expected = [fitted.predict_proba(hand) for hand in hands]
    shared = pickle.loads(pickle.dumps(fitted))
    with ThreadPoolExecutor(4) as pool:
        np.testing.assert_array_equal(list(pool.map(shared.predict_proba, hands)), expected)


SPECS = {"a": Spec(("n", "features")), "b": Spec(("n",), "i", 0, "classes")}
SOUND = {"a": np.ones((4, 3)), "b": np.array([0, 1, 1, 0])}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"a": SOUND["a"][:3]}, "axis 0 of b must have 3 entries, not 4"),
        ({"a": SOUND["a"][:, :2]}, "axis 1 of a must have 3 entries, not 2"),
        ({"a": SOUND["a"][0]}, "a must have 2 axes, but has 1"),
        ({"a": SOUND["a"] * np.nan}, "a must lie between"),
        ({"a": SOUND["a"] * -np.inf}, "a must lie between"),
        ({"a": SOUND["a"] * 1e13}, "a must lie between"),
        ({"a": SOUND["a"].astype(complex)}, "a must be float32 or float64, but is complex128"),
        ({"a": SOUND["a"].astype(object)}, "a must be float32 or float64, but is object"),
        ({"a": SOUND["a"].tolist()}, "a must be float32 or float64, but is list"),
        ({"b": SOUND["b"] + 1}, "b must lie between 0 and 1"),
        ({"b": SOUND["b"] - 1}, "b must lie between 0 and 1"),
        ({"b": SOUND["b"] * 1.0}, "b must be int32 or int64, but is float64"),
        ({"c": SOUND["b"]}, "c is not expected"),
    ],
)
def test_an_array_that_is_not_as_it_must_be(change, message):
    known = {"classes": 2, "features": 3}
    assert check_arrays(SOUND, SPECS, known) == known | {"n": 4}
    with pytest.raises(ValueError, match=message):
        check_arrays(SOUND | change, SPECS, known)


def test_an_array_that_is_missing():
    with pytest.raises(ValueError, match="b is missing"):
        check_arrays({"a": SOUND["a"]}, SPECS, {"classes": 2, "features": 3})
