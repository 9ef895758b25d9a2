"""What lies in a folder, by kind, so that nothing is left out without a word."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handpose.images.formats import (
    FOREIGN_SUFFIXES,
    HEIC_REMEDY,
    HEIC_SUFFIXES,
    IMAGE_SUFFIXES,
    JPEG_REMEDY,
    VIDEO_SUFFIXES,
    heic_is_readable,
    suffix_of,
)
from handpose.system.stores import Place, StorePath

_EXAMPLES = 3
_SYSTEM_FILES = frozenset({"desktop.ini", "thumbs.db"})


@dataclass
class FolderFiles:
    """The files of a folder and of those within it, sorted; hidden ones are not among them.

    Attributes
    ----------
    pictures, videos : list of str
        What can be read, relative to the folder, with forward slashes.
    heic : list of str
        HEIC photos, where the extra that reads them is missing.
    foreign : list of str
        Pictures of kinds that nothing here reads.
    others : list of str
        All other files.
    closed : list of str
        Folders that may not be looked into.
    nameless : list of str
        Files and folders whose names are not text, as far as they can be shown.
    """

    pictures: list[str] = field(default_factory=list)
    videos: list[str] = field(default_factory=list)
    heic: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)

    def unreadable(self) -> list[str]:
        """One line for each kind of picture that is there and cannot be read, with the remedy."""
        lines = []
        if self.heic:
            lines.append(f"{left_out(self.heic, 'HEIC photo')}; {HEIC_REMEDY}")
        if self.foreign:
            lines.append(f"{left_out(self.foreign, 'unreadable picture')}; {JPEG_REMEDY}")
        if self.closed:
            lines.append(f"{left_out(self.closed, 'folder')}; no permission to look into it")
        if self.nameless:
            lines.append(f"{left_out(self.nameless, 'file')} with a name that is no text; rename")
        return lines


def files_in(root: Place) -> FolderFiles:
    """Sort the files of a folder by what their names say they are.

    Links are followed; a link to a folder that is being looked through is not.

    Parameters
    ----------
    root : Path or StorePath
    """
    found = FolderFiles()
    kinds = {
        **dict.fromkeys(IMAGE_SUFFIXES, found.pictures),
        **dict.fromkeys(HEIC_SUFFIXES, found.pictures if heic_is_readable() else found.heic),
        **dict.fromkeys(FOREIGN_SUFFIXES, found.foreign),
        **dict.fromkeys(VIDEO_SUFFIXES, found.videos),
    }
    for name in _names(root, found.closed):
        if _is_text(name):
            kinds.get(suffix_of(name), found.others).append(name)
        else:
            found.nameless.append(name.encode(errors="replace").decode())
    for names in (found.pictures, found.videos, found.heic, found.foreign, found.others):
        names.sort(key=lambda name: name.split("/"))
    return found


def left_out(names: Sequence[str], what: str) -> str:
    """Count and name what is left out, by suffix and with examples.

    >>> left_out(["a/1.txt", "a/2.txt", "b/notes.pdf", "b/x.txt"], "other file")
    'left out: 4 other files (3 .txt, 1 .pdf; a/1.txt, a/2.txt, b/notes.pdf, ...)'
    """
    plural = what if len(names) == 1 else f"{what}s"
    suffixes = Counter(suffix_of(name) or "without suffix" for name in names)
    kinds = listed(f"{n:,} {suffix}" for suffix, n in suffixes.most_common())
    kinds = f"{kinds}; " if len(suffixes) > 1 else ""
    return f"left out: {len(names):,} {plural} ({kinds}{listed(names, _EXAMPLES)})"


def listed(words: Iterable[str], most: int = 8) -> str:
    """Words with commas between, and dots for those that are too many."""
    words = list(words)
    return ", ".join(words[:most] + ["..."] * (len(words) > most))


def _names(root: Place, closed: list[str]) -> Iterator[str]:
    """The files of a folder and of those within it, relative to it; `closed` takes folders."""
    if isinstance(root, StorePath):
        return (name for name in root.names() if not any(map(_hidden, name.split("/"))))
    return _names_on_disk(root, closed)


def _names_on_disk(root: Path, closed: list[str]) -> Iterator[str]:
    def note(error: OSError) -> None:
        closed.append(Path(error.filename).relative_to(root).as_posix())

    around = {str(root): frozenset({os.path.realpath(root)})}  # a folder's, and those it is in
    for folder, folders, files in os.walk(root, onerror=note, followlinks=True):
        above = around.pop(folder)
        shown = {name: os.path.join(folder, name) for name in folders if not _hidden(name)}
        inner = {name: os.path.realpath(path) for name, path in shown.items()}
        folders[:] = [name for name in shown if inner[name] not in above]
        around |= {shown[name]: above | {inner[name]} for name in folders}
        inside = Path(folder).relative_to(root).as_posix()
        prefix = "" if inside == "." else f"{inside}/"
        for name in files:
            if not _hidden(name) and os.path.isfile(os.path.join(folder, name)):
                yield prefix + name


def _is_text(name: str) -> bool:
    """Whether a name was decoded: some systems allow any bytes, which no table can hold."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _SYSTEM_FILES
