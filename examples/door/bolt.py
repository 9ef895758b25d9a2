"""What holds the door: shut by itself, open only for as long as it is told so again and again."""

from __future__ import annotations

import time
from pathlib import Path

LEASE_S = 0.5


class FileBolt:
    """Stands for a relay that falls shut by itself; replace it with yours.

    The door is open while the file holds a time that is not over. The time is half a second ahead,
    so that a program that hangs, crashes or is killed leaves the door shut.
    """

    def __init__(self, path: Path):
        self.path = path
        self.shut()

    def open(self) -> None:
        """Open, or stay open, for half a second."""
        self.path.write_text(f"{time.monotonic() + LEASE_S:.3f}", encoding="ascii")

    def shut(self) -> None:
        self.path.unlink(missing_ok=True)


def is_open(path: Path) -> bool:
    """What the lock asks: whether the door is open now."""
    try:
        left = float(path.read_text(encoding="ascii")) - time.monotonic()
    except (OSError, ValueError):
        return False
    return 0 < left <= LEASE_S
