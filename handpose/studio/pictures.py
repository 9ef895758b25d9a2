"""Pictures that come from files, and small ones that go to the page."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handpose.containers.landmarks import Landmarks
from handpose.images import IMAGE_SUFFIXES, read_frames, read_image

THUMBNAIL = 160
"""Pixels of a side."""

_VIDEO_STEP_MS = 150
_MARGIN = 0.35


def pictures_in(path: Path) -> Iterable[NDArray[np.uint8]]:
    """A photo, or frames of a video at some distance from each other."""
    if path.suffix.lower() in IMAGE_SUFFIXES:
        yield read_image(path)
        return
    due = 0
    for frame in islice(read_frames(path), 20_000):
        if frame.timestamp_ms >= due:
            due = frame.timestamp_ms + _VIDEO_STEP_MS
            yield frame.rgb


def cropped(rgb: NDArray[np.uint8], hands: Landmarks) -> bytes:
    """The square around a hand; all of the picture where there is none."""
    picture = Image.fromarray(rgb)
    if len(hands) and hands.detected[0]:
        x0, y0, x1, y1 = hands.boxes()[0].tolist()
        side = max(x1 - x0, y1 - y0) * (1 + _MARGIN)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        picture = picture.crop(
            (round(x - side / 2), round(y - side / 2), round(x + side / 2), round(y + side / 2))
        )
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    buffer = BytesIO()
    picture.save(buffer, "jpeg", quality=85)
    return buffer.getvalue()
