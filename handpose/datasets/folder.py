"""Folders of labelled images: ``<root>/<label>/<image>``, with an optional manifest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from shlex import quote
from typing import Literal

from handpose.datasets.copies import copies_among
from handpose.datasets.layouts import Reading, apply_layout, read_layout
from handpose.datasets.manifest import (
    COLUMNS,
    MANIFEST,
    ImageItem,
    as_row,
    read_manifest,
    read_rows,
    write_rows,
)
from handpose.datasets.yolo import read_yolo
from handpose.errors import DatasetError
from handpose.images import IMAGE_SUFFIXES
from handpose.images.listing import FolderFiles, files_in, left_out, listed
from handpose.system.deprecation import renamed_arguments
from handpose.system.locks import one_writer
from handpose.system.stores import Place, StorePath, place_of

_LABELS_SHOWN = 12


@dataclass
class PictureFolder:
    """The pictures or videos of a folder, and notes for the user.

    Attributes
    ----------
    root : Path or StorePath
    items : list of ImageItem
        The pictures that are read.
    notes : list of str
        How the folder was read, and what else it holds; a line each.
    unreadable : list of str
        Files that cannot be read here, with the remedy; a line each.
    videos : bool
        Whether the items are videos.
    """

    root: Place
    items: list[ImageItem]
    notes: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    videos: bool = False

    def __str__(self) -> str:
        labels = Counter(item.label for item in self.items)
        counts = (f"{label} {n:,}" for label, n in sorted(labels.items()))
        people = {item.subject for item in self.items} - {""}
        return (
            f"{self.root}: {_count(len(self.items), self.kind)}, {_count(len(labels), 'label')} "
            f"({listed(counts, _LABELS_SHOWN)})" + (_count_of_people(self.items, people))
        )

    @property
    def kind(self) -> str:
        """What an item is: ``"picture"`` or ``"video"``."""
        return "video" if self.videos else "picture"


@renamed_arguments(root="path")
def list_images(path: str | Path | StorePath) -> list[ImageItem]:
    """List the pictures of a folder in a fixed order; see `read_folder`."""
    return read_folder(path).items


def read_folder(
    path: str | Path | StorePath, *, videos: bool | Literal["both"] | None = False
) -> PictureFolder:
    """List the pictures or videos of a folder in a fixed order, with what is left out of it.

    Parameters
    ----------
    path : str or Path
        A folder, also of a store that fsspec reaches (``s3://bucket/photos``; extra `stores`).
        Holds one folder a label, or ``manifest.csv`` with the columns ``path``, ``label`` and
        (optionally) ``subject``, or both: then the manifest decides. Splits
        (``train/LABEL/IMAGE``), numbered people (``person1/LABEL/IMAGE``) and YOLO's form
        (``images``, ``labels``, ``data.yaml``) are understood too.
    videos : bool, "both" or None, default=False
        Whether to list videos in place of pictures, or ``"both"``; None: videos where the folder
        has no picture.

    Returns
    -------
    PictureFolder
        Pictures or videos sorted by path, or in the manifest's order.

    Raises
    ------
    DatasetError
        If there is no such folder, no image in it, the manifest is wrong, or the folders can be
        understood in two ways.
    """
    root = place_of(path)
    if not root.is_dir():
        raise DatasetError(f"{root}: no such folder")
    files = files_in(root)
    if videos is None:
        videos = bool(files.videos) and not files.pictures
    reading = _read(root, files, videos)
    if not reading.items:
        raise DatasetError(_nothing(root, files, reading))
    notes = reading.notes + reading.left_out
    if files.videos and not videos:
        notes.append(_videos(files))
    if files.pictures and videos is True:
        notes.append(left_out(files.pictures, "picture"))
    notes += _alike(reading.items)
    if isinstance(root, Path):  # of a store every picture would be fetched once more
        notes += copies_among(root, reading.items)
    return PictureFolder(root, reading.items, notes, _unreadable(files, reading), videos is True)


def write_manifest(root: str | Path, layout: str = "", subject: str = "") -> PictureFolder:
    """Add to a folder's manifest, or begin one with, the pictures that it does not list.

    Parameters
    ----------
    root : str or Path
    layout : str, optional
        The meaning of each level of folders from outside, as ``subject/label``; by default it is
        guessed as `read_folder` does.
    subject : str, optional
        Whose hands the added pictures show, where the folders do not tell.

    Returns
    -------
    PictureFolder
        The added pictures.

    Raises
    ------
    DatasetError
        If there is nothing to add, or the folders cannot be understood that way.
    """
    root = Path(root)
    if not root.is_dir():
        raise DatasetError(f"{root}: no such folder")
    with one_writer(root / MANIFEST):
        return _add_to_manifest(root, layout, subject)


def _add_to_manifest(root: Path, layout: str, subject: str) -> PictureFolder:
    path = root / MANIFEST
    before = read_manifest(path) if path.is_file() else []
    columns, rows = read_rows(path) if before else (list(COLUMNS), [])
    files = files_in(root)
    more = _unlisted(before, files.pictures)
    reading = apply_layout(more, layout) if layout else read_layout(root, more)
    items = [replace(item, subject=item.subject or subject) for item in reading.items]
    added = PictureFolder(
        root, items, reading.notes + reading.left_out, _unreadable(files, reading)
    )
    if not items:
        raise DatasetError("; ".join([f"{root}: no picture to add", *added.notes]))
    columns += [column for column in COLUMNS if column not in columns]
    write_rows(path, columns, rows + [as_row(item) for item in items])
    return added


def _unlisted(items: Sequence[ImageItem], pictures: Sequence[str]) -> list[str]:
    known = {item.path for item in items}
    return [name for name in pictures if name not in known]


def _unreadable(files: FolderFiles, reading: Reading) -> list[str]:
    """Files that cannot be read, and folders that hold nothing else."""
    read = {item.path.split("/")[0] for item in reading.items}
    emptied = sorted({name.split("/")[0] for name in files.heic + files.foreign} - read)
    nothing = [f"no picture is left in {listed(emptied)}"] if emptied and read else []
    return files.unreadable() + nothing


def _read(root: Place, files: FolderFiles, videos: bool | Literal["both"]) -> Reading:
    names = files.videos if videos is True else files.pictures
    other = files.pictures if videos is True else files.videos
    if videos == "both":
        names, other = sorted(names + other, key=lambda name: name.split("/")), []
    if (root / MANIFEST).is_file():
        unwanted = set(other)
        items = [item for item in read_manifest(root / MANIFEST) if item.path not in unwanted]
        more = _unlisted(items, names)
        note = f"{left_out(more, 'picture')} that {MANIFEST} does not list; add them: "
        note += f"handpose data manifest {quote(str(root))}"
        return Reading(items, left_out=[note] if more else [])
    boxes = None if videos is True else read_yolo(root, names, files.others)
    if boxes is not None:
        return boxes
    reading = read_layout(root, names)
    inside = [name for name in files.others if "/" in name]
    if inside:
        reading.left_out.append(left_out(inside, "other file"))
    return reading


def _alike(items: Sequence[ImageItem]) -> list[str]:
    """One line where labels differ only in capital letters."""
    spellings: dict[str, set[str]] = {}
    for item in items:
        spellings.setdefault(item.label.casefold(), set()).add(item.label)
    alike = [" and ".join(sorted(names)) for names in spellings.values() if len(names) > 1]
    return [f"labels that differ only in capital letters: {listed(alike)}"] if alike else []


def _nothing(root: Place, files: FolderFiles, reading: Reading) -> str:
    unreadable = files.unreadable()
    if unreadable:
        return "; ".join([f"{root}: no image in it can be read here", *unreadable])
    reasons = reading.left_out + ([_videos(files)] if files.videos else [])
    return "; ".join(
        [
            f"{root}: no images in it; expected {root.name}/LABEL/IMAGE, where IMAGE ends in "
            f"{', '.join(sorted(IMAGE_SUFFIXES))}, or a {MANIFEST}",
            *reasons,
        ]
    )


def _videos(files: FolderFiles) -> str:
    return (
        f"{left_out(files.videos, 'video')}; take its frames: "
        "handpose collect DIR VIDEO, or of all: handpose extract DIR --videos stills"
    )


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" if n == 1 else f"{n:,} {what}s"


def _count_of_people(items: Sequence[ImageItem], people: set[str]) -> str:
    nameless = sum(not item.subject for item in items)
    if not people:
        return ""
    unknown = f" ({nameless:,} pictures name none)" if nameless else ""
    return f", {_count(len(people), 'subject')}{unknown}"
