"""Streams: a web server on this machine sends a rendered clip."""

import socket
import threading
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import handpose as hp
from handpose.datasets.rendered_clips import read_clip
from handpose.images import addresses
from handpose.images.addresses import is_address, shown_address


class Ranges(SimpleHTTPRequestHandler):
    """Sends files from any byte on, as web servers do and players of MP4 need."""

    def do_GET(self):
        file = Path(self.directory, self.path.lstrip("/"))
        if not file.is_file():
            self.send_error(404)
            return
        content = file.read_bytes()
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        self.send_response(206)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        with suppress(ConnectionError):  # a player that seeks hangs up
            self.wfile.write(content[start:])

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def clip():
    return read_clip("gestures").path


@pytest.fixture(scope="module")
def server(clip):
    """The address of a server for the folder of the clip."""
    handler = partial(Ranges, directory=str(clip.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_stream_has_the_frames_and_times_of_its_file(server, clip):
    streamed = list(hp.read_frames(f"{server}/{clip.name}"))
    read = list(hp.read_frames(clip))
    assert [f.timestamp_ms for f in streamed] == [f.timestamp_ms for f in read]
    for index in (0, 100, -1):
        np.testing.assert_array_equal(streamed[index].rgb, read[index].rgb)
    assert hp.frame_rate(f"{server}/{clip.name}") == hp.frame_rate(clip)


def test_what_is_not_there_is_one_line_that_does_not_speak_of_files(server):
    with pytest.raises(hp.ImageError, match=r"absent.mp4: cannot be opened within 10 s") as error:
        next(hp.read_frames(f"{server}/absent.mp4"))
    assert "file" not in str(error.value).removeprefix(server)


def test_a_server_that_never_answers_is_given_up(monkeypatch):
    monkeypatch.setattr("handpose.images.videos.TIMEOUT_S", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"rtsp://me:secret@127.0.0.1:{silent.getsockname()[1]}/live"
        with pytest.raises(hp.ImageError, match=r"rtsp://me:\*\*\*@.*within 1 s") as error:
            next(hp.read_frames(address))
    assert "secret" not in str(error.value)


def test_a_photo_is_not_read_from_an_address(server):
    with pytest.raises(hp.ImageError, match=r"http://127.0.0.1.*a.png: an address; read_frames"):
        hp.read_image(f"{server}/a.png")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        *((f"{scheme}://host/path", True) for scheme in addresses.SCHEMES),
        ("RTSP://HOST", True),
        ("http://", False),
        ("file:///etc/passwd", False),
        ("concat:a|b", False),
        ("C://videos/a.mp4", False),
        ("a.mp4", False),
        (0, False),
    ],
)
def test_addresses_are_those_of_network_streams(source, expected):
    assert is_address(source) is expected


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://10.0.0.5/1", "rtsp://10.0.0.5/1"),
        ("rtsp://me@cam/1", "rtsp://me@cam/1"),
        ("http://me:a@b@cam/1?x=2", "http://me:***@cam/1?x=2"),
        ("http://[::1/me:secret", "http://..."),
    ],
)
def test_a_message_never_shows_a_password(address, shown):
    assert shown_address(address) == shown
