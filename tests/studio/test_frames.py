"""What a message may be."""

import struct

import pytest

from handpose.studio.frames import (
    MAX_HEAD,
    FrameError,
    FrameHead,
    decode_jpeg,
    read_frame,
    write_frame,
)
from tests.studio.conftest import jpeg


def test_what_is_written_is_read():
    head, content = read_frame(
        write_frame({"id": 7, "mode": "collect", "label": "é", "subject": "b"}, b"jpeg")
    )
    assert head == FrameHead(7, "collect", "é", "b")
    assert content == b"jpeg"


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"", "too short"),
        (struct.pack("<I", 0) + b"{}", "no valid head"),
        (struct.pack("<I", 99) + b"{}", "no valid head"),
        (struct.pack("<I", MAX_HEAD + 1) + b" " * 2 * MAX_HEAD, "no valid head"),
        (struct.pack("<I", 2) + b"{]", "not JSON"),
        (struct.pack("<I", 2) + b"[]", "id, mode, label"),
        (write_frame({"id": 1, "path": "x"}, b""), "id, mode, label"),
        (write_frame({"id": "1"}, b""), "whole number"),
        (write_frame({"id": True}, b""), "whole number"),
        (write_frame({"id": 1, "mode": "shout"}, b""), "mode of a frame is one of watch"),
        (write_frame({"id": 1, "label": 3}, b""), "text"),
    ],
)
def test_what_is_no_frame_is_one_clear_line(message, words):
    with pytest.raises(FrameError, match=words):
        read_frame(message)


def test_a_jpeg_is_decoded_as_rgb():
    assert decode_jpeg(jpeg(gesture=5))[0, 0, 0] > 150


def test_a_small_file_that_claims_many_pixels_is_refused_before_it_is_decoded():
    content = bytearray(jpeg())
    place = content.index(b"\xff\xc0") + 5
    content[place : place + 4] = struct.pack(">HH", 5000, 6000)
    with pytest.raises(FrameError, match="6000 x 5000"):
        decode_jpeg(bytes(content))


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_jpeg_is_refused(content):
    with pytest.raises(FrameError, match="not a JPEG"):
        decode_jpeg(content)
