"""Files that appear whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EISDIR
from os import strerror
from pathlib import Path
from tempfile import TemporaryDirectory

from handpose.errors import HandposeError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path that takes the place of `path` when the block ends well.

    Readers, and processes that write the same file at the same time, see the old file or the new
    one, never a part. After an error nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Refuse, before the work, a file that `replacing` could not write after it.

    What the file needs, folders too, is made in a temporary folder where the path begins to be
    new. Nothing is left behind.

    Raises
    ------
    HandposeError
        If it could not be written.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, strerror(EISDIR))
        there = next(folder for folder in path.absolute().parents if folder.exists())
        with (
            TemporaryDirectory(dir=there, prefix=".handpose-") as scratch,
            replacing(scratch / path.absolute().relative_to(there)) as temporary,
        ):
            temporary.touch()
    except OSError as error:
        raise HandposeError(
            f"{path}: cannot be written ({error.strerror}); name another file"
        ) from None
