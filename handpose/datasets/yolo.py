"""Folders in YOLO's form, as Roboflow and Ultralytics write them: boxes with a class each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from handpose.datasets.layouts import Reading
from handpose.datasets.manifest import ImageItem
from handpose.errors import DatasetError
from handpose.images.listing import left_out
from handpose.system.stores import Place

_NAMES_FILES = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")
_IMAGES, _LABELS = "images", "labels"


def read_yolo(root: Place, pictures: Sequence[str], others: Sequence[str]) -> Reading | None:
    """Label pictures by the class of their boxes.

    Parameters
    ----------
    root : Path or StorePath
    pictures : sequence of str
        Relative paths; those with ``images`` among their folders can have boxes.
    others : sequence of str
        The other files, among them the boxes: the same path with ``labels`` and ``.txt``.

    Returns
    -------
    Reading or None
        None where the folder is of another form. A picture whose boxes are of several classes, or
        that has none, is left out: one label is for the whole picture.

    Raises
    ------
    DatasetError
        If the file that names the classes is missing or has too few names.
    """
    boxes = {name for name in others if name.endswith(".txt") and _LABELS in name.split("/")[:-1]}
    marked = {name: _boxes_of(name) for name in pictures}
    marked = {name: file for name, file in marked.items() if file in boxes}
    if not marked:
        return None
    names = _names(root)
    reading = Reading(notes=["read as YOLO boxes; a picture has the class of its boxes"])
    mixed: list[str] = []
    empty = [name for name in pictures if name not in marked]
    for name, file in marked.items():
        classes = set(_classes(root / file))
        if len(classes) == 1:
            reading.items.append(ImageItem(name, _name_of(root / file, classes.pop(), names)))
        else:
            (mixed if classes else empty).append(name)
    if empty:
        reading.left_out.append(f"{left_out(empty, 'picture')} without a box")
    if mixed:
        reading.left_out.append(f"{left_out(mixed, 'picture')} with boxes of several classes")
    return reading


def _boxes_of(picture: str) -> str:
    """Where the boxes of a picture are: ``""`` where it can have none."""
    *folders, name = picture.split("/")
    if _IMAGES not in folders:
        return ""
    last = len(folders) - 1 - folders[::-1].index(_IMAGES)
    folders[last] = _LABELS
    return "/".join([*folders, f"{Path(name).stem}.txt"])


def _classes(file: Place) -> Iterator[int]:
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield int(float(line.split()[0]))
    except (OSError, ValueError, OverflowError):
        raise DatasetError(
            f"{file}: not YOLO boxes (a class number and its box a line); export them again"
        ) from None


def _name_of(file: Place, number: int, names: dict[int, str]) -> str:
    if number not in names:
        raise DatasetError(f"{file}: class {number} has no name; name it in {_NAMES_FILES[0]}")
    return names[number]


def _names(root: Place) -> dict[int, str]:
    file = next((root / name for name in _NAMES_FILES if (root / name).is_file()), None)
    if file is None:
        raise DatasetError(
            f"{root}: YOLO boxes, but no {_NAMES_FILES[0]} that names their classes; put it there, "
            "or sort the pictures into one folder a gesture"
        )
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise DatasetError(f"{file}: cannot be read as text in UTF-8; save it again") from None
    names = list(_yaml_names(lines)) if file.suffix in (".yaml", ".yml") else enumerate(lines)
    named = {number: name.strip() for number, name in names if name.strip()}
    if not named:
        raise DatasetError(f"{file}: no class names; expected names: [fist, palm]")
    return named


def _yaml_names(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The entry ``names`` of a YAML file, as a list in one line or an entry a line."""
    start = next((i for i, line in enumerate(lines) if re.match(r"names\s*:", line)), None)
    if start is None:
        return
    entries = _entries(lines[start + 1 :])
    inline = " ".join([lines[start].split(":", 1)[1], *(entries if "[" in lines[start] else [])])
    if "[" in inline or "{" in inline:
        body = re.split(r"[\]}]", re.split(r"[\[{]", inline, maxsplit=1)[1], maxsplit=1)[0]
        entries = body.split(",")
    for position, entry in enumerate(entry for entry in entries if entry.strip()):
        number = re.match(r"\s*(\d+)\s*:(.*)", entry)
        name = number[2] if number else entry.strip().removeprefix("-")
        yield int(number[1]) if number else position, name.strip().strip("'\"")


def _entries(lines: Sequence[str]) -> list[str]:
    """The lines that belong to an entry: those that are indented or begin with a dash."""
    block = []
    for line in lines:
        if line.strip() and not line.startswith((" ", "\t", "-")):
            break
        block.append(line.split(" #")[0])
    return block
