"""Animated images, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path
from statistics import median

from PIL import ImageOps

from handpose.images.frame import Frame
from handpose.images.stills import (
    check_sides,
    frame_count,
    image_to_rgb,
    open_image,
    pillow_errors,
)

_NO_DURATION_MS = 100
"""What browsers use for a frame without a duration."""


def animation_frames(path: Path) -> Iterator[Frame]:
    """Read an animated GIF, WebP, PNG or AVIF; any other image is one frame.

    Parameters
    ----------
    path : Path

    Yields
    ------
    Frame
        Its time is the sum of the durations of the frames before it.

    Raises
    ------
    ImageError
        If the file is missing, damaged, too small or too large.
    """
    with pillow_errors(path, "animation"):
        image = open_image(path)
    with image:
        with pillow_errors(path, "animation"):
            check_sides(image, path)
            first = int(image.info.get("default_image", False))  # a PNG's picture for old viewers
            frames = range(first, frame_count(image))
        elapsed = 0.0
        for index, position in enumerate(frames):
            with pillow_errors(path, "animation"):
                image.seek(position)
                rgb = image_to_rgb(ImageOps.exif_transpose(image))
                duration = float(image.info.get("duration", 0))
            yield Frame(rgb, index, round(elapsed))
            elapsed += max(duration, 1) if duration else _NO_DURATION_MS


def animation_rate(path: Path) -> float | None:
    """Frames per second at the start of an animation; None for a single frame."""
    times = [frame.timestamp_ms for frame in islice(animation_frames(path), 16)]
    gaps = [after - before for before, after in pairwise(times)]
    return 1000 / median(gaps) if gaps else None
