import pytest

from handpose import extraction
from handpose.extractors import EXTRACTORS
from tests.extractors.fake import FakeExtractor


@pytest.fixture(scope="module", autouse=True)
def _networks_opened_once():
    """Not here: each extractor opens networks of its own, as it does for users."""


@pytest.fixture
def fake(monkeypatch):
    """`FakeExtractor` under the name "fake", its counters at zero."""
    monkeypatch.setitem(EXTRACTORS, "fake", "tests.extractors.fake:FakeExtractor")
    monkeypatch.setattr(FakeExtractor, "images_seen", 0)
    monkeypatch.setattr(FakeExtractor, "stop_after", None)
    extraction._extractor.cache_clear()
    yield FakeExtractor
    extraction._extractor.cache_clear()
