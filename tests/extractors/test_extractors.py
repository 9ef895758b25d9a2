"""`make_extractor` and the contract of `Extractor`."""

import pytest

import handpose as hp
from tests.extractors.fake import FakeExtractor

NEEDS = {"mediapipe": pytest.mark.mediapipe}


def test_an_unknown_extractor_lists_the_known_ones():
    with pytest.raises(hp.UnknownNameError, match=r"'mediapip' \(did you mean 'mediapipe'.*native"):
        hp.make_extractor("mediapip")


def test_options_reach_the_extractor():
    with hp.make_extractor("native", network="lite", refine=False) as extractor:
        assert extractor.provenance["options"]["network"] == "lite"
        assert extractor.provenance["options"]["refine"] is False


def test_an_extractor_of_ones_own_can_be_registered(fake):
    assert isinstance(hp.make_extractor("fake", version=3), FakeExtractor)


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=NEEDS.get(n, ())) for n in sorted(hp.EXTRACTORS)]
)
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
