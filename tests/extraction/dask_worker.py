"""Loaded by the Dask workers of the tests: the extractor without networks, made slower."""

import time

from handpose.extractors import EXTRACTORS
from tests.extractors.fake import FakeExtractor

EXTRACTORS["fake"] = "tests.extractors.fake:FakeExtractor"
_detect = FakeExtractor.detect


def _slowly(self, image):
    time.sleep(0.02)
    return _detect(self, image)


def dask_setup(_worker):
    FakeExtractor.detect = _slowly
