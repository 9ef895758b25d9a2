import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

import handpose as hp
from handpose.classifiers import NEED_TORCH
from handpose.containers.motion import Motion
from handpose.features.motion import MotionFeatures
from handpose.models.motions import MotionRecognizer, make_motion_model
from tests.motions import carried, changed, circle, line, thinned, without

UNSEEN = without(circle(), range(16))

pytestmark = pytest.mark.filterwarnings("ignore::handpose.errors.EmbeddingWarning")


def examples(seed, n=12):
    """Circles to both sides, lines and rest, each with noise, anywhere and of several sizes."""
    rng = np.random.default_rng(seed)
    motions, labels = [], []
    for _ in range(n):
        size = rng.uniform(0.05, 0.15)
        turns, begin = rng.uniform(0.8, 1.2), rng.uniform(0, 2 * np.pi)
        made = {
            "clockwise": circle(turns=turns, radius=size, begin=begin),
            "anticlockwise": circle(turns=-turns, radius=size, begin=begin),
            "line": line(to=size * 4 * np.array([np.cos(begin), np.sin(begin)])),
            "rest": line(to=(0, 0)),
        }
        for label, motion in made.items():
            noise = rng.normal(0, 0.002, motion.points.shape) + rng.uniform(-1, 1, 2)
            motions.append(changed(motion, lambda points, noise=noise: points + noise))
            labels.append(label)
    return motions, np.array(labels)


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


HEIGHT = 500


def hand_with_tip(x, y):
    """A hand in an image of 800 x 500 whose index finger's tip is at a place in image heights."""
    points = np.zeros((1, 21, 2))
    points[0, 8] = x * HEIGHT, y * HEIGHT
    return hp.Landmarks(points, image_size=[(800, HEIGHT)])


class TestMotionRecognizer:
    def shown(self, recognizer, motion, start_ms=0):
        """What is said after each frame."""
        return [
            recognizer.update(
                hand_with_tip(*point) if seen else hp.Landmarks.empty(), start_ms + time
            )
            for point, seen, time in zip(
                motion.points[:, 0], motion.seen, motion.timestamps_ms, strict=True
            )
        ]

    def test_it_names_what_the_hand_has_been_doing(self, fitted):
        recognizer = MotionRecognizer(fitted)
        circles = self.shown(recognizer, circle(46, turns=3))
        assert circles[-1].motion == "clockwise"
        assert circles[-1].score > 0.5
        recognizer.reset()
        assert self.shown(recognizer, circle(46, turns=-3))[-1].motion == "anticlockwise"

    def test_what_was_longer_ago_than_the_window_does_not_count(self, fitted):
        recognizer = MotionRecognizer(fitted)
        self.shown(recognizer, circle(46, turns=3))
        tremor = np.random.default_rng(0).normal(0, 0.002, (20, 1, 2))
        rest = changed(line(20, to=(0, 0)), lambda points: points + tremor)
        afterwards = self.shown(recognizer, rest, start_ms=2000)
        assert afterwards[-1].motion == "rest"

    def test_it_says_nothing_before_half_a_window_was_seen(self, fitted):
        said = self.shown(MotionRecognizer(fitted, window_ms=500), circle(16))
        assert [answer.motion is None for answer in said] == [True] * 8 + [False] * 8
        assert np.isnan(said[0].score)

    def test_a_hand_that_is_gone_is_forgotten(self, fitted):
        recognizer = MotionRecognizer(fitted)
        self.shown(recognizer, circle(16))
        for time in range(600, 1300, 100):
            answer = recognizer.update(hp.Landmarks.empty(), time)
        assert answer.motion is None

    def test_a_few_missed_frames_do_not_matter(self, fitted):
        said = self.shown(MotionRecognizer(fitted), without(circle(16), [5, 6, 10]))
        assert said[-1].motion == "clockwise"

    def test_what_is_not_sure_enough_is_none_with_its_score(self, fitted):
        answer = self.shown(MotionRecognizer(fitted, min_score=1.0), circle(16))[-1]
        assert answer.motion is None
        assert 0 < answer.score < 1

    def test_it_says_what_the_model_says_of_the_window(self, fitted):
        motion = circle(16)
        answer = self.shown(MotionRecognizer(fitted), motion)[-1]
        assert answer.score == pytest.approx(fitted.predict_proba([motion]).max(), abs=1e-4)

    def test_whole_hands_need_no_image_size(self, people):
        hand = people.X[people.X.handedness == "Right"][0].points[0, :, :2]
        motions = [carried(hand, by=by) for by in [(300, 0), (-300, 0), (250, 9), (-350, -9)]]
        model = make_motion_model("knn", n_neighbors=1).fit(motions, ["right", "left"] * 2)
        recognizer = MotionRecognizer(model)
        moving = carried(hand, by=(-310, 5))
        for points, time in zip(moving.points, moving.timestamps_ms, strict=True):
            answer = recognizer.update(hp.Landmarks(points[None]), time)
        assert answer.motion == "left"

    def test_tracks_need_the_images_height(self, fitted):
        recognizer = MotionRecognizer(fitted)
        recognizer.update(hp.Landmarks(np.zeros((1, 21, 2))), 0)
        with pytest.raises(hp.LandmarksError, match="needs image_size"):
            recognizer.update(hp.Landmarks(np.zeros((1, 21, 2))), 300)

    def test_several_hands_are_refused(self, fitted, people):
        with pytest.raises(hp.LandmarksError, match="one hand, but got 3"):
            MotionRecognizer(fitted).update(people.X[:3], 0)

    def test_time_must_grow_until_it_begins_anew(self, fitted):
        recognizer = MotionRecognizer(fitted)
        recognizer.update(hp.Landmarks.empty(), 40)
        with pytest.raises(hp.LandmarksError, match="must grow, but 40 follows 40"):
            recognizer.update(hp.Landmarks.empty(), 40)
        recognizer.reset()
        recognizer.update(hp.Landmarks.empty(), 0)

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"window_ms": 0}, "window_ms must be above 0"),
            ({"min_score": 1.5}, "min_score must be between 0 and 1"),
        ],
    )
    def test_bad_options_are_refused(self, fitted, options, message):
        with pytest.raises(ValueError, match=message):
            MotionRecognizer(fitted, **options)

    def test_a_model_that_is_not_fitted_is_refused(self):
        with pytest.raises(NotFittedError):
            MotionRecognizer(make_motion_model("knn"))


def test_a_window_of_a_longer_motion_is_a_motion_like_any_other(fitted):
    long = circle(91, turns=6)
    answers = fitted.predict(list(long.windows(500, 100)))
    assert set(answers.tolist()) == {"clockwise"}
    assert isinstance(next(long.windows(500, 100)), Motion)
