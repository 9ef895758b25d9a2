import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

import handpose as hp
from handpose.classifiers import NEED_TORCH
from handpose.containers.motion import Motion
from handpose.features.motion import MotionFeatures
from handpose.models.motions import make_motion_model
from tests.motions import carried, circle, examples, line, thinned, without

UNSEEN = without(circle(), range(16))

pytestmark = pytest.mark.filterwarnings("ignore::handpose.errors.EmbeddingWarning")


@pytest.fixture(scope="module")
def fitted():
    motions, labels = examples(0)
    return make_motion_model("logistic").fit(motions, labels)


@pytest.mark.parametrize("classifier", hp.CLASSIFIERS)
def test_each_classifier_tells_circles_lines_and_rest_apart(classifier):
    if classifier in NEED_TORCH:
        pytest.importorskip("torch")
    model = make_motion_model(classifier).fit(*examples(0, n=30))
    assert model.score(*examples(1)) > 0.9


def test_the_same_motions_at_half_the_frame_rate_are_the_same_to_it(fitted):
    motions, labels = examples(1)
    halved = [thinned(motion, slice(None, None, 2)) for motion in motions]
    assert fitted.score(halved, labels) > 0.9


def test_it_is_a_pipeline_that_can_be_cloned():
    model = make_motion_model("knn", features=MotionFeatures(("path",)), n_neighbors=3)
    assert isinstance(model, Pipeline)
    assert list(dict(model.steps)) == ["features", "scale", "knn"]
    copy = clone(model)
    assert copy.named_steps["knn"].n_neighbors == 3
    assert copy.named_steps["features"].blocks == ("path",)


def test_any_classifier_of_scikit_learn_will_do():
    model = make_motion_model(SVC()).fit(*examples(0))
    assert model.score(*examples(1)) > 0.9


def test_the_same_random_state_gives_the_same_model():
    probabilities = [
        make_motion_model("random_forest", random_state=5)
        .fit(*examples(0))
        .predict_proba(examples(1)[0])
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*probabilities)


def test_whole_groups_are_held_out_while_the_svm_is_calibrated():
    motions, labels = examples(0)
    groups = np.repeat(np.arange(2), len(motions) // 2)
    apart = make_motion_model("svm").fit(motions, labels, groups=groups)
    mixed = make_motion_model("svm").fit(motions, labels)
    slopes = [model.steps[-1][1].pair_slopes_.tolist() for model in (apart, mixed)]
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
    model = make_motion_model("knn")
    found = cross_val_score(model, motions, labels, scoring=scoring, cv=2, error_score="raise")
    assert np.isfinite(found).all()


def test_it_is_fitted_on_the_motions_that_were_seen():
    motions, labels = examples(0)
    with_unseen = make_motion_model("knn").fit([*motions, UNSEEN], [*labels, "unseen"])
    assert "unseen" not in with_unseen.classes_
    np.testing.assert_array_equal(
        with_unseen.predict_proba(motions[:5]),
        make_motion_model("knn").fit(motions, labels).predict_proba(motions[:5]),
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
            (([circle(), line()], ["a", "a"]), "2 of 2 motions .* of 1 labels"),
            (([UNSEEN, UNSEEN], ["a", "b"]), "0 of 2 motions .* of 0 labels"),
            (([], []), "0 of 0 motions"),
        ],
    )
    def test_what_cannot_be_learnt_from_is_refused_in_one_line(self, arguments, message):
        with pytest.raises(hp.DatasetError, match=message) as error:
            make_motion_model("knn").fit(*arguments)
        assert "\n" not in str(error.value)

    def test_mixed_numbers_of_points_are_refused(self, fitted, people):
        hand = carried(people.X.points[0, :, :2])
        with pytest.raises(hp.LandmarksError, match="all have 21"):
            fitted.predict([hand])

    def test_an_unknown_classifier_is_refused(self):
        with pytest.raises(hp.UnknownNameError, match="unknown classifier 'lstm'"):
            make_motion_model("lstm")

    def test_keywords_need_a_name(self):
        with pytest.raises(TypeError, match=r"keywords \['C'\] need a classifier"):
            make_motion_model(SVC(), C=3)


def test_a_window_of_a_longer_motion_is_a_motion_like_any_other(fitted):
    long = circle(91, turns=6)
    answers = fitted.predict(list(long.windows(500, 100)))
    assert set(answers.tolist()) == {"clockwise"}
    assert isinstance(next(long.windows(500, 100)), Motion)
