import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.svm import SVC

import handpose as hp
from handpose.classifiers import NEED_TORCH
from handpose.containers.motion import Motion
from handpose.features.motion import MotionFeatures
from tests.motions import carried, circle, examples, line, thinned, without


def motion_model(classifier, features="motion", **params):
    return hp.make_model(classifier, features=features, **params)


UNSEEN = without(circle(), range(16))

pytestmark = pytest.mark.filterwarnings("ignore::handpose.errors.EmbeddingWarning")


@pytest.fixture(scope="module")
def fitted():
    motions, labels = examples(0)
    return motion_model("logistic").fit(motions, labels)


@pytest.mark.parametrize("classifier", hp.CLASSIFIERS)
def test_each_classifier_tells_circles_lines_and_rest_apart(classifier):
    if classifier in NEED_TORCH:
        pytest.importorskip("torch")
    model = motion_model(classifier).fit(*examples(0, n=30))
    assert model.score(*examples(1)) > 0.9


def test_the_same_motions_at_half_the_frame_rate_are_the_same_to_it(fitted):
    motions, labels = examples(1)
    halved = [thinned(motion, slice(None, None, 2)) for motion in motions]
    assert fitted.score(halved, labels) > 0.9


def test_it_is_a_pipeline_that_can_be_cloned():
    model = motion_model("knn", features=MotionFeatures(("path",)), n_neighbors=3)
    assert isinstance(model, Pipeline)
    assert list(dict(model.steps)) == ["features", "scale", "knn"]
    copy = clone(model)
    assert copy.named_steps["knn"].n_neighbors == 3
    assert copy.features_.blocks == ("path",)


def test_a_classifier_of_scikit_learn_that_gives_probabilities_will_do():
    model = motion_model(KNeighborsClassifier(3)).fit(*examples(0))
    assert model.score(*examples(1)) > 0.9
    with pytest.raises(hp.HandposeError, match="SVC has no predict_proba"):
        motion_model(SVC())


@pytest.mark.parametrize(
    ("features", "params", "gamma"),
    [("motion", {}, "wide"), ("motion", {"gamma": 0.1}, 0.1), (("angles",), {}, "scale")],
)
def test_an_svm_of_motions_has_a_wide_kernel(features, params, gamma):
    assert hp.make_model("svm", features=features, **params)[-1].gamma == gamma


def test_the_same_random_state_gives_the_same_model():
    probabilities = [
        motion_model("random_forest", random_state=5)
        .fit(*examples(0))
        .predict_proba(examples(1)[0])
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*probabilities)


def test_whole_groups_are_held_out_while_the_svm_is_calibrated():
    motions, labels = examples(0)
    groups = np.repeat(np.arange(2), len(motions) // 2)
    apart = motion_model("svm").fit(motions, labels, groups=groups)
    mixed = motion_model("svm").fit(motions, labels)
    slopes = [model.classifier_.pair_slopes_.tolist() for model in (apart, mixed)]
    assert slopes[0] != slopes[1]


def test_a_motion_that_was_not_seen_is_none_and_an_error(fitted):
    motions = [circle(), UNSEEN]
    assert fitted.name(motions).tolist() == ["clockwise", None]
    assert fitted.predict(motions).tolist() == ["clockwise", fitted.missed_label_]
    probabilities = fitted.predict_proba(motions)
    assert probabilities[0].sum() == pytest.approx(1)
    assert probabilities[1].tolist() == [0.25] * 4
    assert fitted.score(motions, ["clockwise", "clockwise"]) == 0.5


@pytest.mark.parametrize("scoring", ["f1_macro", "balanced_accuracy", "neg_log_loss"])
def test_scorers_of_scikit_learn_take_motions_that_were_not_seen(scoring):
    motions, labels = examples(0)
    motions = [*motions, UNSEEN, UNSEEN]
    labels = np.append(labels, labels[:2])
    model = motion_model("knn")
    found = cross_val_score(model, motions, labels, scoring=scoring, cv=2, error_score="raise")
    assert np.isfinite(found).all()


def test_it_is_fitted_on_the_motions_that_were_seen():
    motions, labels = examples(0)
    with_unseen = motion_model("knn").fit([*motions, UNSEEN], [*labels, "unseen"])
    assert "unseen" not in with_unseen.classes_
    np.testing.assert_array_equal(
        with_unseen.predict_proba(motions[:5]),
        motion_model("knn").fit(motions, labels).predict_proba(motions[:5]),
    )


def test_of_no_motions_it_says_nothing(fitted):
    assert fitted.predict([]).tolist() == []
    assert fitted.predict_proba([]).shape == (0, 4)


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (([circle(), line()], ["a"]), r"labels must have one entry a motion \(2\)"),
            (([circle(), line()], ["a", "b"], ["x"]), r"groups must have one entry a motion \(2\)"),
            (([circle(), line()], ["a", "a"]), "all 2 usable motions are labelled a; .* two gest"),
            (([UNSEEN, UNSEEN], ["a", "b"]), "none of the 2 motions shows a hand well enough"),
            (([circle(), line()], ["a", ""]), "1 of 2 motions have no label"),
            (([], []), "none of the 0 motions"),
        ],
    )
    def test_what_cannot_be_learnt_from_is_refused_in_one_line(self, arguments, message):
        with pytest.raises(hp.DatasetError, match=message) as error:
            motion_model("knn").fit(*arguments)
        assert "\n" not in str(error.value)

    def test_mixed_numbers_of_points_are_refused(self, fitted, people):
        hand = carried(people.X.points[0, :, :2])
        with pytest.raises(hp.LandmarksError, match="all have 21"):
            fitted.predict([hand])

    def test_hands_and_motions_are_not_mixed_up(self, fitted, people):
        with pytest.raises(hp.LandmarksError, match="a sequence of Motion, but got Landmarks"):
            fitted.predict(people.X[:2])
        with pytest.raises(hp.LandmarksError, match='got motions; they need features="motion"'):
            hp.make_model("knn").fit(hp.Motions([circle(), line()]), ["a", "b"])


def test_it_knows_what_it_takes_and_how_far_to_look_back(fitted, model):
    assert fitted.takes_motions
    assert fitted.features_name == "motion"
    assert fitted.window_ms == pytest.approx(500)  # 16 frames at 30 a second
    assert not model.takes_motions
    assert model.window_ms is None
    short = [circle(), line(), line(7)]
    assert motion_model("knn", n_neighbors=1).fit(short, list("aab")).window_ms == pytest.approx(
        500
    )
    assert clone(fitted).window_ms is None
    with_pipeline = motion_model("knn", features=make_pipeline(MotionFeatures(("path",))))
    assert with_pipeline.takes_motions


def test_motions_that_it_was_trained_on_are_known_again(fitted):
    motions = hp.Motions(examples(0)[0][:3] + examples(1)[0][:3])
    assert fitted.seen_.which(motions).tolist() == [True] * 3 + [False] * 3


def test_scikit_learn_searches_parameters_of_features_and_classifier():
    motions, labels = examples(0)
    groups = np.arange(len(motions)) // 4
    search = GridSearchCV(
        motion_model("knn"),
        {"knn__n_neighbors": [1, 40], "features__blocks": ["path", "statistics"]},
        cv=GroupKFold(3),
        scoring="f1_macro",
        error_score="raise",
    )
    search.fit(hp.Motions(motions), labels, groups=groups)
    assert search.best_params_ == {"knn__n_neighbors": 1, "features__blocks": "statistics"}
    assert search.best_score_ > 0.9
    result = hp.cross_validate(search, motions, labels, groups=groups, cv=2)
    assert result.accuracy > 0.9
    assert (result.classifier, result.features) == ("GridSearchCV of knn", "motion")


@pytest.mark.parametrize("n_hands", [1, 2])
@pytest.mark.parametrize("name", ["svm", "knn"])
def test_a_file_holds_a_model_of_motions(tmp_path, n_hands, name):
    motions, labels = examples(0)
    if n_hands == 2:
        motions = [hp.Motion(np.repeat(m.points, 2, 1), m.timestamps_ms) for m in motions]
    features = MotionFeatures("path+statistics", scale="hand", n_frames=9, max_gap_ms=100.0)
    made = motion_model(name, features=features).fit(motions, labels).set_params(min_score=0.4)
    loaded = hp.load_model(made.save(tmp_path / "m"))
    np.testing.assert_array_equal(loaded.predict_proba(motions), made.predict_proba(motions))
    assert loaded.features_.get_params() == features.get_params()
    assert loaded.name(motions[:2]).tolist() == made.name(motions[:2]).tolist()
    assert (loaded.window_ms, loaded.min_score) == (made.window_ms, 0.4)
    assert loaded.features_.n_hands_ == n_hands
    assert loaded.card.features == "path+statistics"
    assert loaded.card.labels == ["anticlockwise", "clockwise", "line", "rest"]
    assert loaded.seen_ == made.seen_
    again = loaded.save(tmp_path / "again")
    assert again.read_bytes() == (tmp_path / "m.handpose").read_bytes()


def test_old_names_warn_and_work():
    with pytest.warns(DeprecationWarning, match=r"MotionModel .* use handpose\.GestureModel"):
        assert hp.MotionModel is hp.GestureModel
    with pytest.warns(DeprecationWarning, match="make_motion_model .* use make_model"):
        old = hp.make_motion_model("knn", features=MotionFeatures(("path",)), n_neighbors=3)
    assert [name for name, _ in old.steps] == ["features", "scale", "knn"]
    assert old.classifier_.n_neighbors == 3


def test_a_window_of_a_longer_motion_is_a_motion_like_any_other(fitted):
    long = circle(91, turns=6)
    answers = fitted.predict(list(long.windows(500, 100)))
    assert set(answers.tolist()) == {"clockwise"}
    assert isinstance(next(long.windows(500, 100)), Motion)


def test_a_model_of_a_hand_that_keeps_its_shape_can_be_saved(people, tmp_path):
    """Features that do not change but for rounding errors had a deviation that no file may hold."""
    hand = np.asarray(people.X.points[0, :, :2], np.float64)
    takes = [carried(hand, 16 + i, (300.0 * (-1) ** i, 0.0), opening=80.0) for i in range(12)]
    labels = ["right", "left"] * 6
    model = hp.make_model("svm", features="motion").fit(takes, labels)
    loaded = hp.load_model(hp.save_model(model, tmp_path / "m.handpose"))
    assert np.allclose(loaded.predict_proba(takes), model.predict_proba(takes))
    bare = hp.make_model("logistic", features="motion").fit(takes, labels)
    assert hp.save_model(bare, tmp_path / "l.handpose").is_file()
