"""A folder of samples that grows one by one, and loses none when it is interrupted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handpose.datasets.folder import read_folder
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
from handpose.images import Frame, VideoRecorder
from handpose.images.frame import DEFAULT_RATE
from handpose.images.listing import files_in
from handpose.images.saving import save_picture
from handpose.system.locks import one_writer
from handpose.system.paths import inner_path

_QUALITY = 95
_NAME = re.compile(r"\w[\w .+-]*", re.ASCII)
_LONGEST = 100
"""Characters of a name; file systems take 255 of a file's."""


class SampleFolder:
    """The photos, or the videos, of one label by one subject, in a data set's folder.

    Photos are ``ROOT/LABEL/SUBJECT-0001.jpg`` and so on, videos end in ``.mp4``, and
    ``ROOT/manifest.csv`` names label and subject of each. Both are on the disk before `add` or
    `add_take` returns. Samples that a folder without a manifest held before are listed too.

    Nothing is written before the first sample.

    Parameters
    ----------
    root : str or Path
    label, subject : str
        Parts of file names: letters, digits, space and ``_ . + -``.
    videos : bool, default=False
        Whether the samples are videos.

    Raises
    ------
    DatasetError
        If a name is not of this kind, the folder's manifest is wrong, or the folder holds samples
        of the other kind.
    """

    def __init__(self, root: str | Path, label: str, subject: str, *, videos: bool = False):
        self.root, self.videos = Path(root), videos
        self.label, self.subject = _checked("label", label), _checked("subject", subject)
        if self.root.exists() and not self.root.is_dir():
            raise DatasetError(f"{self.root}: not a folder; samples need one of their own")
        self._check_kind()
        self._read_manifest()  # raises if it is invalid
        self._adopt()

    def samples(self) -> list[Path]:
        """The files of this label by this subject, in the order in which they were taken."""
        pattern = re.compile(re.escape(self.subject) + r"-\d+" + re.escape(self._suffix))
        taken = (self.root / self.label).glob(f"*{self._suffix}")
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
            before = self._read_manifest()  # another session may have changed it
            path = self._next_path()
            save_picture(Image.fromarray(image), path, quality=_QUALITY)
            self._note([path], *before)
        return path

    def add_take(self, frames: Sequence[Frame], fps: float = DEFAULT_RATE) -> Path:
        """Write a video, and its line in the manifest.

        Parameters
        ----------
        frames : sequence of Frame
            Two or more.
        fps : float, default=30
            Frames per second of the file.

        Returns
        -------
        Path
        """
        with one_writer(self.root / MANIFEST):
            before = self._read_manifest()
            path = self._next_path()
            with VideoRecorder(path, fps) as recorder:
                for frame in frames:
                    recorder.add(frame.rgb, frame.timestamp_ms)
            self._note([path], *before)
        return path

    @property
    def _suffix(self) -> str:
        return ".mp4" if self.videos else ".jpg"

    def _next_path(self) -> Path:
        numbers = [int(path.stem.rpartition("-")[2]) for path in self.samples()]
        number = max(numbers, default=0) + 1
        return self.root / self.label / f"{self.subject}-{number:04d}{self._suffix}"

    def _check_kind(self) -> None:
        if not self.root.exists():
            return
        files = files_in(self.root)
        own, other = files.pictures, files.videos
        own_kind, other_kind = "pictures of still gestures", "videos of motions"
        if self.videos:
            own, other, own_kind, other_kind = other, own, other_kind, own_kind
        if other and not own:
            raise DatasetError(
                f"{self.root} holds {other_kind}; {own_kind} need a folder of their own"
            )

    def _adopt(self) -> None:
        """Note samples that were taken by a session that was killed before it noted them."""
        if self.samples():
            with one_writer(self.root / MANIFEST):
                self._note(self.samples(), *self._read_manifest())

    def _note(self, samples: list[Path], columns: list[str], rows: list[dict[str, str]]) -> None:
        """Add to the manifest what it lacks."""
        known = {inner_path(row["path"].strip()) for row in rows}
        names = [path.relative_to(self.root).as_posix() for path in samples]
        items = [ImageItem(name, self.label, self.subject) for name in names if name not in known]
        if items:
            write_rows(self.root / MANIFEST, columns, [*rows, *map(as_row, items)])

    def _read_manifest(self) -> tuple[list[str], list[dict[str, str]]]:
        """Columns and rows of the folder's manifest, or those that it would have."""
        manifest = self.root / MANIFEST
        if not manifest.is_file():
            files = files_in(self.root)
            there = files.videos if self.videos else files.pictures
            items = read_folder(self.root, videos=self.videos).items if there else []
            return list(COLUMNS), [as_row(item) for item in items]
        read_manifest(manifest)  # raises if it is invalid
        columns, rows = read_rows(manifest)
        return columns + [c for c in COLUMNS if c not in columns], rows


def _checked(what: str, name: str) -> str:
    if not _NAME.fullmatch(name):
        raise DatasetError(
            f"{what} {name!r} cannot be part of a file name; use letters, digits, space and _ . + -"
        )
    if len(name) > _LONGEST:
        raise DatasetError(
            f"{what} {name[:20]}… has {len(name)} characters; use {_LONGEST} at most"
        )
    return name.strip()
