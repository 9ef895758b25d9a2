"""Samples of a folder that are taken out, put back or given another label, and its manifest."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from handpose.datasets.manifest import MANIFEST, ImageItem, as_row, read_rows, write_rows
from handpose.system.locks import one_writer
from handpose.system.paths import inner_path

_NUMBER = re.compile(r"-(\d+)\.\w+$")
_STRANGE = re.compile(r"[^\w +-]", re.ASCII)


def take_out(root: Path, names: Collection[str]) -> None:
    """Remove the lines of photos from a folder's manifest; the photos stay.

    Parameters
    ----------
    root : Path
    names : collection of str
        Relative to the folder, with forward slashes.
    """
    with one_writer(root / MANIFEST):
        columns, rows = read_rows(root / MANIFEST)
        left = [row for row in rows if inner_path(row["path"].strip()) not in names]
        write_rows(root / MANIFEST, columns, left)


def move_in(root: Path, photo: Path, label: str, subject: str, path: str = "") -> str:
    """Move a photo to the samples of a folder, as it is, and note it in the manifest.

    What the manifest said of its old place stays: see `take_out`.

    Parameters
    ----------
    root : Path
        With a manifest.
    photo : Path
        On the same disk.
    label : str
        Without `path`, of the kind that `SampleFolder` takes.
    subject : str
    path : str, optional
        Where it shall lie, relative to `root`; beside that where another file is there. By default
        it gets the next number in the folder of its label.

    Returns
    -------
    str
        The new path, relative to `root`, with forward slashes.
    """
    with one_writer(root / MANIFEST):
        columns, rows = read_rows(root / MANIFEST)
        new = root / path
        if not path or new.exists():
            new = _next(new.parent if path else root / label, subject, photo.suffix)
        new.parent.mkdir(parents=True, exist_ok=True)
        photo.replace(new)
        item = ImageItem(new.relative_to(root).as_posix(), label, subject)
        write_rows(root / MANIFEST, columns, [*rows, as_row(item)])
    return item.path


def _next(folder: Path, subject: str, suffix: str) -> Path:
    stem = _STRANGE.sub("_", subject) or "somebody"
    there = [_NUMBER.search(path.name) for path in folder.glob(f"{stem}-*")]
    number = max((int(found[1]) for found in there if found), default=0) + 1
    return folder / f"{stem}-{number:04d}{suffix}"
