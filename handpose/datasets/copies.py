"""The same picture under two labels or two subjects."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from handpose.datasets.manifest import ImageItem
from handpose.images.listing import listed


def copies_among(root: Path, items: Sequence[ImageItem]) -> list[str]:
    """Report files with the same bytes under different labels or subjects, a line for each kind.

    Parameters
    ----------
    root : Path
    items : sequence of ImageItem

    Returns
    -------
    list of str
        Empty if there are none.
    """
    groups = list(_same(root, items))
    labels = [group for group in groups if len({item.label for item in group}) > 1]
    subjects = [group for group in groups if len({item.subject for item in group}) > 1]
    lines = [
        _line(labels, "under two labels", "keep one of each"),
        _line(subjects, "under two subjects", "people must not share pictures"),
    ]
    return [line for line in lines if line]


def _line(groups: Sequence[Sequence[ImageItem]], how: str, remedy: str) -> str:
    if not groups:
        return ""
    examples = (" = ".join(item.path for item in group[:2]) for group in groups)
    what = "picture is" if len(groups) == 1 else "pictures are"
    return f"{len(groups):,} {what} there {how} ({listed(examples, 2)}); {remedy}"


def _same(root: Path, items: Sequence[ImageItem]) -> Iterator[list[ImageItem]]:
    by_size: dict[int, list[ImageItem]] = defaultdict(list)
    for item in items:
        try:
            by_size[(root / item.path).stat().st_size].append(item)
        except (OSError, ValueError):
            continue  # reading the picture will report the error
    by_size.pop(0, None)
    for alike in by_size.values():
        by_content: dict[str, list[ImageItem]] = defaultdict(list)
        for item in alike if len(alike) > 1 else []:
            by_content[_digest(root / item.path)].append(item)
        yield from (group for group in by_content.values() if len(group) > 1)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return str(path)
