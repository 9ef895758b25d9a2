"""A thread that reads a camera and keeps its newest picture."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Condition, Event, Thread
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from handpose.images.quiet import quiet

_RETRY_S = 0.02
_FAREWELL_S = 1.0
"""How long to wait for a driver that hangs when the camera is given back."""


class Capture(Protocol):
    """What is used of a ``cv2.VideoCapture``."""

    def isOpened(self) -> bool:  # noqa: N802
        """Whether there is a camera."""

    def read(self) -> tuple[bool, Any]:
        """Wait for the next picture: (True, BGR array), or (False, None) where there is none."""

    def release(self) -> None:
        """Give the camera back."""


@dataclass(frozen=True)
class Shot:
    """A picture as it comes from the camera, its number from 1, and when it was received."""

    bgr: NDArray[np.uint8]
    number: int
    received: float


class CameraReader(Thread):
    """Reads a camera without pause, so that its newest picture is always at hand.

    Reading may fail for `patience` seconds before the camera counts as unplugged. The capture is
    released by the thread itself when it ends: elsewhere it might be in use. `error` is what the
    capture raised.
    """

    def __init__(self, capture: Capture, patience: float):
        super().__init__(name="handpose-camera", daemon=True)
        self._capture = capture
        self._patience = patience
        self._changed = Condition()
        self._stopped = Event()
        self._ended = False
        self._newest: Shot | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        """Read until the camera ends or `stop` is called."""
        number = 0
        try:
            while not self._stopped.is_set():
                bgr = self._read()
                if bgr is None:
                    break
                number += 1
                self._publish(Shot(bgr, number, perf_counter()))
        except Exception as error:  # carried to the thread that waits for pictures
            self.error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
            self._capture.release()

    def newer_than(self, number: int, timeout: float) -> Shot | None:
        """Wait for a picture with a higher number.

        Returns
        -------
        Shot or None
            The newest; None after `timeout` seconds, or where the camera has ended.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self._number() > number, timeout)
            return self._newest if self._number() > number else None

    def stop(self) -> None:
        """End the thread. One that hangs in the driver is left behind, and ends by itself."""
        self._stopped.set()
        self.join(_FAREWELL_S)

    def _number(self) -> int:
        return self._newest.number if self._newest else 0

    def _publish(self, shot: Shot) -> None:
        with self._changed:
            self._newest = shot
            self._changed.notify_all()

    def _read(self) -> NDArray[np.uint8] | None:
        ok, bgr = self._capture.read()
        return bgr if ok else self._read_again()

    def _read_again(self) -> NDArray[np.uint8] | None:
        end = perf_counter() + self._patience
        with quiet():
            while perf_counter() < end and not self._stopped.wait(_RETRY_S):
                ok, bgr = self._capture.read()
                if ok:
                    return bgr
        return None
