"""Pictures that carry a number through a codec, and video files of them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

BITS = 10
CELL = 16


def numbered(number, height=32):
    """An RGB picture, 160 pixels wide, whose columns are the bits of a number."""
    bits = (number >> np.arange(BITS)) & 1
    row = np.repeat(bits * 200 + 20, CELL).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (height, BITS * CELL, 3)))


def number_of(rgb):
    """The number of a picture, also where a codec has blurred it or a side is lost."""
    middles = rgb[rgb.shape[0] // 2, CELL // 2 : BITS * CELL : CELL, 1]
    return int(((middles > 120) << np.arange(BITS)).sum())


def numbers_of(frames):
    return [number_of(frame.rgb) for frame in frames]


CODECS = {".avi": "MJPG", ".mp4": "mp4v", ".webm": "VP80"}
OLD_CODECS = {".3gp": "mp4v", ".mpg": "MPG1", ".ts": "MPG2", ".wmv": "WMV2"}


def write_video(path, pictures, fps=30):
    """Write RGB pictures with OpenCV."""
    pictures = list(pictures)
    height, width = pictures[0].shape[:2]
    name = (CODECS | OLD_CODECS)[path.suffix]
    codec = cv2.VideoWriter.fourcc(*name)
    writer = cv2.VideoWriter(str(path), codec, fps, (width, height))
    if not writer.isOpened():
        pytest.skip(f"this OpenCV cannot write {name}")
    for picture in pictures:
        writer.write(np.ascontiguousarray(picture[..., ::-1]))
    writer.release()
    return path
