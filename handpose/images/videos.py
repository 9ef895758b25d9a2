"""Video files and streams, frame by frame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from handpose.errors import ImageError
from handpose.images.addresses import TIMEOUT_S, shown_address
from handpose.images.formats import VIDEO_SUFFIXES
from handpose.images.frame import DEFAULT_RATE, Frame, swap_red_and_blue
from handpose.images.quiet import quiet
from handpose.images.stills import MAX_PIXELS

if TYPE_CHECKING:
    import cv2

_PLAUSIBLE_RATES = 1.0, 480.0
"""Frames per second; a damaged container may state others, which are ignored."""

_DAMAGED_FRAMES = 30
"""Failed reads in a row after which a file has come to its end: a damaged frame fails like it."""

_CODECS = {"av01": "AV1", "hev1": "HEVC", "hevc": "HEVC", "hvc1": "HEVC", "vvc1": "VVC"}
"""Codes of a container to names that people know, of codecs that not every OpenCV decodes."""


def video_frames(source: Path | str) -> Iterator[Frame]:
    """Read a video file or a stream: every frame once, upright, with its presentation time.

    A file that ends early gives the frames that it has, and one that is damaged in the middle those
    that can be decoded. A stream ends when nothing arrives for `TIMEOUT_S`.

    Parameters
    ----------
    source : Path or str
        A file, or the address of a stream.

    Yields
    ------
    Frame

    Raises
    ------
    ImageError
        If the file is missing, the stream cannot be opened, frames are too large, or no frame can
        be read: the data is damaged, not a video, or of a codec that this OpenCV does not decode.
    """
    index = -1
    with _opened(source) as capture:
        _check_size(capture, source)
        codec = _codec(capture)
        times = PresentationTimes(_believed_rate(capture) or DEFAULT_RATE)
        for index, (bgr, milliseconds) in enumerate(_decoded(capture)):
            yield Frame(swap_red_and_blue(bgr), index, times.next(milliseconds))
    if index < 0:
        raise ImageError(f"{_name(source)}: {_why_no_frame(source, codec)}")


def video_rate(source: Path | str) -> float | None:
    """Mean frames per second that a video or a stream states; None where it states none."""
    with _opened(source) as capture:
        return _believed_rate(capture)


class PresentationTimes:
    """Whole milliseconds since the first frame, which grow from frame to frame.

    The times of the decoder are followed wherever they grow, also at an uneven rate. Where they do
    not (an AVI file holds no presentation times, and its last frames come without one), the frame
    comes as long after the one before it as the rate says.

    Parameters
    ----------
    fps : float
    """

    def __init__(self, fps: float):
        self._step = 1000 / fps
        self._start: float | None = None
        self._elapsed = 0.0
        self._timestamp = -1

    def next(self, milliseconds: float) -> int:
        """The timestamp of the next frame, from the time that the decoder gives it."""
        if self._start is None:
            self._start = milliseconds
        elapsed = milliseconds - self._start
        if self._timestamp >= 0 and elapsed <= self._elapsed:
            elapsed = self._elapsed + self._step
        self._elapsed = elapsed
        self._timestamp = max(self._timestamp + 1, round(elapsed))
        return self._timestamp


@contextmanager
def _opened(source: Path | str) -> Iterator[cv2.VideoCapture]:
    import cv2

    if isinstance(source, Path) and not source.is_file():
        raise ImageError(_no_file(source))
    with quiet():
        if isinstance(source, Path):
            capture = cv2.VideoCapture(str(source.absolute()))  # "a:b.mp4" would be an address
        else:
            limits = (cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, cv2.CAP_PROP_READ_TIMEOUT_MSEC)
            options = [x for limit in limits for x in (limit, round(TIMEOUT_S * 1000))]
            capture = cv2.VideoCapture(source, cv2.CAP_FFMPEG, options)
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 1)  # OpenCV 4.11 alone needs to be told
    try:
        if isinstance(source, str) and not capture.isOpened():
            raise ImageError(
                f"{_name(source)}: cannot be opened within {TIMEOUT_S:.0f} s; check the address "
                "and that the stream is running"
            )
        yield capture
    finally:
        capture.release()


def _decoded(capture: cv2.VideoCapture) -> Iterator[tuple[Any, float]]:
    """Each picture and the time in milliseconds at which it is to be shown."""
    import cv2

    failed, waited = 0, 0.0
    while failed < _DAMAGED_FRAMES and waited < TIMEOUT_S / 2:
        start = monotonic()
        ok, bgr = capture.read()
        if ok:
            failed, waited = 0, 0.0
            yield bgr, capture.get(cv2.CAP_PROP_POS_MSEC)
        else:
            failed, waited = failed + 1, waited + monotonic() - start


def _believed_rate(capture: cv2.VideoCapture) -> float | None:
    import cv2

    lowest, highest = _PLAUSIBLE_RATES
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    return fps if lowest <= fps <= highest else None


def _check_size(capture: cv2.VideoCapture, source: Path | str) -> None:
    """Refuse a video of too many pixels before a frame is decoded."""
    import cv2

    width, height = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"{_name(source)}: frames of {width:.0f}x{height:.0f} pixels, more than "
            f"{MAX_PIXELS // 1_000_000} megapixels; scale it down first"
        )


def _codec(capture: cv2.VideoCapture) -> str:
    """The four letters by which a container names its codec; ``""`` where it names none."""
    import cv2

    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    letters = code.to_bytes(4, "little")
    return letters.decode() if letters.isalnum() else ""


def _name(source: Path | str) -> str:
    return shown_address(source) if isinstance(source, str) else str(source)


def _why_no_frame(source: Path | str, codec: str) -> str:
    if isinstance(source, str):
        return "no frame can be read from it; check that it is a video that FFmpeg decodes"
    convert = f"ffmpeg -i {source.name} -c:v libx264 {source.stem}-h264.mp4"
    if codec.lower() in _CODECS:
        name = _CODECS[codec.lower()]
        return f"{name} video, which this OpenCV cannot decode; convert it to H.264: {convert}"
    if codec:
        return (
            f"no frame can be read from it; it is damaged, or this OpenCV cannot decode {codec}; "
            f"then convert it to H.264: {convert}"
        )
    known = ", ".join(sorted(VIDEO_SUFFIXES))
    return f"no frame can be read from it; it is damaged or not a video ({known})"


def _no_file(path: Path) -> str:
    if path.exists() or path.name.isdecimal():
        return f"{path}: no such file; a camera is given by its number, as read_frames(0)"
    return f"{path}: no such file or folder"
