"""The window of a live view: it plays pictures and obeys keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handpose.cli.console import err
from handpose.cli.window import Window
from handpose.images.saving import save_picture
from handpose.system.closing import Closing

KEYS = "M mirror · SPACE pause · S save · Q quit"

_BLINK_MS = 30


class Screen(Closing):
    """Plays pictures in a window.

    Parameters
    ----------
    mirror : bool
        Whether to begin with a mirrored picture.
    paced : bool
        Whether to show each picture at its time; a camera has a pace of its own.
    keys : mapping of str to callable, optional
        What further keys do.

    Attributes
    ----------
    mirror : bool
        Whether the user wants a mirrored picture now.

    Raises
    ------
    NoDisplayError
        If no window can be opened.
    """

    def __init__(
        self,
        *,
        mirror: bool,
        paced: bool,
        keys: Mapping[str, Callable[[], object]] | None = None,
    ):
        self.mirror = mirror
        self._keys = keys or {}
        self._paced = paced
        self._window = Window("handpose")
        self._start: float | None = None

    def play(self, picture: NDArray[np.uint8], timestamp_ms: int) -> bool:
        """Show a picture when it is due, and do what the keys say.

        Returns
        -------
        bool
            False when the user wants to quit.
        """
        if self._start is None:
            self._start = perf_counter() - timestamp_ms / 1000
        self._window.show(picture)
        due = self._start + timestamp_ms / 1000
        wait = (due - perf_counter()) * 1000 if self._paced else 0
        key = self._window.key(wait)
        if key == " ":
            key = self._pause(picture)
        return self._obey(key, picture)

    def close(self) -> None:
        """Take the window off the screen."""
        self._window.close()

    def _pause(self, picture: NDArray[np.uint8]) -> str:
        """Wait for the key that ends the pause."""
        began, key = perf_counter(), ""
        while key in ("", "s", "m") and self._window.is_open:
            self._obey(key, picture)
            key = self._window.key(_BLINK_MS)
        if self._start is not None:
            self._start += perf_counter() - began
        return key

    def _obey(self, key: str, picture: NDArray[np.uint8]) -> bool:
        if key == "m":
            self.mirror = not self.mirror
        elif key == "s":
            err.print(f"saved {_save(picture)}")
        elif key in self._keys:
            self._keys[key]()
        return key not in ("q", "esc") and self._window.is_open


def _save(picture: NDArray[np.uint8]) -> Path:
    """Write a picture under the next free name in the current folder."""
    number = 1
    while (path := Path(f"handpose-{number:03d}.png")).exists():
        number += 1
    save_picture(Image.fromarray(picture), path)
    return path
