"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from handpose.errors import HandposeError
from handpose.system.locks import is_at, take

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_BROKEN = {errno.EIO, errno.EROFS}


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path that takes the place of `path` when the block ends well.

    Readers, and processes that write the same file at the same time, see the old file or the new
    one, never a part. After an error nothing is left behind; what a killed process left is removed
    when the file is written again. Where `path` is a link, the link is replaced, and what it leads
    to stays as it is.

    Raises
    ------
    HandposeError
        If the file cannot be written, for example on a full disk, or `path` is a device.
    """
    _check_kind(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_over(path)
    with _temporary_file(path) as (temporary, holder):
        yield temporary
        if os.name == "nt":
            holder.close()  # Windows renames no open file
        temporary.replace(path)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name the file or folder in errors that do not, such as that of a full disk.

    Raises
    ------
    HandposeError
        In place of such an error.
    """
    try:
        yield
    except OSError as error:
        raise _explained(error, path) from None


def remove_left_over(path: Path) -> None:
    """Remove the temporary files of `path` whose process was killed."""
    ours = re.compile(re.escape(f".{path.name}.") + r"[0-9a-f]{8}\.tmp(\.\w+)?")
    for name in os.listdir(path.parent):
        if ours.fullmatch(name):
            left = path.parent / name
            with suppress(OSError), left.open("r+b") as file:
                if take(file):
                    shutil.rmtree(_folder_of(left), ignore_errors=True)
                    left.unlink()


def check_writable(path: Path) -> None:
    """Refuse, before the work, a file that `replacing` could not write after it.

    What the file needs, folders too, is made under temporary names where the path begins to be new.
    Nothing is left behind; what a killed process left is removed when the same file is asked about
    again.

    Raises
    ------
    HandposeError
        If it could not be written.
    """
    _check_kind(path)
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        there = next(folder for folder in path.absolute().parents if folder.exists())
        new = path.absolute().relative_to(there)
        first = there / new.parts[0]
        remove_left_over(first)
        with _temporary_file(first) as (temporary, _):
            if len(new.parts) > 1:
                _try_in(_folder_of(temporary), new)
    except OSError as error:
        raise HandposeError(
            f"{path}: cannot be written ({error.strerror}); name another file"
        ) from None


def _try_in(scratch: Path, new: Path) -> None:
    """Make a file and the folders that it needs in a folder that is made and removed."""
    try:
        copy = scratch / new
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.with_name(f".{copy.name}.{secrets.token_hex(4)}.tmp").touch()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _folder_of(temporary: Path) -> Path:
    """The folder that belongs to a temporary file, and is left over if the file is."""
    return temporary.with_name(f"{temporary.name}.d")


def _check_kind(path: Path) -> None:
    """Refuse a device or a pipe: replacing it would remove it."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise HandposeError(f"{path}: is a device or a pipe, not a file; name another file")


@contextmanager
def _temporary_file(path: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """An empty file beside `path`, known to others as in use; it is removed when the block ends."""
    temporary, holder = path, None
    try:
        while holder is None:
            temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
            holder = _in_use(temporary)
        yield temporary, holder
    except OSError as error:
        raise _explained(error, path, temporary) from None
    finally:
        if temporary != path:
            temporary.unlink(missing_ok=True)
        if holder is not None:
            holder.close()


def _in_use(temporary: Path) -> BinaryIO | None:
    """Make a file, locked for as long as it is open; None where another process was faster."""
    holder = temporary.open("xb")
    if take(holder) and is_at(holder, temporary):
        return holder
    holder.close()
    return None


def _explained(error: OSError, path: Path, temporary: Path | None = None) -> Exception:
    """The error of a file that cannot be written; any other error as it is."""
    unnamed = error.filename is None and error.errno in _FULL | _BROKEN
    if not unnamed and (temporary is None or error.filename != str(temporary)):
        return error
    remedy = "free some space" if error.errno in _FULL else "name another file"
    return HandposeError(f"{path}: cannot be written ({error.strerror}); {remedy}")
