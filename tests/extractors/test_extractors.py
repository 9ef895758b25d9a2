"""`make_extractor` and the contract of `Extractor`."""

import numpy as np
import pytest

import handpose as hp
from tests.extractors.fake import FakeExtractor

KNOWN = [
    pytest.param(name, marks=pytest.mark.mediapipe) if name == "mediapipe" else name
    for name in sorted(hp.EXTRACTORS)
]


def test_an_unknown_extractor_lists_the_known_ones():
    with pytest.raises(hp.UnknownNameError, match=r"'mediapip' \(did you mean 'mediapipe'.*native"):
        hp.make_extractor("mediapip")


def test_options_reach_the_extractor():
    with hp.make_extractor("native", network="lite", refine=False) as extractor:
        assert extractor.provenance["options"]["network"] == "lite"
        assert extractor.provenance["options"]["refine"] is False


def test_an_option_that_an_extractor_lacks_is_refused_by_name():
    with pytest.raises(hp.UnknownNameError, match=r"mediapipe option 'effort'; known: .*retry"):
        hp.make_extractor("mediapipe", effort="fast")
    with pytest.raises(hp.UnknownNameError, match=r"native option 'num_hand' \(did you mean"):
        hp.make_extractor("native", num_hand=2)
    with pytest.raises(hp.UnknownNameError, match=r"a.keypoints option 'effort'; known: mirrored,"):
        hp.make_extractor("folder/a.keypoints", effort="fast")


@pytest.mark.parametrize("confidence", [0, 1, -0.1, float("nan")])
def test_a_confidence_that_is_not_allowed_is_refused(confidence):
    with pytest.raises(hp.OptionError, match="min_detection_confidence must be above 0 and below"):
        hp.make_extractor("native", min_detection_confidence=confidence)


@pytest.mark.mediapipe
@pytest.mark.parametrize("confidence", [-0.1, 1.5, float("nan")])
def test_mediapipe_refuses_it_before_the_first_image(confidence):
    with pytest.raises(hp.OptionError, match="min_presence_confidence must be from 0 to 1"):
        hp.make_extractor("mediapipe", min_presence_confidence=confidence)


def test_an_extractor_of_ones_own_can_be_registered(fake):
    assert isinstance(hp.make_extractor("fake", version=3), FakeExtractor)


@pytest.mark.parametrize("name", KNOWN)
def test_every_known_extractor_is_an_extractor(name):
    with hp.make_extractor(name) as extractor:
        assert isinstance(extractor, hp.Extractor)
        assert extractor.provenance["name"] == name


def test_a_with_statement_closes_the_extractor_also_after_an_error(monkeypatch):
    closed = []
    monkeypatch.setattr(FakeExtractor, "close", lambda self: closed.append(True))

    def use_and_fail():
        with FakeExtractor() as extractor:
            assert isinstance(extractor, FakeExtractor)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        use_and_fail()
    assert len(closed) == 1


def test_an_extractor_that_lacks_a_method_cannot_be_made():
    class Half(hp.Extractor):
        def detect(self, image):
            return hp.Landmarks.empty()

    with pytest.raises(TypeError, match="abstract"):
        Half()


# --- videos of their own ----------------------------------------------------------------------


@pytest.mark.parametrize("name", KNOWN)
def test_every_extractor_follows_two_videos_at_once(name, rendered_folder):
    image = hp.read_image(rendered_folder / "5/render0.jpg")
    parts = [[np.roll(image, sign * 5 * t, axis=1) for t in range(4)] for sign in (1, -1)]
    with hp.make_extractor(name) as extractor:

        def points(video, frame, t):
            return video.detect(frame, 40 * t).points

        alone = []
        for frames in parts:
            with extractor.video() as video:
                alone.append([points(video, frame, t) for t, frame in enumerate(frames)])
        first, second = extractor.video(), extractor.video()
        for t, frames in enumerate(zip(*parts, strict=True)):
            for video, frame, expected in zip((first, second), frames, alone, strict=True):
                np.testing.assert_array_equal(points(video, frame, t), expected[t])
        extractor.detect_for_video(image, 7)  # the extractor's own video is another one
        points(first, image, 9)
        for video in (first, second, first):
            video.close()


@pytest.mark.parametrize("name", KNOWN)
def test_a_video_that_is_forgotten_does_no_harm(name, rendered_folder):
    image = hp.read_image(rendered_folder / "5/render0.jpg")
    with hp.make_extractor(name) as extractor:
        for _ in range(3):
            assert len(extractor.video().detect(image, 0)) == 1
        assert len(getattr(extractor, "_landmarkers", {})) <= 1


def test_an_extractor_that_follows_one_video_names_the_remedy():
    extractor = FakeExtractor()
    image = np.zeros((16, 16, 3), np.uint8)
    first = extractor.video()
    first.detect(image, 0)
    second = extractor.video()
    assert len(second.detect(image, 0)) == 0
    with pytest.raises(hp.HandposeError, match="FakeExtractor follows one video at a time"):
        first.detect(image, 40)
