"""Downloading the originals of a data set, every file verified."""

from __future__ import annotations

import csv
import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from handpose.datasets.manifest import MANIFEST
from handpose.datasets.places import fetched_folder, shipped_folder
from handpose.datasets.registry import KnownDataset, find_file, known_dataset
from handpose.errors import DatasetError
from handpose.system.deprecation import renamed_arguments
from handpose.system.files import naming
from handpose.system.locks import one_writer

Progress = Callable[[int, int], None]


@renamed_arguments(source="path")
def fetch_dataset(
    name: str, *, path: str | Path | None = None, progress: Progress | None = None
) -> Path:
    """Fetch the originals of a data set into the user's cache.

    Parameters
    ----------
    name : str
        A key of `DATASETS`.
    path : str or Path, optional
        A folder or zip that holds the originals; without it they are downloaded.
    progress : callable (done, total), optional
        Called with counts of files.

    Returns
    -------
    Path
        The folder that holds the data set. It appears whole or not at all.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    DatasetError
        If the download fails, a file is absent or not the expected one, or the data set may not be
        fetched and is not on this machine.
    """
    entry = known_dataset(name)
    if not entry.archive:
        return find_file(entry).parent
    target = fetched_folder(name)
    with (
        naming(target),
        one_writer(target),
        tempfile.TemporaryDirectory(dir=_emptied(target), prefix=f".{name}-") as scratch,
    ):
        staging = Path(scratch) / name
        staging.mkdir()
        place = _download(entry, Path(scratch)) if path is None else Path(path)
        with _opened(place) as read:
            _copy(shipped_folder(name) / MANIFEST, read, place, staging, progress)
        if target.exists():
            target.replace(Path(scratch) / "before")
        staging.replace(target)
    return target


def _emptied(target: Path) -> Path:
    """The folder around a data set, without what a killed fetch left there."""
    for left in target.parent.glob(f".{target.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    return target.parent


Read = Callable[[str], "bytes | None"]
"""From the end of a file's path to its content; None where there is no such file."""


@contextmanager
def _opened(place: Path) -> Iterator[Read]:
    """A reader of the files of a folder or zip."""
    if place.is_dir():
        names = [p.relative_to(place).as_posix() for p in sorted(place.rglob("*")) if p.is_file()]
        yield _reader(names, lambda name: (place / name).read_bytes(), place)
        return
    with _readable(place):
        archive = zipfile.ZipFile(place)
    with archive:
        yield _reader(archive.namelist(), archive.read, place)


def _reader(names: list[str], read: Callable[[str], bytes], place: Path) -> Read:
    by_end: dict[str, str] = {}
    for name in names:
        parts = name.split("/")
        for i in range(len(parts)):
            by_end.setdefault("/".join(parts[i:]), name)

    def content(path: str) -> bytes | None:
        if path not in by_end:
            return None
        with _readable(place):
            return read(by_end[path])

    return content


@contextmanager
def _readable(place: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DatasetError(f"{place}: not a folder or a readable zip ({error})") from None


def _download(entry: KnownDataset, scratch: Path) -> Path:
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    try:
        return Path(pooch.retrieve(entry.archive, None, fname="archive.zip", path=scratch))
    except (OSError, ValueError, requests.RequestException) as error:
        reason = str(error).splitlines()[0][:120]
        raise DatasetError(
            f"{entry.name}: cannot download {entry.archive} ({reason}); download it by other "
            f"means and run: handpose data fetch {entry.name} --from FILE_OR_FOLDER"
        ) from None


def _copy(manifest: Path, read: Read, place: Path, target: Path, progress: Progress | None) -> None:
    """Copy the files that a manifest lists, each verified, and the manifest."""
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for done, row in enumerate(rows, start=1):
        content = read(row["path"])
        if content is None:
            raise DatasetError(f"{place}: lacks {row['path']}, one of {len(rows)} files")
        digest = hashlib.sha256(content).hexdigest()
        if digest != row["sha256"]:
            raise DatasetError(
                f"{place}: {row['path']} has SHA-256 {digest}, expected {row['sha256']}; "
                "nothing was kept"
            )
        path = target / row["path"]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        if progress:
            progress(done, len(rows))
    shutil.copy(manifest, target / MANIFEST)
