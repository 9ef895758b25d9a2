"""OpenCV and FFmpeg without their messages on standard error."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

_SILENT = 0
_STANDARD_ERROR = 2
_FFMPEG_LEVEL = "OPENCV_FFMPEG_LOGLEVEL"
_FFMPEG_QUIET = "-8"

_lock = Lock()
_blocks = 0
_restore = ExitStack()


@contextmanager
def quiet() -> Iterator[None]:
    """Silence OpenCV while the block runs; our own errors say what went wrong.

    OpenCV reads the level of FFmpeg's messages only once in a process, when it first opens a
    video: if that is within such a block, FFmpeg stays silent from then on. An environment that
    sets ``OPENCV_FFMPEG_LOGLEVEL`` or ``OPENCV_FFMPEG_DEBUG`` gets its messages. Blocks of several
    threads may overlap.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


@contextmanager
def no_standard_error() -> Iterator[None]:
    """Close off standard error for C code that writes to it whatever its level is.

    What other threads write meanwhile is lost too: for short calls only.
    """
    try:
        kept = os.dup(_STANDARD_ERROR)
    except OSError:  # a program without one, as on Windows without a console
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), _STANDARD_ERROR)
        yield
    finally:
        os.dup2(kept, _STANDARD_ERROR)
        os.close(kept)


def _enter() -> None:
    global _blocks  # noqa: PLW0603
    with _lock:
        if not _blocks:
            log = _log()
            _restore.callback(log.setLogLevel, log.getLogLevel())
            log.setLogLevel(_SILENT)
            _silence_ffmpeg()
        _blocks += 1


def _leave() -> None:
    global _blocks  # noqa: PLW0603
    with _lock:
        _blocks -= 1
        if not _blocks:
            _restore.close()


def _silence_ffmpeg() -> None:
    if _FFMPEG_LEVEL not in os.environ and "OPENCV_FFMPEG_DEBUG" not in os.environ:
        os.environ[_FFMPEG_LEVEL] = _FFMPEG_QUIET
        _restore.callback(os.environ.pop, _FFMPEG_LEVEL, None)


def _log() -> Any:
    """Where this release of OpenCV keeps its level: 5 moved it to a module of its own."""
    import cv2

    return cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging
