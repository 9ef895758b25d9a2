"""What a file says about a model is checked against all else that it says."""

import copy
import json
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC, LinearSVC

import handpose as hp
from handpose.classifiers import NEED_TORCH
from handpose.features import BLOCKS
from handpose.models.archive import decode_array, encode_array
from tests.crafted_files import members, refused, written
from tests.motions import examples
from tests.quick_fits import FEW_COLUMNS, QUICK

pytestmark = pytest.mark.filterwarnings("ignore:.* cannot be saved to a file")

FORMAT1 = Path(__file__).parent / "format1"


def fitted(classifier, data, features="angles", **params):
    model = hp.make_model(classifier, features=features, augmentation=None, **params)
    return model.fit(data.X, data.y)


@pytest.fixture(scope="module")
def few(people):
    return people[::4]


@pytest.fixture(scope="module")
def saved(few, tmp_path_factory):
    """Files of models by classifier, each made once."""
    folder = tmp_path_factory.mktemp("saved")

    def save(name):
        path = folder / f"{name}.handpose"
        if name in NEED_TORCH:  # read, not fitted, which needs torch and time
            hp.save_model(hp.load_model(FORMAT1 / path.name), path)
        elif not path.exists():
            hp.save_model(
                fitted(name, few, FEW_COLUMNS.get(name, "angles"), **QUICK.get(name, {})), path
            )
        return path

    return save


def crafted(source, path, *, arrays=None, change=None):
    """A copy of a file with other arrays and another description of the model."""
    contents = members(source)
    for name, edit in (arrays or {}).items():
        member = f"classifier/{name}.npy"
        array = edit(decode_array(contents[member])) if callable(edit) else edit
        contents[member] = encode_array(array)
    document = json.loads(contents["model.json"])
    if change:
        change(document["model"])
    contents["model.json"] = json.dumps(document).encode()
    return written(path, contents)


def at(index, value):
    """An edit of an array: another value at one place."""

    def edit(array):
        array = array.copy()
        array[index] = value
        return array

    return edit


@pytest.mark.parametrize(
    ("name", "array", "edit", "message"),
    [
        ("knn", "rows", at((0, 0), np.nan), "rows must lie between"),
        ("knn", "rows", lambda a: a[:0], "axis 0 of codes must have 0 entries"),
        ("knn", "rows", lambda a: a[:, :3], "axis 1 of rows must have 20 entries"),
        ("knn", "codes", at(0, 10), "codes must lie between 0 and 9"),
        ("knn", "codes", at(0, -1), "codes must lie between 0 and 9"),
        ("knn", "codes", lambda a: a * 1.0, "codes must be int32 or int64"),
        ("gbdt", "feature", at(0, 20), "feature must lie between -1 and 19"),
        ("gbdt", "feature", at(0, -2), "feature must lie between -1 and 19"),
        ("gbdt", "feature", at(0, -1), "threshold must have"),
        ("gbdt", "feature", lambda a: a[:-2], "value must have|trees do not have"),
        ("gbdt", "threshold", at(0, np.nan), "threshold must lie between"),
        ("gbdt", "value", at(0, np.inf), "value must lie between"),
        ("gbdt", "n_trees", np.array(7), "trees do not have"),
        ("gbdt", "n_trees", np.array(2**62), "n_trees must lie between"),
        ("gbdt", "n_trees", np.array(0), "n_trees must lie between"),
        ("gbdt", "baseline", lambda a: a[:3], "do not make rounds of 10 classes"),
        ("random_forest", "value", at((0, 0), 7.0), "value must lie between 0 and 1"),
        ("random_forest", "value", lambda a: a / 2, "value must add up to 1"),
        ("random_forest", "value", lambda a: a[:, :4], "axis 1 of value"),
        ("extra_trees", "threshold", lambda a: a[:5], "threshold must have"),
        ("logistic", "scale", at(0, 0.0), "scale must lie between"),
        ("logistic", "coef", lambda a: a[:1], "axis 0 of intercept"),
        ("logistic", "intercept", at(0, 1e30), "intercept must lie between"),
        ("svm", "n_support", lambda a: a + 1, "n_support does not add up"),
        ("svm", "gamma", np.array(-1.0), "gamma must lie between"),
        ("svm", "coefficients", lambda a: a[:-1], "coefficients must have 9 entries"),
        ("few_shot", "starts", at(0, 1), "starts must begin with 0 and grow"),
        ("few_shot", "starts", at(1, 10**6), "starts must lie between"),
        ("few_shot", "places", lambda a: a[:, :2], "another number of axes"),
        ("mlp", "bias_0", lambda a: a[:-1], "axis 0 of bias_0"),
        ("mlp", "weight_1", lambda a: a.astype(complex), "holds <c16"),
        ("searched", "graph", at((0, 2), 99), "operation that does not exist"),
        ("searched", "graph", lambda a: a[:1], "unknown graph"),
        ("searched", "stem.bias", lambda a: a[:-21], "axis"),
        ("searched", "head.weight", at((0, 0), np.nan), "head.weight must lie between"),
    ],
)
def test_a_crafted_array(saved, tmp_path, name, array, edit, message):
    refused(crafted(saved(name), tmp_path / "evil.handpose", arrays={array: edit}), message)


def put(*path, value):
    def change(model):
        for key in path[:-1]:
            model = model[key]
        model[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("features", "params", "blocks", value="fingertips"), "fingertip_THUMB_x|computes"),
        (put("features", "params", "blocks", value="elbows"), "unknown feature block"),
        (put("features", "params", "blocks", value=["angles"] * 17), "more than 16 blocks"),
        (put("features", "params", "blocks", value=7), "blocks must be names"),
        (put("features", "params", "depth", value=1), "depth must be true or false"),
        (put("features", "params", "zoom", value=1), "zoom"),
        (put("features", "names", value=["a"] * 20), "is now a|computes differently"),
        (put("features", "names", value=None), "damaged|computes differently"),
        (put("features", "type", value="os.system"), r"holds os\.system, which is not allowed"),
        (put("features", "type", value=["landmarks"]), "damaged|not allowed"),
        (put("classifier", "type", value="sklearn.svm.SVC"), "which is not allowed"),
        (put("classifier", "type", value="svm"), "unexpected keyword argument"),
        (put("classifier", "step", value="a__b"), "the classifier has no name"),
        (put("classifier", "step", value=5), "the classifier has no name"),
        (put("classifier", "params", value=[]), "parameters must have names"),
        (put("classifier", "params", "n_neighbors", value=-3), "n_neighbors must be 1 or more"),
        (put("classifier", "params", "n_neighbors", value={"a": 1}), "neither a value nor a list"),
        (put("classifier", "params", "metric", value="cosine"), "metric"),
        (put("classes", "values", value=list("9876543210")), "different and in order"),
        (put("classes", "values", value=list("0123456788")), "different and in order"),
        (put("classes", "values", value=["0"]), "two labels or more"),
        (put("classes", "values", value=list("012")), "codes must lie between"),
        (put("classes", "values", value=[*"012345678", "\ud800"]), "not valid text"),
        (put("classes", "values", value=[*"012345678", 9]), "labels must be text"),
        (put("classes", "type", value="int64"), "not all of type int64"),
        (put("classes", "type", value="datetime64"), "are not known"),
        (put("augmentation", value={"copies": 1}), "augmentation lacks a setting"),
        (put("augmentation", value=5), "augmentation lacks a setting"),
        (put("names_nothing", value=1), "names_nothing must be true or false"),
        (put("min_score", value=1.5), "min_score must lie between 0 and 1"),
        (put("min_score", value="0.5"), "min_score must lie between 0 and 1"),
        (put("random_state", value={"pairs": 5}), "damaged"),
    ],
)
def test_a_crafted_description(saved, tmp_path, change, message):
    refused(crafted(saved("knn"), tmp_path / "evil.handpose", change=change), message)


@pytest.mark.parametrize("copies", [-1, 10**9, 1.5, None])
def test_a_crafted_augmentation(people, tmp_path, copies):
    model = hp.make_model("knn", features="angles", augmentation=hp.Augmentation(copies=1))
    path = hp.save_model(model.fit(people.X[::12], people.y[::12]), tmp_path / "a.handpose")
    change = put("augmentation", "copies", value=copies)
    refused(crafted(path, tmp_path / "evil.handpose", change=change), "the augmentation makes")


@pytest.fixture(scope="module")
def of_motions(tmp_path_factory):
    model = hp.make_model("knn", features="motion").fit(*examples(0, n=3))
    return model.save(tmp_path_factory.mktemp("motions") / "m.handpose")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put("features", "params", "blocks", value="path"), "computes differently"),
        (put("features", "params", "blocks", value="speed"), "unknown motion block"),
        (put("features", "params", "blocks", value=["path"] * 17), "more than 16 blocks"),
        (put("features", "params", "blocks", value=[["path"]]), "damaged"),
        (put("features", "params", "blocks", value=7), "blocks of the features has another type"),
        (put("features", "params", "scale", value="palm"), "unknown scale"),
        (put("features", "params", "n_frames", value=17), "computes differently"),
        (put("features", "params", "n_frames", value=16.0), "n_frames of the .* another type"),
        (put("features", "params", "n_frames", value=10**9), "n_frames must be from 3 to 1000"),
        (put("features", "params", "max_gap_ms", value=-1), "max_gap_ms must be above 0"),
        (put("features", "params", "mirror_left", value="no"), "mirror_left of the .* another"),
        (put("features", "params", "deep", value=True), "damaged"),
        (put("features", "type", value="landmarks"), "damaged|hold arrays"),
        (put("features", "names", value=["path_point_x_0"]), "computes differently"),
        (put("classifier", "step", value="scale"), "the classifier has no name"),
        (put("window_ms", value=None), "motions need a window"),
        (put("window_ms", value=0), "window_ms must lie between"),
        (put("window_ms", value=1e300), "window_ms must lie between"),
        (put("window_ms", value="500"), "window_ms must lie between"),
    ],
)
def test_a_crafted_description_of_a_model_of_motions(of_motions, tmp_path, change, message):
    refused(crafted(of_motions, tmp_path / "evil.handpose", change=change), message)


@pytest.mark.parametrize(
    ("array", "edit", "message"),
    [
        ("features/n_points", np.array(4), "n_points of the features must be one of .1, 21."),
        ("features/n_points", np.array(21), "computes differently"),
        ("features/n_points", np.array([1]), "n_points of the features must be"),
        ("features/n_points", np.array(1.0), "n_points of the features must be"),
        ("features/n_hands", np.array(3), "n_hands of the features must be one of .1, 2."),
        ("features/n_hands", np.array(2), "computes differently"),
        ("features/n_feet", np.array(2), "hold an unknown array"),
        ("scale/mean", at(0, np.nan), "mean must lie between"),
        ("scale/mean", lambda a: a[:-1], "axis 0 of mean must have 44 entries"),
        ("scale/scale", at(0, 0.0), "scale must lie between"),
        ("scale/scale", at(0, -1.0), "scale must lie between"),
        ("scale/var", np.ones(44), "var is not expected"),
        ("other/mean", np.ones(44), "belongs to no part"),
    ],
)
def test_a_crafted_array_of_a_model_of_motions(of_motions, tmp_path, array, edit, message):
    contents = members(of_motions)
    member = f"{array}.npy"
    made = edit(decode_array(contents[member])) if callable(edit) else edit
    contents[member] = encode_array(made)
    refused(written(tmp_path / "evil.handpose", contents), message)


@pytest.mark.parametrize("gone", ["features/n_hands", "scale/mean", "classifier/rows"])
def test_a_model_of_motions_without_one_of_its_arrays(of_motions, tmp_path, gone):
    contents = members(of_motions)
    del contents[f"{gone}.npy"]
    refused(written(tmp_path / "evil.handpose", contents), "is missing")


def test_a_still_model_has_no_window(saved, tmp_path):
    evil = crafted(saved("knn"), tmp_path / "evil.handpose", change=put("window_ms", value=500))
    refused(evil, "still hands have none")


def test_hands_may_be_standardised_too(few, strangers, tmp_path):
    model = fitted("knn", few)
    model.steps.insert(1, ("scale", StandardScaler(with_mean=False)))
    loaded = hp.load_model(model.fit(few.X, few.y).save(tmp_path / "a"))
    expected = model.predict_proba(strangers.X)
    np.testing.assert_array_equal(loaded.predict_proba(strangers.X), expected)


def test_features_that_are_computed_in_another_order_are_refused(saved, tmp_path, monkeypatch):
    """As a later version may, with as many columns as before."""
    path = saved("knn")
    angles = BLOCKS["angles"]
    turned = type(angles)(angles.compute, lambda axes: angles.names(axes)[::-1])
    monkeypatch.setitem(BLOCKS, "angles", turned)
    refused(path, "this version of handpose computes differently .flexion_.* is now")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("random_forest", RandomForestClassifier(9, random_state=0)),
        ("extra_trees", ExtraTreesClassifier(9, random_state=0)),
        ("gbdt", HistGradientBoostingClassifier(max_iter=5)),
        ("knn", KNeighborsClassifier(3)),
        ("logistic", make_pipeline(StandardScaler(), LogisticRegression())),
    ],
)
def test_estimators_of_scikit_learn_are_saved_as_ours(few, strangers, tmp_path, name, kept):
    model = fitted(kept, few)
    before = model.predict_proba(strangers.X)
    loaded = hp.load_model(hp.save_model(model, tmp_path / "own"))
    card = loaded.card
    assert type(loaded[-1]) is hp.CLASSIFIERS[name]
    np.testing.assert_allclose(loaded.predict_proba(strangers.X), before, atol=1e-5)
    assert card.classifier == type(kept).__name__.lower()
    assert type(model[-1]) is type(kept)


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (
            GaussianNB(),
            "cannot be saved with GaussianNB; use one of .* to_arrays and from_arrays",
        ),
        (
            VotingClassifier([("a", GaussianNB())], voting="soft"),
            "cannot be saved with VotingClassifier",
        ),
        (KNeighborsClassifier(metric="cosine"), "only neighbours by Euclidean distance"),
        (make_pipeline(MinMaxScaler(), GaussianNB()), "only a StandardScaler and"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_no_file_holds_is_refused_when_it_is_saved(few, tmp_path, own, message):
    with pytest.raises(hp.ModelFileError, match=rf"own\.handpose: .*{message}") as caught:
        hp.save_model(fitted(own, few), tmp_path / "own")
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_weights_of_classes_are_kept(few, tmp_path):
    weights = {f"sign {i}": 1.0 + i for i in range(10)}
    params = {"n_estimators": 3, "class_weight": weights}
    model = hp.make_model("random_forest", features="angles", augmentation=None, **params)
    model.fit(few.X, [f"sign {label}" for label in few.y])
    loaded = hp.load_model(hp.save_model(model, tmp_path / "own"))
    assert loaded[-1].get_params() == model[-1].get_params()


@pytest.mark.parametrize(
    "own",
    [LinearSVC(), SVC(), VotingClassifier([("a", GaussianNB())])],
    ids=lambda o: type(o).__name__,
)
def test_a_classifier_without_probabilities_is_refused_at_once(own, few):
    message = f"{type(own).__name__} has no predict_proba.*CalibratedClassifierCV"
    with pytest.raises(hp.HandposeError, match=message):
        hp.make_model(own)
    model = hp.make_model("knn")
    model.steps[-1] = ("own", own)
    with pytest.raises(hp.HandposeError, match=message):
        model.fit(few.X, few.y)


class Nearest(GaussianNB):
    """A classifier of a user: it names the class whose mean is nearest."""

    def to_arrays(self):
        return {"means": self.theta_}

    @classmethod
    def from_arrays(cls, params, arrays, *, classes, n_features):
        model = cls(**params)
        if arrays.keys() != {"means"} or arrays["means"].shape != (len(classes), n_features):
            raise ValueError("means have another shape")
        model.theta_, model.classes_, model.n_features_in_ = arrays["means"], classes, n_features
        return model

    def predict_proba(self, X):
        near = np.exp(-np.square(X[:, None] - self.theta_).sum(-1))
        return near / near.sum(1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(1)]


class Halves(hp.LandmarkFeatures):
    """Features of a user."""

    def transform(self, X):
        return super().transform(X) / 2


def test_a_classifier_of_ones_own_is_loaded_where_its_class_is_given(few, strangers, tmp_path):
    model = fitted(Nearest(var_smoothing=0.5), few)
    path = hp.save_model(model, tmp_path / "own.handpose")
    refused(path, r"holds tests\.models\.test_parts\.Nearest, .*trusted=\[Nearest\]")
    refused_with = pytest.raises(hp.ModelFileError, match="which is not allowed")
    with refused_with:
        hp.load_model(path, trusted=[GaussianNB])
    loaded = hp.load_model(path, trusted=[Nearest])
    assert loaded[-1].var_smoothing == 0.5
    np.testing.assert_array_equal(
        loaded.predict_proba(strangers.X), model.predict_proba(strangers.X)
    )
    evil = crafted(path, tmp_path / "evil.handpose", arrays={"means": lambda a: a[:2]})
    with pytest.raises(hp.ModelFileError, match=r"damaged .means have another shape"):
        hp.load_model(evil, trusted=[Nearest])


def test_features_of_ones_own_are_loaded_where_their_class_is_given(few, strangers, tmp_path):
    model = hp.make_model("knn", features=Halves("angles"), augmentation=None)
    model.fit(few.X, few.y)
    path = hp.save_model(model, tmp_path / "own.handpose")
    refused(path, r"holds tests\.models\.test_parts\.Halves, which is not allowed")
    loaded = hp.load_model(path, trusted=[Halves])
    np.testing.assert_array_equal(
        loaded.predict_proba(strangers.X), model.predict_proba(strangers.X)
    )


class NoExtractor(hp.Extractor):
    """Finds nothing."""

    provenance: ClassVar = {}

    def detect(self, image):
        return hp.Landmarks.empty()

    def detect_for_video(self, image, timestamp_ms):
        return hp.Landmarks.empty()

    def reset(self):
        """There is nothing to forget."""

    def close(self):
        """There is nothing to close."""


def test_a_recognizer_takes_classes_of_ones_own(few, tmp_path):
    path = hp.save_model(fitted(Nearest(), few), tmp_path / "own.handpose")

    none = NoExtractor()
    with pytest.raises(hp.ModelFileError, match="which is not allowed"):
        hp.load_recognizer(path, extractor=none)
    recognizer = hp.load_recognizer(path, extractor=none, trusted=[Nearest])
    assert recognizer.labels == list("0123456789")


def test_a_parameter_that_no_file_holds_is_named(few, tmp_path):
    model = copy.deepcopy(fitted("svm", few))
    model[-1].gamma = lambda: 1
    with pytest.raises(hp.ModelFileError, match="the svm's gamma is a function, which no file"):
        hp.save_model(model, tmp_path / "a")


def test_further_steps_are_named(few, tmp_path):
    model = fitted("knn", few)
    model.steps.insert(1, ("whiten", PCA(5)))
    model.fit(few.X, few.y)
    with pytest.raises(hp.ModelFileError, match="it has the steps features, whiten, knn"):
        hp.save_model(model, tmp_path / "a")


@pytest.mark.parametrize(
    "labels",
    [
        lambda y: y.astype(int) - 5,
        lambda y: y.astype(np.int8),
        lambda y: y.astype(float),
        lambda y: y.astype(int) > 4,
        lambda y: y.astype(object),
        lambda y: np.array([f"née {label} 手" for label in y]),
    ],
    ids=["int", "int8", "float", "bool", "object", "unicode"],
)
def test_labels_of_every_kind(few, strangers, tmp_path, labels):
    model = hp.make_model("svm", features="angles", augmentation=None)
    model.fit(few.X, labels(few.y))
    loaded = hp.load_model(hp.save_model(model, tmp_path / "a"))
    assert loaded.classes_.dtype == model.classes_.dtype
    expected = model.predict(strangers.X)
    np.testing.assert_array_equal(loaded.predict(strangers.X), expected)
