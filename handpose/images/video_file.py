"""A video file that is written frame by frame, and appears when it is finished."""

from __future__ import annotations

import secrets
from errno import EISDIR
from os import strerror
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from numpy.typing import NDArray

from handpose.errors import ImageError
from handpose.images.formats import by_suffix
from handpose.images.quiet import no_standard_error, quiet
from handpose.system.files import remove_left_over
from handpose.system.locks import take

if TYPE_CHECKING:
    import cv2

CODECS = {".avi": "MJPG", ".mp4": "mp4v", ".webm": "VP80"}
"""Suffix of a file to a codec that every OpenCV can write into it."""


class VideoFile:
    """A file under a temporary name in the same folder, until it is finished; folders are made."""

    def __init__(self, path: Path, fps: float):
        self._path = path
        self._fps = fps
        self._codec = by_suffix(path, CODECS, "a video")
        self._temporary = _temporary_beside(path)
        self._writer: cv2.VideoWriter | None = None
        self._in_use: BinaryIO | None = None
        self._frames = 0

    def write(self, bgr: NDArray[Any]) -> None:
        """Append a frame; the first one decides the size, whose sides must be even."""
        if self._writer is None:
            self._writer = self._open(width=bgr.shape[1], height=bgr.shape[0])
        with quiet():
            self._writer.write(bgr)
        self._frames += 1

    def finish(self) -> None:
        """Give the file its name. What can be played is kept if the end is missing.

        Without a frame there is no file.
        """
        if self._writer is None:
            return
        with quiet():
            self._writer.release()
        self._writer = None
        if self._in_use is not None:
            self._in_use.close()
        if not self._holds(0):
            self._temporary.unlink(missing_ok=True)
            raise ImageError(f"{self._path}: could not be written; is the disk full?")
        whole = self._holds(self._frames - 1)
        self._rename()
        if not whole:
            raise ImageError(f"{self._path}: only the start could be written; is the disk full?")

    def _open(self, width: int, height: int) -> cv2.VideoWriter:
        import cv2

        codec = cv2.VideoWriter.fourcc(*self._codec)
        with quiet(), no_standard_error():  # one line of OpenCV's goes past its level
            writer = cv2.VideoWriter(str(self._temporary), codec, self._fps, (width, height))
        if writer.isOpened():
            self._in_use = self._temporary.open("r+b")
            take(self._in_use)  # others see that it is in use
            return writer
        self._temporary.unlink(missing_ok=True)
        others = ", ".join(sorted(CODECS.keys() - {self._path.suffix.lower()}))
        raise ImageError(
            f"{self._path}: OpenCV cannot write {self._codec} of {width}x{height} pixels at "
            f"{self._fps:g} frames per second here; try {others}"
        )

    def _holds(self, frame: int) -> bool:
        """Whether a frame can be read back: OpenCV says nothing where writing fails."""
        import cv2

        with quiet():
            capture = cv2.VideoCapture(str(self._temporary))
            capture.set(cv2.CAP_PROP_POS_FRAMES, frame)
            found = capture.get(cv2.CAP_PROP_POS_FRAMES) == frame and capture.grab()
            capture.release()
        return found

    def _rename(self) -> None:
        try:
            self._temporary.replace(self._path)
        except OSError as error:
            raise ImageError(
                f"{self._path}: cannot be replaced ({error.strerror}); the video is in "
                f"{self._temporary}"
            ) from None


def _temporary_beside(path: Path) -> Path:
    """A name in the same folder, with the suffix that tells OpenCV the container."""
    path = path.absolute()  # OpenCV would take a colon in a relative path for an address
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp{path.suffix}")
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, strerror(EISDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_left_over(path)
        temporary.touch()
        temporary.unlink()
    except OSError as error:
        raise ImageError(f"{path}: cannot be written ({error.strerror})") from None
    return temporary
