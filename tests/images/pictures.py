"""Pictures that carry a number through a codec, and video files of them."""

from __future__ import annotations

import io

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


STILLS = {
    "jpg": {"progressive": True},
    "png": {},
    "webp": {},
    "gif": {},
    "bmp": {},
    "tif": {"compression": "tiff_lzw"},
    "avif": {"speed": 10},
    "ppm": {},
}
ANIMATIONS = ("avif", "gif", "png", "webp")
"""Formats of pictures and of animations that are read, and how they are saved."""

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


def encoded(suffix, frames, **save):
    """The bytes of a picture, or of an animation of several."""
    content = io.BytesIO()
    if len(frames) > 1:
        save |= {"save_all": True, "append_images": frames[1:], "duration": 40}
    kind = {"jpg": "jpeg", "tif": "tiff"}.get(suffix, suffix)
    frames[0].save(content, kind, **save)
    return content.getvalue()
