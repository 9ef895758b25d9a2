"""What an extractor is."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.errors import HandposeError
from handpose.system.closing import Closing

Detect: TypeAlias = "Callable[[NDArray[np.uint8], int], Landmarks]"
"""From the next frame of a video, RGB, and its timestamp in milliseconds to its hands."""


class HandVideo(Closing):
    """The hands of one video: what an extractor carries from frame to frame, see `Extractor.video`.

    Parameters
    ----------
    detect : callable
        Finds the hands of the next frame.
    close : callable, optional
        Releases what the video holds; calling it twice must do no harm.
    """

    def __init__(self, detect: Detect, close: Callable[[], object] = lambda: None):
        self.detect = detect
        self._close = close

    def close(self) -> None:
        self._close()


class Extractor(Closing):
    """Finds hands in an RGB image and places 21 landmarks on each."""

    _videos = 0

    @abstractmethod
    def detect(self, image: NDArray[np.uint8]) -> Landmarks:
        """Find hands in one image.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB.

        Returns
        -------
        Landmarks
            The hands that were found, the surest first; n = 0 where there is none.
        """

    @abstractmethod
    def detect_for_video(self, image: NDArray[np.uint8], timestamp_ms: int) -> Landmarks:
        """Find hands in the next frame of one video, following them from frame to frame.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB.
        timestamp_ms : int
            Milliseconds; must grow from call to call.
        """

    @abstractmethod
    def reset(self) -> None:
        """Forget the hands of the video so far; timestamps may start again."""

    def video(self) -> HandVideo:
        """Begin a video that has its own state.

        The extractors of handpose follow any number of videos at once. One that has only
        `detect_for_video` follows one at a time: another frame of an older video is an error.
        """
        self.reset()
        self._videos += 1
        number = self._videos

        def detect(image: NDArray[np.uint8], timestamp_ms: int) -> Landmarks:
            if self._videos != number:
                raise HandposeError(
                    f"{type(self).__name__} follows one video at a time, and another one has begun;"
                    " end a video before the next, or use an extractor for each"
                )
            return self.detect_for_video(image, timestamp_ms)

        return HandVideo(detect)

    @property
    @abstractmethod
    def provenance(self) -> dict[str, Any]:
        """What made the landmarks, as JSON: ``name``, ``options``, ``networks`` (SHA-256)."""
