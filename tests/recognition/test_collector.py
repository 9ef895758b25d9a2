"""The collector: varied samples, no two alike."""

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.sample_folder import SampleFolder
from handpose.recognition.collector import Collector, Outcome
from tests.extractors.fake import FakeExtractor

NOTHING = np.zeros((40, 50, 3), np.uint8)


class Placed(FakeExtractor):
    """Finds the hand that the test put there."""

    hand = hp.Landmarks.empty()

    def detect(self, image):
        return self.hand if image[0, 0].any() else hp.Landmarks.empty()


@pytest.fixture
def image():
    return np.full((300, 300, 3), 90, np.uint8)


@pytest.fixture
def extractor(rendered):
    extractor = Placed()
    points = rendered.X.points[5]
    centre = np.append((points[:, :2].max(0) + points[:, :2].min(0)) / 2, 0)
    extractor.shape = (points - centre) * 200 / np.ptp(points[:, :2])
    extractor.hand = at(extractor)
    return extractor


def at(extractor, x=150.0, y=150.0, angle=0.0, size=1.0):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = extractor.shape.copy()
    points[:, :2] = points[:, :2] @ turn.T * size
    return hp.Landmarks([points + np.array([x, y, 0])], handedness=["Right"])


@pytest.fixture
def collector(tmp_path, extractor):
    return Collector(SampleFolder(tmp_path / "mine", "fist", "anna"), extractor)


def test_a_new_hand_is_kept_and_the_same_again_is_not(collector, image, tmp_path):
    assert collector.offer(image) is Outcome.KEPT
    assert collector.offer(image) is Outcome.TOO_SIMILAR
    assert len(collector) == 1
    assert len(list((tmp_path / "mine/fist").iterdir())) == 1


def test_place_and_size_alone_are_nothing_new(collector, extractor, image):
    collector.offer(image)
    extractor.hand = at(extractor, 140, 145, size=0.8)
    assert collector.offer(image) is Outcome.TOO_SIMILAR
    extractor.hand = at(extractor, angle=0.4)
    assert collector.offer(image) is Outcome.KEPT


def test_variety_is_the_mean_distance_of_two_samples(collector, extractor, image):
    assert collector.variety == 0
    for angle in (0.0, 0.3):
        extractor.hand = at(extractor, angle=angle)
        collector.offer(image)
    two = collector.variety
    extractor.hand = at(extractor, angle=1.2)
    collector.offer(image)
    assert 0 < two < collector.variety


def test_no_hand_and_half_a_hand_are_told_and_not_kept(collector, extractor, image):
    assert collector.offer(NOTHING) is Outcome.NO_HAND
    extractor.hand = at(extractor, x=20)
    assert collector.offer(image) is Outcome.CUT_OFF
    assert len(collector) == 0
    assert len(collector.hands) == 1


def test_what_an_interrupted_session_kept_counts(tmp_path, extractor, image):
    folder = SampleFolder(tmp_path / "mine", "fist", "anna")
    Collector(folder, extractor).offer(image)
    again = Collector(SampleFolder(tmp_path / "mine", "fist", "anna"), extractor)
    assert len(again) == 1
    assert again.offer(image) is Outcome.TOO_SIMILAR


def test_other_subjects_and_labels_do_not_count(tmp_path, extractor, image):
    Collector(SampleFolder(tmp_path, "fist", "anna"), extractor).offer(image)
    for label, subject in (("fist", "ben"), ("palm", "anna")):
        assert len(Collector(SampleFolder(tmp_path, label, subject), extractor)) == 0


def test_a_negative_distance_is_refused(tmp_path, extractor):
    with pytest.raises(ValueError, match="min_distance"):
        Collector(SampleFolder(tmp_path, "fist", "anna"), extractor, min_distance=-1)
