from tests.extractors.native.conftest import networks, photos, rendered

__all__ = ["networks", "photos", "rendered"]
