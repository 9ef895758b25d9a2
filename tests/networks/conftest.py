import pytest

from tests.extractors.native.conftest import networks, photos, rendered

__all__ = ["networks", "photos", "rendered"]


@pytest.fixture(scope="module", autouse=True)
def _networks_opened_once():
    """Not here: these tests open networks as users do."""
