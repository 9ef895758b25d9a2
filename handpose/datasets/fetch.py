"""Downloading the originals of a data set, every file verified."""

from __future__ import annotations

import csv
import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from handpose.datasets.manifest import MANIFEST
from handpose.datasets.originals import Originals, open_originals
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
        with open_originals(place) as originals:
            if entry.gather:
                entry.gather(originals, staging / entry.file)
            else:
                _copy(shipped_folder(name) / MANIFEST, originals, staging, progress)
        if target.exists():
            target.replace(Path(scratch) / "before")
        staging.replace(target)
    return target


def _emptied(target: Path) -> Path:
    """The folder around a data set, without what a killed fetch left there."""
    for left in target.parent.glob(f".{target.name}-*"):
        shutil.rmtree(left, ignore_errors=True)
    return target.parent


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


def _copy(manifest: Path, originals: Originals, target: Path, progress: Progress | None) -> None:
    """Copy the files that a manifest lists, each verified, and the manifest."""
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for done, row in enumerate(rows, start=1):
        content = originals.read(row["path"])
        if content is None:
            raise DatasetError(f"{originals.place}: lacks {row['path']}, one of {len(rows)} files")
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
