"""The habits of scikit-learn hold for a `GestureModel`, with hands that were not found too."""

import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import get_scorer
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    RandomizedSearchCV,
    StratifiedGroupKFold,
    cross_val_predict,
    cross_val_score,
    cross_validate,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

import handpose as hp
from handpose import LandmarkFeatures, Landmarks, make_model

pytestmark = pytest.mark.filterwarnings("ignore:.* cannot be saved to a file")

SCORERS = (
    "accuracy",
    "balanced_accuracy",
    "f1_macro",
    "f1_micro",
    "f1_weighted",
    "jaccard_macro",
    "jaccard_weighted",
    "matthews_corrcoef",
    "neg_brier_score",
    "neg_log_loss",
    "precision_macro",
    "precision_micro",
    "precision_weighted",
    "recall_macro",
    "recall_micro",
    "recall_weighted",
    "roc_auc_ovo",
    "roc_auc_ovo_weighted",
    "roc_auc_ovr",
    "roc_auc_ovr_weighted",
    "top_k_accuracy",
)
"""Every scorer of scikit-learn for more than two classes; its scores of clusters aside."""


@pytest.fixture(scope="module")
def some(people):
    """Hands of four gestures by fifty people."""
    return people[np.isin(people.y, ["0", "1", "2", "3"])]


@pytest.fixture(scope="module")
def with_missed(some):
    """The same, but four hands of "0" were not found."""
    rows = np.flatnonzero(some.y == "0")[:4]
    points = some.X.points.copy()
    points[rows] = np.nan
    return Landmarks(points, handedness=some.X.handedness), some.y, some.groups


@pytest.fixture
def plain():
    return make_model("logistic", features="angles", augmentation=None)


def _known(name):
    try:
        return get_scorer(name)
    except ValueError:
        pytest.skip(f"this scikit-learn has no scorer {name}")


@pytest.mark.parametrize("scoring", SCORERS)
def test_every_scorer_by_name_counts_a_missed_hand_as_an_error(plain, some, with_missed, scoring):
    _known(scoring)
    whole = _scores(plain, *some, scoring=scoring)
    less = _scores(plain, *with_missed, scoring=scoring)
    assert np.isfinite(less).all()
    assert less.mean() < whole.mean()
    # four of two hundred: no more of a mean over four gestures than four times that share
    if not scoring.startswith("neg_"):
        assert less.mean() > whole.mean() - 0.12


def _scores(model, hands, labels, groups, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return cross_val_score(model, hands, labels, groups=groups, cv=GroupKFold(3), **more)


def test_accuracy_by_name_is_that_of_score(plain, with_missed):
    by_name = _scores(plain, *with_missed, scoring="accuracy")
    np.testing.assert_allclose(by_name, _scores(plain, *with_missed))


def test_a_metric_over_classes_has_no_class_of_missed_hands(plain, with_missed):
    """It is that of `hp.cross_validate`, but for the precision of one gesture."""
    by_name = _scores(plain, *with_missed, scoring="f1_macro").mean()
    hands, labels, groups = with_missed
    ours = hp.cross_validate(plain, hands, labels, groups=groups, cv=3).macro_f1
    assert by_name == pytest.approx(ours, abs=0.03)


@pytest.mark.parametrize("scoring", ["f1_macro", "neg_log_loss", "balanced_accuracy"])
def test_a_search_with_any_scorer_finds_the_better_parameter(with_missed, scoring):
    hands, labels, groups = with_missed
    model = make_model("svm", features="angles", augmentation=None)
    search = GridSearchCV(model, {"svm__C": [1e-4, 10]}, scoring=scoring, cv=GroupKFold(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search.fit(hands, labels, groups=groups)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert search.best_params_ == {"svm__C": 10}


def test_several_scorers_at_once(plain, with_missed):
    hands, labels, groups = with_missed
    names = ["f1_macro", "roc_auc_ovr"]
    found = cross_validate(
        plain, hands, labels, groups=groups, cv=GroupKFold(3), scoring=names, error_score="raise"
    )
    assert all(np.isfinite(found[f"test_{name}"]).all() for name in names)


def test_predictions_of_folds_name_every_row(plain, with_missed):
    hands, labels, groups = with_missed
    found = cross_val_predict(plain, hands, labels, groups=groups, cv=GroupKFold(3))
    assert found.dtype.kind == "U"
    assert set(found) <= set(labels)


def test_a_missed_hand_gets_the_label_that_fewest_missed_hands_had(plain, missed, some):
    hands = Landmarks.concat([some.X, missed])
    model = clone(plain).fit(hands, [*some.y, "0"])
    rarest = min("123", key=lambda label: (some.y == label).sum())
    assert model.missed_label_ == rarest
    assert model.predict(missed).tolist() == [rarest]
    assert model.name(missed).tolist() == [None]
    np.testing.assert_allclose(model.predict_proba(missed), 0.25)


def test_a_missed_hand_is_nothing_to_a_model_that_knows_the_label(plain, missed, some):
    labels = np.where(some.y == "2", "nothing", some.y)
    model = clone(plain).fit(some.X, labels)
    assert model.predict(missed).tolist() == ["nothing"]
    assert model.predict_proba(missed).tolist() == [[0, 0, 0, 1]]
    assert model.score(missed, ["nothing"]) == 1
    assert model.score(missed, ["0"]) == 0


def test_nested_parameters_of_every_part(some):
    model = make_model("knn", features="angles")
    model.set_params(knn__n_neighbors=9, features__rotate=True, random_state=3)
    params = model.get_params()
    assert params["knn__n_neighbors"] == 9
    assert params["features__rotate"] is True
    assert params["random_state"] == 3
    assert clone(model).get_params().keys() == params.keys()
    search = RandomizedSearchCV(
        make_model("knn", augmentation=None),
        {"knn__n_neighbors": [1, 3], "features__blocks": ["angles", "fingertips"]},
        n_iter=2,
        cv=2,
        random_state=0,
    )
    assert search.fit(some.X, some.y).best_score_ > 0.9


class Mine(TransformerMixin, BaseEstimator):
    """Where the fingertips are, seen from the wrist, in sizes of the hand."""

    def __init__(self, power=1.0):
        self.power = power

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        tips = X.points[:, 4::4, :2] - X.points[:, :1, :2]
        size = np.linalg.norm(X.points[:, 9, :2] - X.points[:, 0, :2], axis=1)
        return ((tips / size[:, None, None]) ** self.power).reshape(len(X), -1)


OWN_FEATURES = {
    "transformer": Mine,
    "pipeline": lambda: make_pipeline(LandmarkFeatures("angles"), StandardScaler()),
    "function": lambda: make_pipeline(Mine(), StandardScaler()),
}


@pytest.mark.parametrize("features", OWN_FEATURES)
def test_features_of_ones_own(with_missed, features):
    hands, labels, groups = with_missed
    model = make_model("knn", features=OWN_FEATURES[features](), augmentation=None)
    result = hp.cross_validate(model, hands, labels, groups=groups, cv=3)
    assert result.accuracy_detected > 0.9
    assert result.accuracy < result.accuracy_detected
    assert result.features == ("mine" if features == "transformer" else "pipeline")


def test_parameters_of_ones_own_features_can_be_searched(some):
    model = make_model("knn", features=Mine(), augmentation=None)
    search = GridSearchCV(model, {"features__power": [0, 1]}, cv=2).fit(some.X, some.y)
    assert search.best_params_ == {"features__power": 1}


OWN_CLASSIFIERS = {
    "own": GaussianNB,
    "voting": lambda: VotingClassifier(
        [("nb", GaussianNB()), ("knn", KNeighborsClassifier())], voting="soft"
    ),
    "calibrated": lambda: CalibratedClassifierCV(LinearSVC(), cv=2),
    "stacking": lambda: StackingClassifier(
        [("nb", GaussianNB()), ("knn", KNeighborsClassifier())], LogisticRegression(), cv=2
    ),
    "pipeline": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "search": lambda: GridSearchCV(KNeighborsClassifier(), {"n_neighbors": [1, 3]}, cv=2),
}


@pytest.mark.parametrize("classifier", OWN_CLASSIFIERS)
def test_classifiers_of_ones_own(with_missed, classifier):
    hands, labels, _ = with_missed
    model = make_model(OWN_CLASSIFIERS[classifier](), features="angles", augmentation=None)
    model.fit(hands, labels)
    assert 0.9 < model.score(hands, labels) < 1
    assert np.isfinite(model.predict_proba(hands)).all()
    assert not hasattr(clone(model), "missed_label_")


@pytest.mark.parametrize("classifier", [LinearSVC, RidgeClassifier, SVC])
def test_a_classifier_without_probabilities_is_refused_at_once(some, classifier):
    with pytest.raises(hp.HandposeError, match=f"wrap it: .*{classifier.__name__}"):
        make_model(classifier())
    by_hand = hp.GestureModel([("features", LandmarkFeatures()), ("own", classifier())])
    with pytest.raises(hp.HandposeError, match="no predict_proba"):
        by_hand.fit(some.X, some.y)


ESTIMATORS = {
    "pipeline": lambda: Pipeline(
        [("features", LandmarkFeatures("angles")), ("scale", StandardScaler()), ("svc", SVC())]
    ),
    "search": lambda: GridSearchCV(
        make_model("knn", features="angles", augmentation=None), {"knn__n_neighbors": [1, 3]}, cv=2
    ),
    "search by people": lambda: GridSearchCV(
        make_pipeline(LandmarkFeatures("angles"), KNeighborsClassifier()),
        {"kneighborsclassifier__n_neighbors": [1, 3]},
        cv=StratifiedGroupKFold(2),
    ),
}
NAMES = {
    "pipeline": ("svc", "angles"),
    "search": ("GridSearchCV of knn", "angles"),
    "search by people": ("GridSearchCV of kneighborsclassifier", "angles"),
}


@pytest.mark.parametrize("kind", ESTIMATORS)
def test_any_estimator_of_hands_can_be_measured(some, with_missed, kind):
    hands, labels, groups = with_missed
    estimator = ESTIMATORS[kind]()
    result = hp.cross_validate(estimator, hands, labels, groups=groups, cv=3)
    assert (result.classifier, result.features) == NAMES[kind]
    assert result.accuracy_detected > 0.95
    assert result.confusion[0, -1] == 4
    fitted = clone(estimator).fit(some.X, some.y, **_groups(kind, some))
    again = hp.evaluate_model(fitted, hands, labels)
    assert again.accuracy == pytest.approx(1 - 4 / len(labels), abs=0.02)


def _groups(kind, some):
    return {"groups": some.groups} if kind == "search by people" else {}
