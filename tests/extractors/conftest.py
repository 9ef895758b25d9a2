import pytest


@pytest.fixture(scope="module", autouse=True)
def _networks_opened_once():
    """Not here: each extractor opens networks of its own, as it does for users."""
