"""Paths on disks and in stores: an address such as ``s3://bucket/photos`` is reached by fsspec."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from handpose.errors import HandposeError, StoreError
from handpose.system.extras import require
from handpose.system.files import replacing
from handpose.system.paths import inner_path

Place: TypeAlias = "Path | StorePath"

AT_ONCE = 16
"""Files that are copied at a time."""
_ADDRESS = re.compile(r"([a-z][\w+.:-]+://)", re.IGNORECASE)  # C:// is a disk of Windows


class StorePath:
    """A file or folder of a store, with those methods of `pathlib.Path` that are needed here.

    Every method raises `StoreError` where the store cannot be reached or refuses.

    Parameters
    ----------
    store : fsspec.AbstractFileSystem
    path : str
        As the store names it.
    """

    def __init__(self, store: Any, path: str):
        self._store = store
        self._path = PurePosixPath(path)
        self._listed: dict[str, dict[str, Any]] = {}

    def __reduce__(self) -> Any:
        return StorePath, (self._store, str(self._path))

    def __str__(self) -> str:
        return str(self._store.unstrip_protocol(str(self._path)))

    def __truediv__(self, name: str) -> StorePath:
        return self._at(self._path / name)

    def _at(self, path: PurePosixPath) -> StorePath:
        other = StorePath(self._store, str(path))
        other._listed = self._listed
        return other

    @property
    def name(self) -> str:
        """The last part."""
        return self._path.name

    @property
    def stem(self) -> str:
        """The last part without its suffix."""
        return self._path.stem

    @property
    def suffix(self) -> str:
        """As ``.parquet``."""
        return self._path.suffix

    @property
    def parent(self) -> StorePath:
        """The folder that it is in."""
        return self._at(self._path.parent)

    def with_name(self, name: str) -> StorePath:
        """Another file of the same folder."""
        return self._at(self._path.with_name(name))

    def resolve(self) -> StorePath:
        """Itself: an address is the same on every machine."""
        return self

    def is_dir(self) -> bool:
        """Whether there is something in it."""
        with _told(self):
            return bool(self._store.isdir(str(self._path)))

    def is_file(self) -> bool:
        """Whether there is such a file."""
        with _told(self):
            return bool(self._store.isfile(str(self._path)))

    def exists(self) -> bool:
        """Whether it is a file or a folder."""
        with _told(self):
            return bool(self._store.exists(str(self._path)))

    def read_bytes(self) -> bytes:
        """The content of a file."""
        with _told(self):
            return bytes(self._store.cat_file(str(self._path)))

    def read_text(self, encoding: str = "utf-8") -> str:
        """The content of a file as text."""
        return self.read_bytes().decode(encoding)

    def names(self) -> list[str]:
        """The files of a folder and of those within it, relative to it."""
        with _told(self):
            found = self._store.find(str(self._path), detail=True)
        self._listed.update(found)
        return [str(PurePosixPath(path).relative_to(self._path)) for path in found]

    def stamp(self) -> str:
        """What the store notes about a file: its size, and its time or checksum."""
        path = str(self._path)
        with _told(self):
            return str(self._listed.get(path) or self._store.info(path))

    def get(self, target: Path) -> None:
        """Copy a file to this disk; nothing where there is none."""
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _told(self):
                self._store.get_file(str(self._path), str(target))
        except FileNotFoundError:
            target.unlink(missing_ok=True)

    def put(self, made: Path) -> None:
        """Put a file of this disk there."""
        with _told(self):
            self._store.makedirs(str(self._path.parent), exist_ok=True)
            self._store.put_file(str(made), str(self._path))

    def remove(self) -> None:
        """Remove a file or a folder."""
        with _told(self):
            self._store.rm(str(self._path), recursive=True)


def place_of(where: str | Path | StorePath) -> Place:
    """A path of a disk, or that of a store where it begins as ``s3://``.

    Raises
    ------
    MissingExtraError
        If it is an address, and fsspec is not installed.
    StoreError
        If there is no such kind of store, or the package that reaches it is absent.
    """
    if isinstance(where, StorePath):
        return where
    address = _ADDRESS.match(where) if isinstance(where, str) else None
    if address is None:
        return Path(where)
    shown = f"{address[1]}..."  # keys may stand in what follows
    require("fsspec", f"an address ({shown})", "stores")
    from fsspec.core import url_to_fs
    from fsspec.implementations.local import LocalFileSystem

    try:
        store, path = url_to_fs(where)
    except Exception as error:  # a driver may raise anything
        raise StoreError(f"{shown}: {_reason(error)}") from None
    return Path(path) if isinstance(store, LocalFileSystem) else StorePath(store, path)


def names_in(folder: Place) -> list[str]:
    """What lies in a folder, but for hidden files; nothing where there is no such folder."""
    if isinstance(folder, StorePath):
        return folder.names()
    inside = folder.iterdir() if folder.is_dir() else ()
    return [path.name for path in inside if path.name[0] != "."]


def remove(place: Place) -> None:
    """Remove a file, or a folder and all that is in it."""
    if isinstance(place, StorePath):
        place.remove()
    elif place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()


@contextmanager
def local_copy(folder: Place, names: Sequence[str]) -> Iterator[Path]:
    """A folder of this disk that holds these files of a folder: itself, or a temporary one.

    Files that are not there are not there in the copy.
    """
    if isinstance(folder, Path):
        yield folder
        return
    with TemporaryDirectory(prefix="handpose-") as scratch, ThreadPoolExecutor(AT_ONCE) as threads:
        here = Path(scratch)
        for _ in threads.map(lambda name: (folder / name).get(here / inner_path(name)), names):
            pass
        yield here


@contextmanager
def writing(place: Place) -> Iterator[Path]:
    """Give a temporary path of this disk; its file is put in place when the block ends well."""
    if isinstance(place, Path):
        with replacing(place) as temporary:
            yield temporary
        return
    with TemporaryDirectory(prefix="handpose-") as scratch:
        made = Path(scratch) / place.name
        yield made
        place.put(made)


@contextmanager
def _told(place: StorePath) -> Iterator[None]:
    """Turn what a driver raises into `StoreError`, but for files that are not there."""
    try:
        yield
    except (FileNotFoundError, HandposeError):
        raise
    except Exception as error:
        raise StoreError(f"{place}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
