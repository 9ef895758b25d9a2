"""Parquet files of samples: written whole, with notes; what is read is checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from handpose.errors import DatasetError
from handpose.system.stores import Place, place_of, writing

FLOATS = pa.list_(pa.float32())  # not of a fixed size: see read_rows
_LANDMARKS, _MOTION = "landmarks", "timestamps_ms"

SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("label", pa.string()),
        ("subject", pa.string()),
        ("detected", pa.bool_()),
        ("score", pa.float32()),
        ("handedness", pa.string()),
        ("handedness_score", pa.float32()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        (_LANDMARKS, FLOATS),
        ("world", FLOATS),
        ("point_scores", FLOATS),
    ]
)
"""Still hands, a row a picture. Where no hand was detected, `landmarks`, `world` and `point_scores`
are null."""

MOTION_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("label", pa.string()),
        ("subject", pa.string()),
        ("detected", pa.bool_()),
        ("handedness", pa.string()),
        (_MOTION, pa.list_(pa.float64())),
        ("hands", pa.int8()),
        ("axes", pa.int8()),
        (_LANDMARKS, FLOATS),
        ("body", FLOATS),
    ]
)
"""Motions, a row each: `landmarks` are frames x `hands` x points x `axes` numbers, NaN where a hand
is not seen; `body` frames x points x 2 numbers, or null."""

_OPTIONAL = {"handedness_score", "world", "point_scores", "subject", "score", "body"}
_ROW_GROUP = 4096
MOST_ROWS = 5_000_000
"""Ten times the pictures of HaGRID; a damaged file may claim any number."""
_METADATA_KEY = b"handpose"
_TYPES_KEY = b"ARROW:schema"
_TEXT = {"path", "label", "subject", "handedness"}


def write_tables(
    tables: Iterable[pa.Table],
    path: str | Place,
    metadata: dict[str, Any],
    schema: pa.Schema = SCHEMA,
) -> None:
    """Write the rows of several tables, one after the other, into one Parquet file.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        With the columns of `schema`. Only one is held in memory at a time.
    path : str, Path or StorePath
    metadata : dict
        ``name`` and ``extractor`` (its provenance), and whatever else JSON can hold.
    schema : pyarrow.Schema
        `SCHEMA` or `MOTION_SCHEMA`.
    """
    noted = schema.with_metadata(with_version(metadata))
    lists = [field.name for field in schema if pa.types.is_list(field.type)]
    options = {
        "compression": "zstd",
        "use_dictionary": [name for name in schema.names if name in _TEXT],
        "column_encoding": {f"{name}.list.element": "BYTE_STREAM_SPLIT" for name in lists},
    }
    with (
        writing(place_of(path)) as temporary,
        pq.ParquetWriter(temporary, noted, **options) as file,
    ):
        for table in _row_groups(tables, schema):
            file.write_table(table.replace_schema_metadata(noted.metadata))


def with_version(metadata: Mapping[str, Any]) -> dict[bytes, bytes]:
    """The notes of a table as Parquet keeps them."""
    from handpose import __version__

    document = json.dumps({"handpose": __version__, **metadata}, sort_keys=True)
    return {_METADATA_KEY: document.encode()}


def _row_groups(tables: Iterable[pa.Table], schema: pa.Schema) -> Iterator[pa.Table]:
    """Join small tables, so that a file has few row groups."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table.cast(schema))
        if sum(map(len, waiting)) >= _ROW_GROUP:
            yield pa.concat_tables(waiting)
            waiting = []
    yield pa.concat_tables([schema.empty_table(), *waiting])


def read_notes(path: Path) -> dict[str, Any]:
    """What `write_tables` noted about a table; empty where it says nothing."""
    return notes_of(pq.read_schema(path))


def notes_of(schema: pa.Schema) -> dict[str, Any]:
    """The notes of a table that was read."""
    try:
        document = json.loads((schema.metadata or {}).get(_METADATA_KEY, b"{}"))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def schema_of(table: pa.Table) -> pa.Schema:
    """`SCHEMA` or `MOTION_SCHEMA`."""
    return MOTION_SCHEMA if _MOTION in table.column_names else SCHEMA


def read_rows(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of a table as they are written: those of the columns that the file has.

    Raises
    ------
    DatasetError
        If it is not a landmark table.
    pyarrow.ArrowException, OSError
        If it is not a readable Parquet file.
    """
    try:
        return _read_columns(path, path, columns)
    except pa.ArrowInvalid as error:
        # Up to version 25 pyarrow cannot read a list of fixed size that is null, which tables of
        # earlier versions of handpose hold. Without its own note of the type it reads a list.
        content, note, end = path.read_bytes().rpartition(_TYPES_KEY)
        if "all lists to be of size" not in str(error) or not note:
            raise
        return _read_columns(path, pa.BufferReader(content + _TYPES_KEY.lower() + end), columns)


def _read_columns(path: Path, source: Any, columns: Sequence[str] | None) -> pa.Table:
    with pq.ParquetFile(source) as file:
        names = file.schema_arrow.names
        schema = MOTION_SCHEMA if _MOTION in names else SCHEMA
        missing = set(schema.names) - set(names) - _OPTIONAL
        if missing:
            raise DatasetError(
                f"{path}: not a landmark table, it lacks the columns {', '.join(sorted(missing))}; "
                "make one with: handpose extract"
            )
        twice = [name for name in schema.names if names.count(name) > 1]
        if twice:
            raise DatasetError(f"{path}: has {names.count(twice[0])} columns named {twice[0]}")
        check_size(path, file.metadata.num_rows)
        return file.read(columns=[name for name in columns or schema.names if name in names])


def check_size(path: object, rows: int) -> None:
    """Raise DatasetError if a table claims more rows than are read."""
    if rows > MOST_ROWS:
        raise DatasetError(f"{path}: has {rows} rows, but at most {MOST_ROWS} are read; divide it")


def column(table: pa.Table, name: str, default: Any) -> NDArray[Any]:
    """A column of single values; `default` where there is none.

    Raises
    ------
    ValueError
        If it holds values of another type.
    """
    if name not in table.column_names:
        return np.full(len(table), default)
    type_ = schema_of(table).field(name).type
    try:
        values = table[name].cast(type_).to_pylist()
    except pa.ArrowException:
        raise ValueError(f"column {name} must hold {type_}, but holds {table[name].type}") from None
    return np.array([default if value is None else value for value in values])


def lists(table: pa.Table, name: str) -> tuple[NDArray[Any], NDArray[np.intp], NDArray[np.bool_]]:
    """A column of lists of numbers.

    Returns
    -------
    values : ndarray
        Those of all rows, one after the other.
    lengths : ndarray of int, shape (n,)
    present : ndarray of bool, shape (n,)
        Which rows have a list.

    Raises
    ------
    ValueError
        If it holds anything else.
    """
    n = len(table)
    if name not in table.column_names:
        return np.empty(0), np.zeros(n, np.intp), np.zeros(n, bool)
    type_ = table[name].type
    if not (pa.types.is_list(type_) or pa.types.is_fixed_size_list(type_)) or not (
        pa.types.is_floating(type_.value_type) or pa.types.is_integer(type_.value_type)
    ):
        raise ValueError(f"column {name} must hold lists of numbers, but holds {type_}")
    column = table[name].cast(schema_of(table).field(name).type).combine_chunks()
    values, lengths, present = column.flatten(), column.value_lengths(), column.is_valid()
    return (
        values.to_numpy(zero_copy_only=False),
        lengths.fill_null(0).to_numpy(zero_copy_only=False).astype(np.intp),
        present.to_numpy(zero_copy_only=False),
    )


def rows_of_lists(table: pa.Table, name: str) -> list[NDArray[Any] | None]:
    """The list of each row; None where there is none."""
    values, lengths, present = lists(table, name)
    rows = np.split(values, np.cumsum(lengths)[:-1])
    return [row if there else None for row, there in zip(rows, present, strict=False)]
