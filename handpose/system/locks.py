"""Locks between processes. A lock ends with the process that holds it."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from handpose.errors import HandposeWarning

_BLINK = 0.05
"""Seconds between two looks at a lock that another process holds."""

_FAR = 2**30
"""Windows locks a range of bytes against writing: take one beyond the end of our files."""


@contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """Let one process at a time write a file or folder; the others wait here, with a warning.

    Parameters
    ----------
    path : Path
        What is written. The lock is a file beside it, ``.NAME.lock``, while it is held. Where the
        file system has no locks, processes do not wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(f".{path.name}.lock")
    file = _held(lock, path)
    try:
        yield
    finally:
        with suppress(OSError):  # Windows removes no open file
            lock.unlink()
        file.close()


def take(file: BinaryIO) -> bool:
    """Lock an open file, unless another process or another open file has locked it.

    Returns
    -------
    bool
        Whether it is ours now; True where the file system has no locks.
    """
    try:
        _take(file)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


def is_at(file: BinaryIO, path: Path) -> bool:
    """Whether an open file still is the one of that name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _held(lock: Path, path: Path) -> BinaryIO:
    """The lock's file, open and locked."""
    warned = False
    while True:
        file = lock.open("ab")
        while not take(file):
            if not warned:
                warnings.warn(
                    f"{path}: another process is writing it; waiting",
                    HandposeWarning,
                    stacklevel=4,
                )
                warned = True
            time.sleep(_BLINK)
        if is_at(file, lock):
            return file
        file.close()  # its holder has removed it; another process may have made a new one


if sys.platform == "win32":

    def _take(file: BinaryIO) -> None:
        import msvcrt

        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _take(file: BinaryIO) -> None:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
