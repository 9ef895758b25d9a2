"""An extractor without networks: what it finds depends on the picture's first pixel."""

from __future__ import annotations

import numpy as np

from handpose.containers.landmarks import Landmarks
from handpose.extractors import Extractor


class FakeExtractor(Extractor):
    """Finds no hand in a picture whose first pixel is black, else two (the surer one first)."""

    images_seen = 0
    stop_after: int | None = None

    def __init__(self, version: int = 1):
        self._version = version

    def detect(self, image):
        if FakeExtractor.images_seen == FakeExtractor.stop_after:
            raise KeyboardInterrupt
        FakeExtractor.images_seen += 1
        if not image[0, 0].any():
            return Landmarks.empty()
        points = np.random.default_rng(image[0, 0]).uniform(0, 16, (2, 21, 3))
        size = [image.shape[1::-1]] * 2
        return Landmarks(points, handedness=["Right", "Left"], score=[0.9, 0.4], image_size=size)

    def detect_for_video(self, image, timestamp_ms):
        return self.detect(image)

    def reset(self):
        pass

    @property
    def provenance(self):
        return {"name": "fake", "options": {"version": self._version}, "networks": {}}

    def close(self):
        pass
