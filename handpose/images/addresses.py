"""Addresses of streams: what a network camera or a web server sends."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

SCHEMES = ("http", "https", "rtmp", "rtmps", "rtp", "rtsp", "rtsps", "srt", "tcp", "udp")
"""Schemes of addresses that are passed to FFmpeg."""

TIMEOUT_S = 10.0
"""How long opening a stream, or waiting for its next frame, may take."""

_ADDRESS = re.compile(rf"({'|'.join(SCHEMES)})://\S", re.IGNORECASE)


def is_address(source: Any) -> bool:
    """Whether a source is the address of a stream, such as ``rtsp://camera/1``."""
    return isinstance(source, str) and _ADDRESS.match(source) is not None


def shown_address(address: str) -> str:
    """An address as a message may show it: without the password.

    >>> shown_address("rtsp://me:secret@10.0.0.5:554/live?key=1")
    'rtsp://me:***@10.0.0.5:554/live?key=1'
    """
    try:
        parts = urlsplit(address)
    except ValueError:  # such as a bracket that is not closed
        return address.partition("://")[0] + "://..."
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    hidden = f"{name}:***" if colon else name
    return urlunsplit(parts._replace(netloc=f"{hidden}{at}{host}"))
