"""A folder of samples that grows photo by photo, and loses none when it is interrupted."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handpose.datasets.folder import list_images
from handpose.datasets.manifest import (
    COLUMNS,
    MANIFEST,
    ImageItem,
    as_row,
    read_manifest,
    read_rows,
    write_rows,
)
from handpose.errors import DatasetError
from handpose.images.listing import files_in
from handpose.images.saving import save_picture
from handpose.system.locks import one_writer
from handpose.system.paths import inner_path

_QUALITY = 95
_NAME = re.compile(r"\w[\w .+-]*", re.ASCII)


class SampleFolder:
    """The photos of one label by one subject, in a data set's folder.

    Photos are ``ROOT/LABEL/SUBJECT-0001.jpg`` and so on, and ``ROOT/manifest.csv`` names label and
    subject of each. Both are on the disk before `add` returns. Photos that a folder without a
    manifest held before are listed too.

    Nothing is written before the first photo.

    Parameters
    ----------
    root : str or Path
    label, subject : str
        Parts of file names: letters, digits, space and ``_ . + -``.

    Raises
    ------
    DatasetError
        If a name is not of this kind, or the folder's manifest is wrong.
    """

    def __init__(self, root: str | Path, label: str, subject: str):
        self.root = Path(root)
        self.label, self.subject = _checked("label", label), _checked("subject", subject)
        if self.root.exists() and not self.root.is_dir():
            raise DatasetError(f"{self.root}: not a folder; samples need one of their own")
        _read_manifest(self.root)  # raises if it is invalid
        self._adopt()

    def photos(self) -> list[Path]:
        """The photos of this label by this subject, in the order in which they were taken."""
        pattern = re.compile(re.escape(self.subject) + r"-\d+\.jpg")
        taken = (self.root / self.label).glob("*.jpg")
        return sorted(path for path in taken if pattern.fullmatch(path.name))

    def add(self, image: NDArray[np.uint8]) -> Path:
        """Write a photo, and its line in the manifest.

        Parameters
        ----------
        image : ndarray of uint8, shape (height, width, 3)
            RGB.

        Returns
        -------
        Path
        """
        with one_writer(self.root / MANIFEST):
            before = _read_manifest(self.root)  # another session may have changed it
            numbers = [int(path.stem.rpartition("-")[2]) for path in self.photos()]
            path = self.root / self.label / f"{self.subject}-{max(numbers, default=0) + 1:04d}.jpg"
            save_picture(Image.fromarray(image), path, quality=_QUALITY)
            self._note([path], *before)
        return path

    def _adopt(self) -> None:
        """Note photos that were taken by a session that was killed before it noted them."""
        if self.photos():
            with one_writer(self.root / MANIFEST):
                self._note(self.photos(), *_read_manifest(self.root))

    def _note(self, photos: list[Path], columns: list[str], rows: list[dict[str, str]]) -> None:
        """Add to the manifest what it lacks."""
        known = {inner_path(row["path"].strip()) for row in rows}
        names = [path.relative_to(self.root).as_posix() for path in photos]
        items = [ImageItem(name, self.label, self.subject) for name in names if name not in known]
        if items:
            write_rows(self.root / MANIFEST, columns, [*rows, *map(as_row, items)])


def _read_manifest(root: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Columns and rows of a folder's manifest, or those that it would have."""
    manifest = root / MANIFEST
    if not manifest.is_file():
        items = list_images(root) if files_in(root).pictures else []
        return list(COLUMNS), [as_row(item) for item in items]
    read_manifest(manifest)  # raises if it is invalid
    columns, rows = read_rows(manifest)
    return columns + [c for c in COLUMNS if c not in columns], rows


def _checked(what: str, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise DatasetError(
            f"{what} {name!r} cannot be part of a file name; use letters, digits, space and _ . + -"
        )
    return name.strip()
