"""A camera whose every picture, failure and delay the test decides."""

from __future__ import annotations

from collections import deque
from threading import Condition

import numpy as np

from tests.images.pictures import numbered

FAILURE = object()
"""A read that gives no picture."""


class FakeCamera:
    """Stands for a ``cv2.VideoCapture``. Reading waits, as a camera does, until something is given.

    What is given is the number of a picture, `FAILURE`, or an exception. After `unplug` every read
    fails at once.
    """

    def __init__(self, *given, opens=True):
        self._changed = Condition()
        self._given = deque(given)
        self._opens = opens
        self._plugged = True
        self._waiting = False
        self.opened = []
        self.released = 0

    def __call__(self, number):
        """Take the place of the function that opens a camera."""
        self.opened.append(number)
        return self

    def isOpened(self):  # noqa: N802
        return self._opens

    def read(self):
        with self._changed:
            self._waiting = not self._given
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._given or not self._plugged)
            if not self._given:
                return False, None
            item = self._given.popleft()
        if isinstance(item, Exception):
            raise item
        if item is FAILURE:
            return False, None
        return True, np.ascontiguousarray(numbered(item)[..., ::-1])

    def release(self):
        self.released += 1

    def give(self, *items):
        """Give some items at once."""
        with self._changed:
            self._waiting = False
            self._given.extend(items)
            self._changed.notify_all()

    def give_all(self, *items):
        """Give some items at once, and wait until the last of them has been read and kept."""
        self.give(*items)
        with self._changed:
            assert self._changed.wait_for(lambda: self._waiting, 10), "nobody reads the camera"

    def plug_in(self):
        with self._changed:
            self._plugged = True

    def unplug(self):
        with self._changed:
            self._plugged = False
            self._changed.notify_all()
