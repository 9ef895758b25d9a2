"""CSV files of hand landmarks, a hand a row, as scripts around MediaPipe write them."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError

_PROVENANCE = {"name": "keypoint csv"}
_WIDTHS = {2 * N_LANDMARKS: 2, 3 * N_LANDMARKS: 3}
"""Numbers of a hand to coordinates of a landmark."""

_LABEL_NAMES = frozenset({"class", "gesture", "label", "letter", "name", "sign", "target", "y"})
_SUBJECT_NAMES = frozenset({"person", "signer", "subject", "user", "user_id"})
_HAND_NAMES = frozenset({"hand", "handedness"})
_OTHER_NAMES = frozenset(
    {"", "file", "filename", "frame", "id", "image", "index", "path", "score", "timestamp"}
    | {"unnamed: 0"}  # the numbers of rows, as pandas writes and reads them
)
_COORDINATE = re.compile(r"(?:.*[^a-z])?(?:([xyz])[^a-z0-9]*(\d+)|(\d+)[^a-z0-9]*([xyz]))", re.I)
_HANDEDNESS = {"left": "Left", "right": "Right", "l": "Left", "r": "Right"}


@dataclass(frozen=True)
class _Columns:
    """The numbers of the columns; -1 where absent."""

    points: list[int]
    label: int = -1
    subject: int = -1
    hand: int = -1


def read_keypoint_csv(path: Path, label: str = "") -> Dataset:
    """Read a CSV file of hands.

    Parameters
    ----------
    path : Path
        42 numbers a row (x and y of 21 landmarks in MediaPipe's order) or 63 (x, y, z), and a label
        before or behind them; or with a header, that names the label's column ``label`` and may
        name ``subject`` and ``handedness``.
    label : str, optional
        Of every row, for a file without labels.

    Returns
    -------
    Dataset
        Points as they are, in whatever unit, of images of unknown size. A row whose
        numbers are empty or all equal is a hand that was not found.

    Raises
    ------
    DatasetError
        If it is not such a file, or has no label and none is given.
    """
    rows = _rows(path)
    columns = _columns(path, rows, needs_label=not label)
    rows = rows[_header(rows) :]
    body = [cells for _, cells in rows]
    points = _points(path, rows, columns.points)
    return Dataset(
        Landmarks(points, handedness=_handedness(body, columns)),
        [_text(cells, columns.label) or label for cells in body],
        [_text(cells, columns.subject) for cells in body],
        name=path.stem,
        provenance=_PROVENANCE,
    )


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Rows that are not blank, with the numbers of their lines; all are equally long."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            first = next((line for line in file if line.strip()), "")
            file.seek(0)
            reader = csv.reader(file, delimiter=max(",;\t", key=first.count))
            rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path}: not a CSV file in UTF-8 ({error})") from None
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read ({error.strerror})") from None
    if not rows:
        raise DatasetError(f"{path}: empty; expected a hand a row")
    width = len(rows[0][1])
    for line, cells in rows:
        if len(cells) != width:
            raise DatasetError(f"{path}, line {line}: {len(cells)} values, but {width} before")
    return rows


def _header(rows: Sequence[tuple[int, list[str]]]) -> int:
    """1 if the first row names the columns, else 0."""
    words = sum(not _is_number(cell) for cell in rows[0][1] if cell.strip())
    return int(words > 1 or (words == 1 and _known_name(rows[0][1])))


def _known_name(cells: Sequence[str]) -> bool:
    return any(cell.strip().lower() in _LABEL_NAMES for cell in cells)


def _columns(path: Path, rows: Sequence[tuple[int, list[str]]], *, needs_label: bool) -> _Columns:
    names = [cell.strip().lower() for cell in rows[0][1]]
    body = rows[_header(rows) :]
    if not body:
        raise DatasetError(f"{path}: a header without rows")
    columns = _named(names) if _header(rows) else _Columns(list(range(len(names))))
    columns = _with_label(path, columns, [cells for _, cells in body])
    if len(columns.points) not in _WIDTHS:
        raise DatasetError(
            f"{path}: {len(columns.points)} numbers a row; expected 42 (x, y) or 63 (x, y, z) of "
            "21 landmarks of one hand, and a label; or a table by handpose extract"
        )
    if columns.label < 0 and needs_label:
        raise DatasetError(
            f"{path}: no column with labels; add one before the numbers, or put one file a gesture "
            "into a folder: DIR/LABEL.csv"
        )
    return columns


def _named(names: Sequence[str]) -> _Columns:
    """Columns by their names; coordinates without known names are in MediaPipe's order."""

    def find(known: frozenset[str]) -> int:
        return next((i for i, name in enumerate(names) if name in known), -1)

    label, subject, hand = find(_LABEL_NAMES), find(_SUBJECT_NAMES), find(_HAND_NAMES)
    others = {label, subject, hand, *(i for i, name in enumerate(names) if name in _OTHER_NAMES)}
    rest = [i for i in range(len(names)) if i not in others]
    matches = {i: _COORDINATE.fullmatch(names[i]) for i in rest}
    places = {
        i: (int(match[2] or match[3]), (match[1] or match[4]).lower())
        for i, match in matches.items()
        if match
    }
    if len(places) in _WIDTHS and len(set(places.values())) == len(places):
        return _Columns(sorted(places, key=places.__getitem__), label, subject, hand)
    return _Columns(rest, label, subject, hand)


def _with_label(path: Path, columns: _Columns, body: Sequence[Sequence[str]]) -> _Columns:
    """Find the unnamed column of labels: the first or the last, where there is one too many."""
    if columns.label >= 0 or len(columns.points) - 1 not in _WIDTHS:
        return columns
    ends = columns.points[0], columns.points[-1]
    names = [i for i in ends if any(row[i].strip() and not _is_number(row[i]) for row in body)]
    whole = [i for i in ends if all(re.fullmatch(r"\s*\d+\s*", row[i]) for row in body)]
    found = names or whole
    if len(found) != 1:
        raise DatasetError(
            f"{path}: the first or the last column could be the label; add a header: label"
        )
    points = [i for i in columns.points if i != found[0]]
    return _Columns(points, found[0], columns.subject, columns.hand)


def _points(
    path: Path, body: Sequence[tuple[int, list[str]]], columns: Sequence[int]
) -> NDArray[np.float32]:
    points = np.full((len(body), len(columns)), np.nan)
    for row, (line, cells) in enumerate(body):
        values = [cells[i].strip() for i in columns]
        if not any(values):
            continue
        try:
            points[row] = [float(value) for value in values]
        except ValueError:
            bad = next(value for value in values if not _is_number(value))
            raise DatasetError(f"{path}, line {line}: {bad!r} is not a number") from None
    hands = points.reshape(len(body), N_LANDMARKS, -1)
    spread = np.ptp(hands[..., :2], axis=1).max(axis=1)
    hands[~(spread > 0)] = np.nan
    if np.isinf(hands).any() or np.abs(hands[~np.isnan(hands)]).max(initial=0) > 1e6:
        raise DatasetError(f"{path}: coordinates beyond a million; expected those of an image")
    return hands.astype(np.float32)


def _handedness(body: Sequence[Sequence[str]], columns: _Columns) -> list[str]:
    return [_HANDEDNESS.get(_text(cells, columns.hand).lower(), "") for cells in body]


def _text(cells: Sequence[str], column: int) -> str:
    """A cell; ``3.0`` becomes ``3``."""
    if column < 0:
        return ""
    text = cells[column].strip()
    return re.sub(r"^(\d+)\.0*$", r"\1", text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
