"""`Album`: the photos of a data set's folder, their hands, and what was thrown away."""

from __future__ import annotations

import os
import re
import shutil
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import Landmarks
from handpose.datasets import Dataset, read_table, write_table
from handpose.datasets.folder import read_folder
from handpose.datasets.manifest import COLUMNS as MANIFEST_COLUMNS
from handpose.datasets.manifest import MANIFEST, as_row, write_rows
from handpose.datasets.sample_folder import SampleFolder
from handpose.datasets.sample_moves import move_in, take_out
from handpose.errors import DatasetError, HandposeError, HandposeWarning
from handpose.images import read_image
from handpose.images.listing import files_in

TABLE = "landmarks.parquet"
MAX_GESTURES = 100
"""Cards that a page can show; few people will teach more."""

_TRASH = ".trash"
Progress = Callable[[int, int], None]
FindHands = Callable[[NDArray[np.uint8]], Landmarks]


@dataclass(frozen=True)
class Sample:
    """A photo of the data set.

    Attributes
    ----------
    path : str
        Relative to the folder, with forward slashes.
    label, subject : str
    hands : Landmarks of length 1
        A missing row where no hand was found.
    light : float
        Mean brightness, 0 to 255.
    """

    path: str
    label: str
    subject: str
    hands: Landmarks
    light: float

    def to_dict(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "path": self.path,
            "label": self.label,
            "subject": self.subject,
            "detected": bool(self.hands.detected[0]),
        }


class Album:
    """The samples in a folder, as `handpose collect` lays them out. The disk is always up to date.

    What is removed goes to a hidden folder, so that it can be brought back until `close`.

    Parameters
    ----------
    root : Path
        Made if it does not exist.

    Raises
    ------
    DatasetError
        If it is a file, or holds videos of motions.
    """

    _SAMPLE = re.compile(r"(?P<subject>\w[\w .+-]*)-\d+\.jpg", re.ASCII)
    _PICTURES = True

    def __init__(self, root: Path):
        self.root = root
        if root.exists() and not root.is_dir():
            raise DatasetError(f"{root}: not a folder; name one for your pictures")
        self._make()
        self._empty_trash()
        self._samples: dict[str, Sample] = {}
        self._labels: dict[str, None] = {}  # in the order in which they came
        self._undo: list[list[tuple[str, Sample]]] = []

    def __len__(self) -> int:
        return len(self._samples)

    def __getitem__(self, path: str) -> Sample:
        if path not in self._samples:
            raise DatasetError(f"{path}: no such picture; it may have been removed")
        return self._samples[path]

    @property
    def samples(self) -> list[Sample]:
        """All of them, in the order in which they came."""
        return list(self._samples.values())

    @property
    def labels(self) -> list[str]:
        """The gestures, also those without a sample."""
        return list(self._labels)

    @property
    def subjects(self) -> list[str]:
        """Whose hands, sorted."""
        return sorted({sample.subject for sample in self._samples.values()} - {""})

    @property
    def changes(self) -> int:
        """How often something was removed or relabelled that can be brought back."""
        return len(self._undo)

    def of(self, label: str, subject: str | None = None) -> list[Sample]:
        """The samples of a gesture, of one person or of all."""
        found = [sample for sample in self.samples if sample.label == label]
        return [sample for sample in found if subject is None or sample.subject == subject]

    def read(self, find_hands: FindHands, progress: Progress = lambda done, total: None) -> None:
        """Look at what the folder holds.

        Hands are looked for in photos that are newer than the folder's table.

        Parameters
        ----------
        find_hands : callable
            From an RGB image to its hands.
        progress : callable (done, total), optional
        """
        self._list_labels()
        self._adopt()
        items = self._items()
        known = self._known()
        for number, item in enumerate(items):
            image = _read(self.root / item.path)
            if image is not None:
                hands = known.get(item.path)
                if hands is None:
                    hands = _only(find_hands(image), image)
                light = brightness(image)
                self._keep(Sample(item.path, item.label, item.subject, hands, light))
            progress(number + 1, len(items))

    def add_label(self, name: str) -> str:
        """Add a gesture without samples: a folder of its own.

        Raises
        ------
        DatasetError
            If the name cannot be part of a file name, is taken, or there are too many.
        """
        name = self._checked(name)
        if name.casefold() in {label.casefold() for label in self._labels}:
            raise DatasetError(f"there is a gesture {name!r} already; choose another name")
        if len(self._labels) >= MAX_GESTURES:
            raise DatasetError(f"the studio has room for {MAX_GESTURES} gestures; remove one first")
        (self.root / name).mkdir(parents=True, exist_ok=True)
        self._labels.setdefault(name)
        return name

    def note(
        self, photo: Path, label: str, subject: str, hands: Landmarks, light: float = 0.0
    ) -> Sample:
        """Note a photo that was written to the folder."""
        path = photo.relative_to(self.root).as_posix()
        sample = Sample(path, label, subject, hands, light)
        self._keep(sample)
        return sample

    def remove(self, paths: Iterable[str]) -> int:
        """Take samples out; `undo` brings them back."""
        gone = [self[path] for path in dict.fromkeys(paths)]
        if gone:
            take_out(self.root, {sample.path for sample in gone})
            self._undo.append([self._throw_away(sample) for sample in gone])
        return len(gone)

    def remove_label(self, label: str) -> int:
        """Take out a gesture with all of its samples."""
        count = self.remove(sample.path for sample in self.of(label))
        self._labels.pop(label, None)
        folder = self.root / label
        if folder.is_dir() and folder.parent == self.root and not any(folder.iterdir()):
            folder.rmdir()
        return count

    def relabel(self, paths: Iterable[str], label: str) -> list[Sample]:
        """Say that samples show another gesture.

        Raises
        ------
        DatasetError
            If there is no such gesture, or its name cannot be that of a folder.
        """
        if label not in self._labels:
            raise DatasetError(f"there is no gesture {label!r}; add it first")
        self._checked(label)
        moved = []
        for sample in [self[path] for path in dict.fromkeys(paths)]:
            take_out(self.root, {sample.path})
            del self._samples[sample.path]
            moved.append(
                (sample, self._move(self.root / sample.path, replace(sample, label=label)))
            )
        self._undo.append([(new.path, old) for old, new in moved])
        return [new for _, new in moved]

    def undo(self) -> list[Sample]:
        """Bring back what was removed or relabelled last."""
        if not self._undo:
            raise DatasetError("there is nothing to undo")
        restored = []
        for path, sample in self._undo.pop():
            if self._samples.pop(path, None):  # it has another label now
                take_out(self.root, {path})
            self._labels.setdefault(sample.label)
            restored.append(self._move(self.root / path, sample, sample.path))
        return restored

    def dataset(self, provenance: dict[str, Any]) -> Dataset:
        """All samples as a data set, a row each."""
        samples = self.samples
        return Dataset(
            Landmarks.concat(sample.hands for sample in samples),
            [sample.label for sample in samples],
            [sample.subject for sample in samples],
            [sample.path for sample in samples],
            name=self.root.name,
            provenance=provenance,
        )

    def write_table(self, provenance: dict[str, Any]) -> None:
        """Write the landmarks beside the photos, as `handpose collect` does."""
        if self._samples:
            write_table(self.dataset(provenance), self.root / TABLE)

    def close(self) -> None:
        """Throw away for good what was removed."""
        self._empty_trash()

    def _make(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)

    def _samples_of(self, label: str, subject: str) -> SampleFolder:
        return SampleFolder(self.root, label, subject)

    def _checked(self, label: str) -> str:
        """A label that can be a folder of samples; raises DatasetError as `SampleFolder` does."""
        return self._samples_of(label, "somebody").label

    def _list_labels(self) -> None:
        for folder in sorted(p for p in self.root.iterdir() if p.is_dir() and p.name[0] != "."):
            self._labels.setdefault(folder.name)

    def _keep(self, sample: Sample) -> None:
        self._samples[sample.path] = sample
        self._labels.setdefault(sample.label)

    def _move(self, file: Path, sample: Sample, path: str = "") -> Sample:
        path = move_in(self.root, file, sample.label, sample.subject, path)
        os.utime(self.root / path)  # newer than the table, which may know another photo by the name
        moved = replace(sample, path=path)
        self._keep(moved)
        return moved

    def _throw_away(self, sample: Sample) -> tuple[str, Sample]:
        there = f"{_TRASH}/{len(self._undo):04d}/{sample.path}"
        (self.root / there).parent.mkdir(parents=True, exist_ok=True)
        (self.root / sample.path).replace(self.root / there)
        del self._samples[sample.path]
        return there, sample

    def _empty_trash(self) -> None:
        self._undo = []
        shutil.rmtree(self.root / _TRASH, ignore_errors=True)

    def _items(self) -> list[Any]:
        files = files_in(self.root)
        if not files.pictures and not files.videos:
            return []
        folder = read_folder(self.root, videos=None)
        if folder.videos:
            raise DatasetError(
                f"{self.root} holds videos of motions; the studio teaches still gestures: name "
                "another folder"
            )
        if not (self.root / MANIFEST).is_file():
            write_rows(self.root / MANIFEST, MANIFEST_COLUMNS, map(as_row, folder.items))
        return folder.items

    def _adopt(self) -> None:
        """Note photos whose session was killed before it noted them."""
        files = files_in(self.root)
        names = [name.split("/") for name in (files.pictures if self._PICTURES else files.videos)]
        found = {
            (label, match["subject"])
            for label, *file in names
            if len(file) == 1 and (match := self._SAMPLE.fullmatch(file[0]))
        }
        for label, subject in sorted(found):
            self._samples_of(label, subject)

    def _known(self) -> dict[str, Landmarks]:
        """Hands by photo, from a table that is newer than the photo."""
        table = self.root / TABLE
        try:
            dataset, made = read_table(table), table.stat().st_mtime_ns
        except (HandposeError, OSError):
            return {}
        if not isinstance(dataset.X, Landmarks):
            return {}
        known = {}
        for row, path in enumerate(dataset.paths.tolist()):
            photo = self.root / path
            if photo.is_file() and photo.stat().st_mtime_ns <= made:
                known[path] = dataset.X[row : row + 1]
        return known


def brightness(image: NDArray[np.uint8]) -> float:
    """Mean of an image, 0 to 255."""
    return float(image[::8, ::8].mean())


def _only(hands: Landmarks, image: NDArray[np.uint8]) -> Landmarks:
    return hands[:1] if len(hands) else Landmarks.missing([image.shape[1::-1]])


def _read(path: Path) -> NDArray[np.uint8] | None:
    """A photo; None, and a warning, where it cannot be read."""
    try:
        return read_image(path)
    except HandposeError as error:
        warnings.warn(str(error), HandposeWarning, stacklevel=4)
        return None
