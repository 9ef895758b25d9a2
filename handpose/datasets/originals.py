"""The originals of a data set: the files of a folder or zip, found by the end of their path."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from handpose.errors import DatasetError


class Originals:
    """Files, wherever in a folder or zip they are.

    Parameters
    ----------
    names : sequence of str
        Their paths in the folder or zip.
    read : callable
        From one of these paths to the file's content.
    place : Path
        The folder or zip.
    """

    def __init__(self, names: Sequence[str], read: Callable[[str], bytes], place: Path):
        self.names = names
        self.place = place
        self._read = read
        self._by_end: dict[str, str] = {}
        for name in names:
            parts = name.split("/")
            for i in range(len(parts)):
                self._by_end.setdefault("/".join(parts[i:]), name)

    def read(self, path: str) -> bytes | None:
        """Content of the file whose path ends in `path`; None where there is no such file."""
        if path not in self._by_end:
            return None
        with _readable(self.place):
            return self._read(self._by_end[path])


@contextmanager
def open_originals(place: Path) -> Iterator[Originals]:
    """Open a folder or zip.

    Raises
    ------
    DatasetError
        If it is neither, or damaged.
    """
    if place.is_dir():
        names = [p.relative_to(place).as_posix() for p in sorted(place.rglob("*")) if p.is_file()]
        yield Originals(names, lambda name: (place / name).read_bytes(), place)
        return
    with _readable(place):
        archive = zipfile.ZipFile(place)
    with archive:
        yield Originals(archive.namelist(), archive.read, place)


@contextmanager
def _readable(place: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DatasetError(f"{place}: not a folder or a readable zip ({error})") from None
