"""Tables of one file, or of several: a folder of parts, and notes that say which belong to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from handpose.datasets import parquet
from handpose.errors import DatasetError
from handpose.system.paths import inner_path
from handpose.system.stores import Place, local_copy, writing

NOTES = "_handpose.json"
"""Other programs that read folders of Parquet files leave out what begins with ``_``."""


def is_table(place: Place) -> bool:
    """Whether a place is a folder of parts."""
    return (place / NOTES).is_file()


def write_notes(folder: Place, parts: Sequence[str], metadata: Mapping[str, Any]) -> None:
    """Say which files of a folder are its parts, in their order: with this the table is whole."""
    document = json.dumps({"parts": list(parts), **metadata}, indent=1, sort_keys=True)
    with writing(folder / NOTES) as temporary:
        temporary.write_text(document + "\n", encoding="utf-8")


def read_notes(table: Place) -> dict[str, Any]:
    """What was noted about a table; see `read_rows`."""
    if is_table(table):
        return _notes(table)
    with local_copy(table.parent, [table.name]) as here:
        return parquet.notes_of(pq.read_schema(here / table.name))


def read_rows(table: Place) -> pa.Table:
    """The rows of a table, with its notes.

    Raises
    ------
    DatasetError
        If it is not a landmark table, or its parts are not of one kind.
    pyarrow.ArrowException, OSError
        If a file is not a readable Parquet file.
    """
    if not is_table(table):
        with _files(table.parent, [table.name]) as (file,):
            return parquet.read_rows(file)
    notes = _notes(table)
    parts: list[pa.Table] = []
    with _files(table, notes["parts"]) as files:
        for file in files:
            rows = parquet.read_rows(file)
            parts.append(rows.cast(parquet.schema_of(rows)) if len(rows) else rows)
            parquet.check_size(table, sum(map(len, parts)))
    joined = pa.concat_tables(parts, promote_options="default")
    return joined.replace_schema_metadata(parquet.with_version(notes))


@contextmanager
def _files(folder: Place, names: Sequence[str]) -> Iterator[list[Path]]:
    """Files of a folder on this disk. Errors name the folder, not the copy."""
    with local_copy(folder, names) as here:
        try:
            yield [here / name for name in names]
        except DatasetError as error:
            raise DatasetError(str(error).replace(str(here), str(folder))) from None


def _notes(folder: Place) -> dict[str, Any]:
    try:
        notes = json.loads((folder / NOTES).read_bytes())
        parts = [inner_path(name) for name in notes["parts"]]
        if not parts or len(set(parts)) < len(parts):
            raise ValueError("names no part, or one twice")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DatasetError(f"{folder / NOTES}: not the notes of a table ({reason})") from None
    return {**notes, "parts": parts}
