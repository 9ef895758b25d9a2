"""Bringing the originals of a data set to this machine, every file verified."""

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
from handpose.datasets.registry import DATASETS, Gathering, Source, fetched_folder, shipped_folder
from handpose.errors import DatasetError, UnknownNameError
from handpose.system.files import naming
from handpose.system.locks import one_writer

Progress = Callable[[int, int], None]


def fetch_dataset(
    name: str, *, source: str | Path | None = None, progress: Progress | None = None
) -> Path:
    """Fetch the originals of a data set into the user's cache.

    Parameters
    ----------
    name : str
        A key of `DATASETS`.
    source : str or Path, optional
        A folder or zip that holds the originals; without it they are downloaded.
    progress : callable (done, total), optional
        Called with counts of files.

    Returns
    -------
    Path
        The folder that holds the data set. It appears whole or not at all.

    Raises
    ------
    DatasetError
        If the download fails, or a file is absent or not the expected one.
    """
    if name not in DATASETS:
        raise UnknownNameError("data set", name, DATASETS)
    dataset = DATASETS[name]
    if not dataset.archive:
        return shipped_folder(name)
    target = fetched_folder(name)
    with (
        naming(target),
        one_writer(target),
        tempfile.TemporaryDirectory(dir=_emptied(target), prefix=f".{name}-") as scratch,
    ):
        staging = Path(scratch) / name
        staging.mkdir()
        with _opened(dataset, source, Path(scratch)) as originals:
            if dataset.gathering is None:
                _copy_photos(dataset, originals, staging, progress)
            else:
                _gather(dataset.gathering, dataset.landmarks, originals, staging)
        if target.exists():
            target.replace(Path(scratch) / "before")
        staging.replace(target)
    return target


def _emptied(target: Path) -> Path:
    """The folder around a data set, without what a killed process left while it fetched it."""
    for left in target.parent.glob(f".{target.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    return target.parent


class _Originals:
    """The files of a folder or zip, found by the end of their path."""

    def __init__(self, names: list[str], read: Callable[[str], bytes], place: str):
        self._by_path: dict[str, str] = {}
        for name in names:
            parts = name.split("/")
            for i in range(len(parts)):
                self._by_path.setdefault("/".join(parts[i:]), name)
        self.names = names
        self.place = place
        self._read = read

    def read(self, path: str) -> bytes | None:
        """Content of the file whose path ends in `path`, or None."""
        name = self._by_path.get(path)
        if name is None:
            return None
        with _readable(self.place):
            return self._read(name)


@contextmanager
def _opened(dataset: Source, source: str | Path | None, scratch: Path) -> Iterator[_Originals]:
    place = Path(source) if source is not None else _download(dataset, scratch)
    if place.is_dir():
        names = [p.relative_to(place).as_posix() for p in sorted(place.rglob("*")) if p.is_file()]
        yield _Originals(names, lambda name: (place / name).read_bytes(), str(place))
        return
    with _readable(str(place)):
        archive = zipfile.ZipFile(place)
    with archive:
        yield _Originals(archive.namelist(), archive.read, str(place))


@contextmanager
def _readable(place: str) -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DatasetError(f"{place}: not a folder or a readable zip ({error})") from None


def _download(dataset: Source, scratch: Path) -> Path:
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    try:
        return Path(pooch.retrieve(dataset.archive, None, fname="archive.zip", path=scratch))
    except (OSError, ValueError, requests.RequestException) as error:
        reason = str(error).splitlines()[0][:120]
        raise DatasetError(
            f"{dataset.name}: cannot download {dataset.archive} ({reason}); download it by other "
            f"means and run: handpose data fetch {dataset.name} --from FILE_OR_FOLDER"
        ) from None


def _copy_photos(
    dataset: Source, originals: _Originals, target: Path, progress: Progress | None
) -> None:
    manifest = shipped_folder(dataset.name) / MANIFEST
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for done, row in enumerate(rows, start=1):
        content = originals.read(row["path"])
        if content is None:
            raise DatasetError(f"{originals.place}: lacks {row['path']}, one of {len(rows)} photos")
        digest = hashlib.sha256(content).hexdigest()
        if digest != row["sha256"]:
            raise DatasetError(
                f"{originals.place}: {row['path']} has SHA-256 {digest}, "
                f"expected {row['sha256']}; nothing was kept"
            )
        path = target / row["path"]
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        if progress:
            progress(done, len(rows))
    shutil.copy(manifest, target / MANIFEST)


def _gather(gathering: Gathering, name: str, originals: _Originals, target: Path) -> None:
    path = target / name
    ready = originals.read(name)
    if ready is not None:
        path.write_bytes(ready)
    else:
        names = [name for name in originals.names if gathering.wanted(name)]
        gathering.write(((name, originals.read(name) or b"") for name in names), path)
    if gathering.digest(path) != gathering.expected:
        raise DatasetError(
            f"{originals.place}: its landmarks are not those of the pinned commit; nothing was kept"
        )
