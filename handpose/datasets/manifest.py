"""``manifest.csv``: which pictures a folder holds, what each shows and whose hand it is."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from handpose.errors import DatasetError
from handpose.system.files import replacing
from handpose.system.paths import inner_path
from handpose.system.stores import Place

MANIFEST = "manifest.csv"
COLUMNS = ("path", "label", "subject")
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class ImageItem:
    """One picture of a data set.

    Attributes
    ----------
    path : str
        Relative to the data set's folder, with forward slashes.
    label : str
        In Unicode form NFC, so that two spellings of an accent are one label.
    subject : str
        In NFC too; ``""`` where unknown.
    """

    path: str
    label: str
    subject: str = ""

    def __post_init__(self) -> None:
        for name in ("label", "subject"):
            object.__setattr__(self, name, unicodedata.normalize("NFC", getattr(self, name)))


def read_manifest(source: Place) -> list[ImageItem]:
    """Read a manifest.

    Parameters
    ----------
    source : Path or StorePath
        CSV in UTF-8 (or UTF-16 with its mark, as Excel writes it), with the columns ``path``,
        ``label`` and, optionally, ``subject`` and others, between commas, semicolons or tabs.

    Returns
    -------
    list of ImageItem
        In the manifest's order, without repeated lines.

    Raises
    ------
    DatasetError
        If it cannot be read, a value is missing, a path leads out of the folder, or a picture has
        two labels or two subjects. The message names the line.
    """
    seen: dict[str, tuple[ImageItem, int]] = {}
    for line, row in _lines(source)[1]:
        item = _item(row, source, line)
        before, first = seen.setdefault(item.path, (item, line))
        if before != item:
            raise DatasetError(
                f"{source}, line {line}: {item.path} has another label or subject in line {first}; "
                "keep one of them"
            )
    return [item for item, _ in seen.values()]


def read_rows(source: Place) -> tuple[list[str], list[dict[str, str]]]:
    """The columns and rows of a manifest; values are not checked."""
    columns, lines = _lines(source)
    return columns, [row for _, row in lines]


def write_rows(path: Path, columns: Iterable[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write a manifest, whole or not at all."""
    with (
        replacing(path) as temporary,
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def as_row(item: ImageItem) -> dict[str, str]:
    """A picture as a row of a manifest."""
    return {"path": item.path, "label": item.label, "subject": item.subject}


def _lines(source: Place) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Columns, and each row with the number of its line."""
    try:
        rows = list(_cells(_text(source)))
    except csv.Error as error:
        raise DatasetError(f"{source}: not a CSV file ({error})") from None
    if not rows:
        return [], []
    header = [_column(name) for name in rows[0][1]]
    if not {"path", "label"} <= set(header):
        raise DatasetError(
            f"{source}: needs the columns path,label[,subject], but has {','.join(header)}"
        )
    return header, [(line, _row(header, cells, source, line)) for line, cells in rows[1:]]


def _text(source: Place) -> str:
    try:
        data = source.read_bytes()
        wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{source}: not a CSV file in UTF-8 ({error.reason}); save it as CSV UTF-8"
        ) from None
    except OSError as error:
        raise DatasetError(f"{source}: cannot be read ({error.strerror})") from None


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that are not blank, with their numbers."""
    header = next((line for line in text.splitlines() if line.strip(" \t,;")), "")
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, cells


def _column(name: str) -> str:
    name = name.strip()
    return name.lower() if name.lower() in COLUMNS else name


def _row(header: list[str], cells: list[str], source: Place, line: int) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(header) :]):
        raise DatasetError(
            f"{source}, line {line}: {len(cells)} values under {len(header)} columns; "
            "put a value that holds a comma between quotes"
        )
    values = cells[: len(header)] + [""] * (len(header) - len(cells))
    return dict(zip(header, values, strict=True))


def _item(row: dict[str, str], source: Place, line: int) -> ImageItem:
    path, label = row["path"].strip(), row["label"].strip()
    if not path or not label:
        raise DatasetError(f"{source}, line {line}: path and label must not be empty")
    try:
        return ImageItem(inner_path(path), label, row.get("subject", "").strip())
    except ValueError as error:
        raise DatasetError(f"{source}, line {line}: {path!r} {error}") from None
