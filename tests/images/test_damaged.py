"""Damaged pictures and videos: read, or one line that says what is wrong.

``HANDPOSE_MUTATIONS`` is the number of damaged copies of each kind of file.
"""

import os

import numpy as np
import pytest
from PIL import Image

from handpose.images import frame_rate, read_frames, read_image
from tests.images.pictures import (
    ANIMATIONS,
    CODECS,
    OLD_CODECS,
    STILLS,
    encoded,
    write_video,
)
from tests.mutations import outcomes

COUNT = int(os.environ.get("HANDPOSE_MUTATIONS", "24"))
NOISE = np.random.default_rng(0).integers(0, 255, (24, 32, 3), dtype=np.uint8)
FRAMES = [Image.fromarray(np.roll(NOISE, 5 * i, 1)) for i in range(3)]


def check(path, content, *reads):
    """Read damaged copies in every way."""

    def read(damaged):
        path.write_bytes(damaged)
        for each in reads:
            each(path)

    return outcomes(content, COUNT, read)


def read_all(path):
    return list(read_frames(path))


@pytest.mark.parametrize("suffix", STILLS)
def test_a_damaged_picture_is_read_or_refused(tmp_path, suffix, capfd):
    content = encoded(suffix, FRAMES[:1], **STILLS[suffix])
    assert "refused" in check(tmp_path / f"a.{suffix}", content, read_image)
    capfd.readouterr()  # what libtiff has to say


@pytest.mark.parametrize("suffix", ANIMATIONS)
def test_a_damaged_animation_is_read_or_refused(tmp_path, suffix):
    content = encoded(suffix, FRAMES)
    path = tmp_path / f"a.{suffix}"
    assert "refused" in check(path, content, read_all, frame_rate)
    assert "refused" in check(path, content, read_image)


@pytest.mark.parametrize("suffix", [*CODECS, *OLD_CODECS])
def test_a_damaged_video_is_read_or_refused(tmp_path, suffix, capfd):
    pictures = [np.kron(np.asarray(frame), np.ones((6, 5, 1), np.uint8)) for frame in FRAMES]
    content = write_video(tmp_path / f"a{suffix}", pictures, fps=25).read_bytes()
    reads = lambda path: list(read_frames(path)), frame_rate
    assert "read" in check(tmp_path / f"b{suffix}", content, *reads)
    capfd.readouterr()
