"""Folders of labelled images: ``<root>/<label>/<image>``, with an optional manifest."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from handpose.errors import DatasetError
from handpose.images import IMAGE_SUFFIXES

MANIFEST = "manifest.csv"


@dataclass(frozen=True)
class ImageItem:
    """One picture of a data set.

    Attributes
    ----------
    path : str
        Relative to the data set's folder, with forward slashes.
    label : str
    subject : str
        ``""`` where unknown.
    """

    path: str
    label: str
    subject: str = ""


def list_images(root: str | Path) -> list[ImageItem]:
    """List the pictures of a folder in a fixed order.

    Parameters
    ----------
    root : str or Path
        Holds one folder a label, or ``manifest.csv`` with the columns ``path``, ``label`` and
        (optionally) ``subject``, or both: then the manifest decides.

    Returns
    -------
    list of ImageItem
        Sorted by path, or in the manifest's order.

    Raises
    ------
    DatasetError
        If there is no such folder, no image in it, or the manifest is wrong.
    """
    root = Path(root)
    if not root.is_dir():
        raise DatasetError(f"{root}: no such folder")
    items = _from_manifest(root) if (root / MANIFEST).is_file() else _from_folders(root)
    if not items:
        raise DatasetError(
            f"{root}: no images in it; expected {root.name}/LABEL/IMAGE, where IMAGE ends in "
            f"{', '.join(sorted(IMAGE_SUFFIXES))}, or a {MANIFEST}"
        )
    return items


def _from_folders(root: Path) -> list[ImageItem]:
    return [
        ImageItem(path.relative_to(root).as_posix(), path.parent.relative_to(root).parts[0])
        for path in sorted(root.glob("*/**/*"))
        if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file() and not _hidden(path, root)
    ]


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _from_manifest(root: Path) -> list[ImageItem]:
    source = root / MANIFEST
    try:
        with source.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            header, rows = reader.fieldnames or [], list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{source}: not a CSV file in UTF-8 ({error})") from None
    if header and not {"path", "label"} <= set(header):
        raise DatasetError(
            f"{source}: needs the columns path,label[,subject], but has {','.join(header)}"
        )
    return [_item(row, source, line) for line, row in enumerate(rows, start=2)]


def _item(row: dict[str, str | None], source: Path, line: int) -> ImageItem:
    path, label = (row["path"] or "").strip(), (row["label"] or "").strip()
    relative = PurePosixPath(path)
    if not path or not label:
        raise DatasetError(f"{source}, line {line}: path and label must not be empty")
    if relative.is_absolute() or ".." in relative.parts:
        raise DatasetError(f"{source}, line {line}: {path!r} leads out of the folder")
    return ImageItem(relative.as_posix(), label, (row.get("subject") or "").strip())
