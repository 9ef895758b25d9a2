"""A window on the screen, and the keys that are pressed in it."""

from __future__ import annotations

import os
import subprocess
import sys

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.errors import HandposeError

_PROBE = "import cv2; cv2.namedWindow('probe'); cv2.destroyAllWindows()"
_PROBE_SECONDS = 20
_STYLE = cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL
_NAMED = {27: "esc", 8: "backspace", 127: "backspace"}


class NoDisplayError(HandposeError, RuntimeError):
    """There is no screen to show a window on."""


class Window:
    """A window that shows pictures.

    Parameters
    ----------
    title : str

    Raises
    ------
    NoDisplayError
        If no window can be opened.
    """

    def __init__(self, title: str):
        if not can_open_windows():
            raise NoDisplayError(
                "no window can be opened: there is no display, or this OpenCV has no windows; "
                "--no-window prints gestures as JSON lines instead"
            )
        self._title = title
        self._shown = self._seen = False

    @property
    def is_open(self) -> bool:
        """Whether the user has not closed it."""
        return not self._shown or bool(
            cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
        )

    def show(self, rgb: NDArray[np.uint8]) -> None:
        """Show a picture; the first one opens the window and decides its size."""
        if not self._shown:
            cv2.namedWindow(self._title, _STYLE)
            cv2.resizeWindow(self._title, rgb.shape[1], rgb.shape[0])
            self._shown = True
        cv2.imshow(self._title, cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))

    def key(self, wait_ms: float) -> str:
        """Wait for a key, at least a moment so that the window is drawn.

        Returns
        -------
        str
            Lower case; ``"esc"``, ``"backspace"``; ``""`` where none was pressed.
        """
        code = cv2.waitKey(max(1, round(wait_ms)))
        if code < 0:
            return ""
        return _NAMED.get(code & 0xFF, chr(code & 0xFF).lower())

    def close(self) -> None:
        """Take the window off the screen."""
        cv2.destroyAllWindows()


def can_open_windows() -> bool:
    """Whether OpenCV can open a window here.

    It is tried in another process: OpenCV's window library ends a process that has no display.
    """
    os.environ.setdefault("QT_LOGGING_RULES", "*=false")  # Qt looks for fonts of its own, aloud
    on_linux = sys.platform.startswith("linux")
    if on_linux and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        probe = subprocess.run(
            [sys.executable, "-c", _PROBE], capture_output=True, check=False, timeout=_PROBE_SECONDS
        )
    except subprocess.TimeoutExpired:
        return False
    return probe.returncode == 0
