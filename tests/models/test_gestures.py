import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

import handpose as hp
from handpose import Landmarks, make_model

pytestmark = pytest.mark.filterwarnings("ignore:.* cannot be saved to a file")


@pytest.fixture
def with_misses(strangers, missed):
    """A stranger's hand, a missed one, another hand; their labels."""
    hands = Landmarks.concat([strangers.X[:1], missed, strangers.X[1:2]])
    return hands, [strangers.y[0], "0", strangers.y[1]]


def test_it_names_the_gestures_of_people_it_has_not_seen(model, strangers):
    assert model.score(strangers.X, strangers.y) > 0.97


def test_it_knows_the_names_of_its_parts():
    assert make_model("knn", features="geometry").classifier_name == "knn"
    assert make_model("knn", features="geometry").features_name == "geometry"
    assert make_model(features=["angles", "fingertips"]).features_name == "angles+fingertips"
    assert make_model().classifier_name == "svm"
    assert make_model().features_name == "geometry"


def test_a_missed_hand_has_no_name_and_even_probabilities(model, with_misses):
    hands, truth = with_misses
    assert model.name(hands).tolist() == [truth[0], None, truth[2]]
    assert model.predict(hands).tolist() == [truth[0], model.missed_label_, truth[2]]
    probabilities = model.predict_proba(hands)
    np.testing.assert_allclose(probabilities[1], 0.1)
    np.testing.assert_allclose(probabilities[[0, 2]].sum(1), 1, atol=1e-6)
    np.testing.assert_array_equal(model.predict_proba(hands[[0, 2]]), probabilities[[0, 2]])


def test_the_score_counts_a_missed_hand_as_an_error(model, with_misses):
    assert model.score(*with_misses) == pytest.approx(2 / 3)


def test_only_missed_hands_and_no_hands_can_be_predicted(model, missed):
    assert model.name(missed).tolist() == [None]
    np.testing.assert_allclose(model.predict_proba(missed), 0.1)
    assert model.name(Landmarks.empty()).shape == (0,)
    assert model.predict(Landmarks.empty()).shape == (0,)
    assert model.predict_proba(Landmarks.empty()).shape == (0, 10)


def test_missed_hands_do_not_change_what_is_learned(people, missed, strangers):
    hands = Landmarks.concat([missed, people.X, missed])
    labels = ["0", *people.y, "made up"]
    plain = make_model("knn").fit(people.X, people.y)
    with_missed = make_model("knn").fit(hands, labels)
    assert with_missed.classes_.tolist() == plain.classes_.tolist()
    np.testing.assert_array_equal(
        with_missed.predict_proba(strangers.X), plain.predict_proba(strangers.X)
    )


def test_arrays_are_hands_of_unknown_side(people):
    model = make_model("knn", augmentation=None).fit(people.X.points[..., :2], people.y)
    assert model.score(people.X.points, people.y) > 0.99


@pytest.mark.parametrize("features", ["geometry", ["angles"], hp.LandmarkFeatures("angles")])
def test_features_are_a_preset_blocks_or_a_transformer(people, features):
    model = make_model("knn", features=features, augmentation=None)
    assert model.fit(people.X, people.y).score(people.X, people.y) > 0.99


def test_an_estimator_of_ones_own_can_be_the_classifier(people, strangers):
    model = make_model(GaussianNB(), augmentation=None).fit(people.X, people.y)
    assert model.classifier_name == "gaussiannb"
    assert model.score(strangers.X, strangers.y) > 0.8


def test_keywords_are_for_classifiers_by_name():
    assert make_model("knn", n_neighbors=9)[-1].n_neighbors == 9
    with pytest.raises(TypeError, match=r"\['C'\] need a classifier that is given by name"):
        make_model(LogisticRegression(), C=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(("svn",), "did you mean 'svm'"), (("svm", "everything"), "known: all, angles")],
)
def test_unknown_names_list_the_known_ones(people, arguments, message):
    classifier, features = (*arguments, "all")[:2]
    with pytest.raises(hp.UnknownNameError, match=message):
        make_model(classifier, features=features).fit(people.X, people.y)


class Recorder(GaussianNB):
    """A classifier that keeps what it was fitted on."""

    def fit(self, X, y, groups=None):
        Recorder.seen = X, np.asarray(y), None if groups is None else np.asarray(groups)
        return super().fit(X, y)


def test_copies_are_added_with_the_label_and_the_person_of_their_hand(people):
    hands, labels, subjects = people[::16]
    model = make_model(Recorder(), features="angles", augmentation=hp.Augmentation(copies=2))
    model.fit(hands, labels, groups=subjects)
    X, y, groups = Recorder.seen
    assert y.tolist() == labels.tolist() * 3
    assert groups.tolist() == subjects.tolist() * 3
    n = len(hands)
    np.testing.assert_array_equal(X[:n], hp.LandmarkFeatures("angles").fit_transform(hands))
    assert np.abs(X[n : 2 * n] - X[:n]).max() > 0.1


@pytest.mark.parametrize("augmentation", [None, hp.Augmentation(copies=0)])
def test_without_augmentation_the_hands_alone_are_learned(people, augmentation):
    hands, labels, _ = people[::16]
    make_model(Recorder(), augmentation=augmentation).fit(hands, labels)
    X, y, groups = Recorder.seen
    assert len(X) == len(y) == len(hands)
    assert len(set(groups)) == len(hands)  # without people, each hand stands for itself


def test_the_seed_decides_the_copies(people):
    hands, labels, _ = people[::16]
    seen = []
    for seed in (1, 1, 2):
        make_model(Recorder(), random_state=seed).fit(hands, labels)
        seen.append(Recorder.seen[0])
    np.testing.assert_array_equal(seen[0], seen[1])
    assert not np.array_equal(seen[0], seen[2])


def test_fitting_does_not_change_the_given_hands(people):
    before = people.X.points.copy()
    make_model("knn").fit(people.X, people.y)
    np.testing.assert_array_equal(people.X.points, before)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda hands, y, g: (hands, y[:-1], None), r"labels must have one entry a hand \(20\)"),
        (lambda hands, y, g: (hands, y, g[:-1]), r"groups .*\(20\), but got shape \(19,\)"),
        (lambda hands, y, g: (hands, ["fist"] * 20, None), "labelled fist.*at least two gestures"),
        (
            lambda hands, y, g: (Landmarks.missing([(9, 9)] * 20), y, None),
            "none of the 20 hands was detected",
        ),
    ],
    ids=["labels", "groups", "one gesture", "nothing detected"],
)
def test_what_cannot_be_learned_is_refused(people, change, message):
    hands, labels, groups = change(*people[:20])
    with pytest.raises(hp.DatasetError, match=message):
        make_model().fit(hands, labels, groups=groups)


def test_half_a_hand_cannot_be_learned_or_predicted(model, people):
    points = people.X.points.copy()
    points[3, 5] = np.nan
    for use in (lambda: model.predict(points), lambda: clone(model).fit(points, people.y)):
        with pytest.raises(hp.LandmarksError, match="first: row 3"):
            use()


def test_labels_of_the_wrong_length_cannot_be_scored(model, strangers):
    with pytest.raises(hp.DatasetError, match=r"one entry a hand \(\d+\), but got shape \(\d+,\)"):
        model.score(strangers.X, strangers.y[:-1])


def test_scikit_learn_cross_validates_landmarks_like_any_array(digits, missed, people):
    hands = Landmarks.concat([people.X, missed])
    labels = np.append(people.y, "0")
    groups = np.append(people.groups, "nobody")
    scores = cross_val_score(
        make_model("knn", augmentation=None), hands, labels, groups=groups, cv=GroupKFold(3)
    )
    assert len(scores) == 3
    assert 0.95 < scores.mean() < 1  # the missed hand is an error


def test_scikit_learn_searches_parameters_of_both_parts(people):
    search = GridSearchCV(
        make_model("knn", augmentation=None),
        {"knn__n_neighbors": [1, 250], "features__blocks": ["angles", "coordinates"]},
        cv=3,
    )
    search.fit(people.X, people.y)
    assert search.best_params_["knn__n_neighbors"] == 1
    assert search.best_score_ > 0.95
    assert len(set(search.cv_results_["mean_test_score"])) > 1


def test_a_clone_has_the_same_settings_and_is_not_fitted(model):
    augmentation = hp.Augmentation(copies=1)
    copy = clone(make_model("svm", augmentation=augmentation, random_state=4, C=2.0))
    assert copy.augmentation == augmentation
    assert copy.random_state == 4
    assert copy[-1].C == 2.0
    assert not hasattr(clone(model)[-1], "classes_")


@pytest.mark.parametrize("label", ["nothing", "no_gesture"])
def test_no_hand_is_the_right_answer_where_no_gesture_is(people, missed, label):
    hands = Landmarks.concat([people.X, missed, missed])
    labels = [*people.y, label, "0"]
    model = make_model("knn", augmentation=None).fit(hands, labels)
    assert label not in model.classes_  # nobody saw such a hand
    assert model.score(hands[-2:-1], [label]) == 1
    assert model.score(hands[-1:], ["0"]) == 0
    assert model.score(people.X[:1], [label]) == 0  # a gesture where there is none


@pytest.mark.parametrize("groups", [["me"] * 60, None])
def test_photos_are_held_out_where_all_hands_are_of_one_person(people, groups):
    """Else one person's svm could not be calibrated; copies of a photo stay with it."""
    few = people[:60]
    alone = make_model("svm").fit(few.X, few.y, groups=groups)
    apart = make_model("svm").fit(few.X, few.y, groups=np.arange(60))
    np.testing.assert_array_equal(alone[-1].pair_slopes_, apart[-1].pair_slopes_)


@pytest.mark.parametrize("copies", [0, 4])
@pytest.mark.parametrize("n_people", [1, 3])
@pytest.mark.parametrize("photos", [1, 3])
@pytest.mark.parametrize("n_labels", [2, 5, 10])
def test_few_hands_give_scores_that_name_them(
    people, strangers, n_labels, photos, n_people, copies
):
    labels = np.unique(people.y)[:n_labels]
    rows = [np.flatnonzero(people.y == label)[: photos * n_people] for label in labels]
    few = people[np.concatenate(rows)]
    groups = np.tile(np.arange(photos * n_people) % n_people, n_labels)
    augmentation = hp.Augmentation(copies=copies)
    model = make_model("svm", augmentation=augmentation).fit(few.X, few.y, groups=groups)
    scores = model.predict_proba(few.X).max(1)
    assert np.mean(scores >= 0.8) > 0.9
    asked = strangers[np.isin(strangers.y, labels)]
    assert np.mean(model.predict_proba(asked.X).max(1) >= 0.5) > 0.75


def test_the_threshold_is_a_parameter_that_files_keep(people, tmp_path):
    model = make_model("knn").set_params(min_score=0.4).fit(people.X[:60], people.y[:60])
    assert clone(model).min_score == 0.4
    loaded = hp.load_model(hp.save_model(model, tmp_path / "m"))
    card = loaded.card
    assert loaded.min_score == card.settings["min_score"] == 0.4


@pytest.mark.parametrize("name", ["svm", "few_shot", "gbdt"])
def test_one_hand_of_each_of_many_gestures_is_no_regression(name, people):
    few = people.X[:30]
    params = {"max_iter": 2} if name == "gbdt" else {}
    model = hp.make_model(name, augmentation=None, **params)
    model.fit(few, [f"gesture {k}" for k in range(30)])
    assert len(model.classes_) == 30


@pytest.mark.parametrize("own", [GaussianNB(), GridSearchCV(GaussianNB(), {})])
def test_a_classifier_that_no_file_holds_warns_at_once(own):
    name = type(own).__name__
    with pytest.warns(hp.HandposeWarning, match=f"{name} cannot be saved to a file; use one of"):
        make_model(own)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        make_model(KNeighborsClassifier())


def test_a_loaded_model_unpacks_as_before_and_warns(good):
    with pytest.warns(DeprecationWarning, match="unpacking load_model.* use the model, which has"):
        model, card = hp.load_model(good)
    assert card is model.card
    assert model[0] is model.features_
    with pytest.warns(DeprecationWarning, match=r"load_model\(path\)\[0\]") as caught:
        model = hp.load_model(good)[0]
    assert caught[0].filename == __file__
    assert isinstance(model, hp.GestureModel)
    assert model[0] is model.features_
    with pytest.warns(DeprecationWarning, match=r"load_model\(path\)\[1\]"):
        assert hp.load_model(good)[1] == card
    assert hp.load_model(good)[-1].classes_.tolist() == card.labels


def test_a_model_that_is_fitted_again_has_another_card(good, people):
    model = hp.load_model(good)
    assert model.card.labels
    model.fit(people.X[:60], people.y[:60])
    assert model.card == hp.ModelCard()
    assert model[0] is model.features_
