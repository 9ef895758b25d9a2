"""`VideoRecorder`: pictures with timestamps to a video file that plays at their pace."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.errors import ImageError
from handpose.images.frame import DEFAULT_RATE, check_same_size, checked_rate, swap_red_and_blue
from handpose.images.stills import as_rgb
from handpose.images.video_file import VideoFile
from handpose.system.closing import Closing


class VideoRecorder(Closing):
    """Writes pictures to a video file of an even rate that plays at their pace.

    A camera's pictures come unevenly: each is shown from its own timestamp to the next one's, so
    it is repeated, or left out where two fall on the same frame of the file.

    The file appears under its name when the recorder is closed. Leaving the ``with`` block closes
    it, also after an error or Ctrl-C: what was recorded so far is kept. Without any picture there
    is no file, and one that was there before stays.

    Parameters
    ----------
    path : str or Path
        Ends in ``.mp4``, ``.avi`` or ``.webm``. Folders are made; a file of that name is replaced.
    fps : float, default=30
        Frames per second of the file, see `frame_rate`.

    Raises
    ------
    ImageError
        If the path has another suffix or cannot be written to.

    Examples
    --------
    >>> with VideoRecorder("seen.mp4", frame_rate("clip.mov")) as recorder:  # doctest: +SKIP
    ...     for frame in read_frames("clip.mov"):
    ...         recorder.add(frame.rgb, frame.timestamp_ms)
    """

    def __init__(self, path: str | Path, fps: float = DEFAULT_RATE):
        self.path = Path(path)
        self.fps = checked_rate(fps)
        self._file = VideoFile(self.path, self.fps)
        self._closed = False
        self._shape: tuple[int, ...] = ()
        self._shown: NDArray[np.uint8] | None = None
        self._start = self._last = 0
        self._written = 0

    def add(self, rgb: NDArray[np.uint8], timestamp_ms: int) -> None:
        """Show a picture from this time on, until the next one.

        Parameters
        ----------
        rgb : ndarray of uint8, shape (height, width, 3)
            All have the size of the first. An odd side loses its last row or column.
        timestamp_ms : int
            Milliseconds; must grow from call to call. The file starts at the first.

        Raises
        ------
        ImageError
            If the picture is no RGB array or has another size, if the time does not grow, if the
            file cannot be written, or if the recorder is closed.
        """
        rgb = as_rgb(rgb)
        if self._closed:
            raise ImageError(f"{self.path}: the recorder is closed; make a new one")
        if self._shown is None:
            self._shape, self._start = rgb.shape, timestamp_ms
        else:
            self._check_follows(rgb, timestamp_ms)
            self._show_until(round((timestamp_ms - self._start) * self.fps / 1000))
        height, width = (side - side % 2 for side in rgb.shape[:2])
        self._shown = swap_red_and_blue(rgb[:height, :width])
        self._last = timestamp_ms

    def close(self) -> None:
        """Show the last picture for one frame, finish the file and give it its name.

        Raises
        ------
        ImageError
            If the file could not be written to its end, as on a full disk.
        """
        if not self._closed:
            self._closed = True
            self._show_until(self._written + 1)
            self._file.finish()

    def _check_follows(self, rgb: NDArray[np.uint8], timestamp_ms: int) -> None:
        check_same_size(rgb, self._shape, f"{self.path}, picture at {timestamp_ms} ms")
        if timestamp_ms <= self._last:
            raise ImageError(
                f"{self.path}: a picture at {timestamp_ms} ms cannot follow one at {self._last} ms"
            )

    def _show_until(self, frame: int) -> None:
        while self._shown is not None and self._written < frame:
            self._file.write(self._shown)
            self._written += 1
