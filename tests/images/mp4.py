"""Changes to MP4 files that OpenCV cannot write: uneven durations, a rotated picture.

An MP4 file is a tree of boxes: four bytes of size, four of kind, then content or more boxes.
"""

from __future__ import annotations

import struct

_TRACK = (b"moov", b"trak")
_TIMES = (*_TRACK, b"mdia", b"minf", b"stbl", b"stts")


def set_durations(path, milliseconds):
    """Give each frame of a video its own duration."""
    data = path.read_bytes()
    (timescale,) = struct.unpack_from(">I", find(data, (*_TRACK, b"mdia", b"mdhd")), 12)
    ticks = [round(duration * timescale / 1000) for duration in milliseconds]
    table = b"".join(struct.pack(">II", 1, duration) for duration in ticks)
    data = replaced(data, _TIMES, struct.pack(">II", 0, len(ticks)) + table)
    path.write_bytes(data.replace(b"edts", b"free"))  # an edit list would cut the video short
    return path


def rotate_a_quarter(path):
    """Say that the video was taken with the camera turned: it is to be shown rotated by 90°."""
    data = path.read_bytes()
    header = (*_TRACK, b"tkhd")
    content = bytearray(find(data, header))
    one = 0x10000
    struct.pack_into(">9i", content, 40, 0, one, 0, -one, 0, 0, 0, 0, 0x40000000)
    path.write_bytes(replaced(data, header, bytes(content)))
    return path


def boxes(data):
    """(kind, content) of each box."""
    start = 0
    while start < len(data):
        size, kind = struct.unpack_from(">I4s", data, start)
        yield kind, data[start + 8 : start + size]
        start += size


def find(data, kinds):
    content = next(content for kind, content in boxes(data) if kind == kinds[0])
    return find(content, kinds[1:]) if kinds[1:] else content


def replaced(data, kinds, new):
    """The boxes with the content of one of them replaced; the sizes around it follow."""
    parts = []
    for kind, content in boxes(data):
        if kind == kinds[0]:
            content = replaced(content, kinds[1:], new) if kinds[1:] else new  # noqa: PLW2901
        parts.append(struct.pack(">I4s", len(content) + 8, kind) + content)
    return b"".join(parts)
