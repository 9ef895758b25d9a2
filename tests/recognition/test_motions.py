import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

import handpose as hp
from handpose.models.motions import make_motion_model
from handpose.recognition.motions import MotionRecognizer
from tests.motions import carried, changed, circle, examples, line, without


@pytest.fixture(scope="module")
def fitted():
    return make_motion_model("logistic").fit(*examples(0))


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
                motion.points[:, 0, 0], motion.seen[:, 0], motion.timestamps_ms, strict=True
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
        tremor = np.random.default_rng(0).normal(0, 0.002, (20, 1, 1, 2))
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
        for points, time in zip(moving.points[:, 0], moving.timestamps_ms, strict=True):
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
        with pytest.raises(hp.LandmarksError, match=r"must grow .* got 40 after 40"):
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
