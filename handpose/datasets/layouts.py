"""The meaning of the folders of a data set: gestures, people, or splits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from shlex import quote

from handpose.datasets.manifest import MANIFEST, ImageItem
from handpose.errors import DatasetError
from handpose.images.listing import left_out, listed
from handpose.system.stores import Place

LABEL, SUBJECT = "label", "subject"

_SPLIT_WORDS = frozenset(
    {"dev", "eval", "test", "testing", "train", "training", "val", "valid", "validation"}
)
_PLAIN_WORDS = frozenset({"data", "dataset", "images", "img", "imgs", "photos", "pictures"})
_PERSON = re.compile(
    r"(actor|participant|person|signer|student|subj|subject|user|volunteer|p|s|u)[\s_-]*\d+", re.I
)
_EXAMPLES = 4


@dataclass
class Reading:
    """Pictures with their labels, and notes for the user, a line each.

    Attributes
    ----------
    items : list of ImageItem
    notes : list of str
        How the folders were understood.
    left_out : list of str
        What is not among `items`.
    """

    items: list[ImageItem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_layout(root: Place, pictures: Sequence[str]) -> Reading:
    """Label pictures by the folders that they are in.

    Layouts: ``LABEL/IMAGE``; with splits around it (``train/LABEL/IMAGE``); with numbered people
    outside or inside (``person1/LABEL/IMAGE``).

    Parameters
    ----------
    root : Path or StorePath
        For messages.
    pictures : sequence of str
        Relative paths.

    Raises
    ------
    DatasetError
        Where the folders are two deep and either could be the gesture, or are splits without
        gestures. The message says what to do.
    """
    reading = Reading()
    folders = {name: name.split("/")[:-1] for name in pictures}
    loose = [name for name, parts in folders.items() if not parts]
    if loose:
        reading.left_out.append(f"{left_out(loose, 'picture')} at the top, in no label's folder")
    folders = {name: parts for name, parts in folders.items() if parts}
    folders = _without_splits(root, folders, reading)
    _check_names(root, folders)
    names = _levels(root, folders, reading)
    reading.items = [_item(name, parts, names) for name, parts in folders.items()]
    return reading


def apply_layout(pictures: Sequence[str], layout: str) -> Reading:
    """Label pictures by folders whose meaning the user gives.

    Parameters
    ----------
    pictures : sequence of str
        Relative paths.
    layout : str
        The meaning of each level of folders from outside, as ``subject/label``; levels with other
        names are ignored.

    Raises
    ------
    DatasetError
        If the layout names no label.
    """
    names = layout.strip("/").split("/")
    if names.count(LABEL) != 1 or names.count(SUBJECT) > 1:
        raise DatasetError(
            f"invalid layout {layout!r}: name the levels of folders from outside, one of them "
            "label, as label, subject/label or split/subject/label"
        )
    folders = {name: name.split("/")[:-1] for name in pictures}
    shallow = [name for name, parts in folders.items() if len(parts) < len(names)]
    reading = Reading([_item(n, parts, names) for n, parts in folders.items() if n not in shallow])
    if shallow:
        reading.left_out.append(f"{left_out(shallow, 'picture')} not as deep as {layout}")
    return reading


def is_split(folder: str) -> bool:
    """Whether a folder is a split, as ``train`` or ``asl_test``."""
    return bool(_SPLIT_WORDS & set(re.split(r"[^a-z]+", folder.lower())))


def _without_splits(
    root: Place, folders: dict[str, list[str]], reading: Reading
) -> dict[str, list[str]]:
    """Take away outer folders that are all splits."""
    while folders and all(is_split(parts[0]) for parts in folders.values()):
        splits = sorted({parts[0] for parts in folders.values()})
        flat = [name for name, parts in folders.items() if len(parts) == 1]
        if len(flat) == len(folders):
            raise DatasetError(
                f"{root}: {listed(splits)}: parts of a data set, not gestures; expected "
                f"{splits[0]}/LABEL/IMAGE or a {MANIFEST} (path,label[,subject]); from Roboflow, "
                "export Folder Structure or YOLO"
            )
        if flat:
            reading.left_out.append(f"{left_out(flat, 'picture')} in no label's folder")
        if splits[0] not in " ".join(reading.notes):
            reading.notes.append(f"{listed(splits)}: read together, as parts of one data set")
        folders = {name: parts[1:] for name, parts in folders.items() if len(parts) > 1}
    return folders


def _check_names(root: Place, folders: dict[str, list[str]]) -> None:
    """Refuse a single folder around everything: its name is not a gesture."""
    outer = {parts[0] for parts in folders.values()}
    if len(outer) != 1:
        return
    (name,) = outer
    inner = sorted({parts[1] for parts in folders.values() if len(parts) > 1})
    if len(inner) > 1 and all(len(parts) > 1 for parts in folders.values()):
        where = next(iter(folders)).split(f"{inner[0]}/")[0].rstrip("/")
        raise DatasetError(
            f"{root}: all pictures are in its folder {name} ({listed(inner, _EXAMPLES)}); "
            f"name that one: {root / where}"
        )
    if name.lower() in _PLAIN_WORDS:
        raise DatasetError(
            f"{root}: {name} is not a gesture; expected {root.name}/LABEL/IMAGE or a {MANIFEST} "
            "(path,label[,subject])"
        )


def _levels(root: Place, folders: dict[str, list[str]], reading: Reading) -> list[str]:
    """The meaning of each level, from outside."""
    within = defaultdict(set)
    deep = [parts for parts in folders.values() if len(parts) > 1]
    for outer, inner, *_ in deep:
        within[inner].add(outer)
    shared = {inner: outers for inner, outers in within.items() if len(outers) > 1}
    plain = all(is_split(inner) or inner.lower() in _PLAIN_WORDS for inner in within)
    if not shared or plain or len(deep) * 2 < len(folders):
        return [LABEL]
    outer_people = all(_PERSON.fullmatch(parts[0]) for parts in folders.values())
    inner_people = all(map(_PERSON.fullmatch, within))
    if outer_people == inner_people:
        raise DatasetError(_ambiguous(root, shared))
    names = [SUBJECT, LABEL] if outer_people else [LABEL, SUBJECT]
    people = {parts[0] for parts in folders.values()} if outer_people else set(within)
    reading.notes.append(f"{listed(sorted(people), _EXAMPLES)}: read as people")
    return names


def _ambiguous(root: Place, shared: dict[str, set[str]]) -> str:
    inner, outers = next(iter(sorted(shared.items())))
    examples = listed((f"{outer}/{inner}" for outer in sorted(outers)), 2)
    return (
        f"{root}: its folders are two deep and repeat ({examples}); say which are gestures and "
        f"which are people: handpose data manifest {quote(str(root))} --layout subject/label (or "
        "label/subject, or label)"
    )


def _item(name: str, parts: Sequence[str], names: Sequence[str]) -> ImageItem:
    """A picture; where its inner folder is missing, label or subject is unknown."""
    known = dict(zip(names, parts, strict=False))
    return ImageItem(name, known[LABEL], known.get(SUBJECT, ""))
