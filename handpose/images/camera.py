"""Cameras: always the newest frame, however slowly they are asked for."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from handpose.errors import ImageError
from handpose.images.camera_reader import CameraReader, Capture
from handpose.images.frame import Frame, swap_red_and_blue
from handpose.images.quiet import quiet


def open_capture(number: int) -> Capture:
    """Open a camera with OpenCV."""
    import cv2

    with quiet():
        return cv2.VideoCapture(number)


class Camera:
    """A camera as a stream of frames; it is opened again for each iteration.

    A thread reads the camera without pause and keeps only its newest picture. A reader that is
    slower than the camera skips pictures (`Frame.dropped` counts them) and never lags behind. The
    stream ends when the camera is unplugged.

    Parameters
    ----------
    number : int
        Counts the cameras of the computer from 0.
    open_capture : callable, optional
        Takes the number and gives a `Capture`.
    patience : float, default=2.0
        Seconds without a picture after which the camera counts as unplugged.
    warm_up : float, default=10.0
        Seconds that the first picture may take.

    Raises
    ------
    ImageError
        On the first frame, if the camera cannot be opened or gives no picture.
    """

    def __init__(
        self,
        number: int,
        *,
        open_capture: Callable[[int], Capture] = open_capture,
        patience: float = 2.0,
        warm_up: float = 10.0,
    ):
        self.number = number
        self.open_capture = open_capture
        self.patience = patience
        self.warm_up = warm_up

    def __iter__(self) -> Iterator[Frame]:
        reader = CameraReader(self._open(), self.patience)
        reader.start()
        try:
            yield from self._frames(reader)
        finally:
            reader.stop()

    def _frames(self, reader: CameraReader) -> Iterator[Frame]:
        start, taken, timestamp = 0.0, 0, -1
        for index in count():
            shot = reader.newer_than(taken, self.patience if taken else self.warm_up)
            if shot is None:
                break
            start = start if taken else shot.received
            timestamp = max(timestamp + 1, round((shot.received - start) * 1000))
            rgb = swap_red_and_blue(shot.bgr)
            yield Frame(rgb, index, timestamp, shot.received, shot.number - taken - 1)
            taken = shot.number
        if reader.error is not None:
            raise ImageError(f"camera {self.number}: {_one_line(reader.error)}")
        if not taken:
            raise ImageError(
                f"camera {self.number}: it opens but gives no picture; close other programs that "
                "use it, or plug it in again"
            )

    def _open(self) -> Capture:
        if self.number < 0:
            raise ImageError(f"camera {self.number}: cameras are numbered from 0")
        capture = self.open_capture(self.number)
        if capture.isOpened():
            return capture
        capture.release()
        raise ImageError(
            f"camera {self.number}: cannot be opened; it is absent, in use by another program or "
            f"not permitted{_cameras_found()}; plug it in, close that program or choose another"
        )


def _cameras_found() -> str:
    if not sys.platform.startswith("linux"):
        return ""
    devices = (re.fullmatch(r"video([0-9]+)", path.name) for path in Path("/dev").glob("video*"))
    numbers = sorted(int(device[1]) for device in devices if device)
    return f" (cameras found: {', '.join(map(str, numbers)) or 'none'})"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
