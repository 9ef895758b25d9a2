"""Landmark tables: data sets as Parquet files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.datasets.dataset import Dataset
from handpose.errors import DatasetError
from handpose.provenance import is_provenance
from handpose.system.files import replacing

_FLOATS = 3 * N_LANDMARKS
_POINTS = pa.list_(pa.float32())  # not of a fixed size: see read_rows
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
        ("landmarks", _POINTS),
        ("world", _POINTS),
    ]
)
"""One row a picture. Where no hand was detected, `landmarks` and `world` are null."""

_ROW_GROUP = 4096
_MOST_ROWS = 5_000_000
"""Ten times the pictures of HaGRID; a damaged file may claim any number."""
_METADATA_KEY = b"handpose"
_TYPES_KEY = b"ARROW:schema"
_TEXT = ["path", "label", "subject", "handedness"]
_ENCODING = {
    "landmarks.list.element": "BYTE_STREAM_SPLIT",
    "world.list.element": "BYTE_STREAM_SPLIT",
}
_OPTIONAL = {"handedness_score", "world", "subject", "score"}


def write_table(dataset: Dataset, path: str | Path) -> None:
    """Write a data set as a Parquet file; the file appears whole or not at all.

    Every number is kept as it is, so landmarks may be in any unit.

    Parameters
    ----------
    dataset : Dataset
    path : str or Path
    """
    write_tables([to_arrow(dataset)], path, {"name": dataset.name, "extractor": dataset.provenance})


def write_tables(tables: Iterable[pa.Table], path: str | Path, metadata: dict[str, Any]) -> None:
    """Write the rows of several tables, one after the other, into one Parquet file.

    Parameters
    ----------
    tables : iterable of pyarrow.Table
        With the columns of `SCHEMA`. Only one is held in memory at a time.
    path : str or Path
    metadata : dict
        ``name`` and ``extractor`` (its provenance), and whatever else JSON can hold.
    """
    from handpose import __version__

    document = json.dumps({"handpose": __version__, **metadata}, sort_keys=True)
    schema = SCHEMA.with_metadata({_METADATA_KEY: document.encode()})
    with (
        replacing(Path(path)) as temporary,
        pq.ParquetWriter(
            temporary, schema, compression="zstd", use_dictionary=_TEXT, column_encoding=_ENCODING
        ) as writer,
    ):
        for table in _row_groups(tables):
            writer.write_table(table.replace_schema_metadata(schema.metadata))


def read_table(path: str | Path) -> Dataset:
    """Read a landmark table.

    Parameters
    ----------
    path : str or Path
        A Parquet file with the columns of `SCHEMA`; ``subject``, ``score``, ``handedness_score``
        and ``world`` may be absent.

    Raises
    ------
    DatasetError
        If the file is missing, not Parquet, lacks a column or holds half a hand.
    """
    path = Path(path)
    if not path.is_file():
        raise DatasetError(f"{path}: no such file")
    try:
        table = read_rows(path)
    except (pa.ArrowException, OSError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise DatasetError(f"{path}: not a readable Parquet table ({reason})") from None
    try:
        return _from_arrow(table, path)
    except DatasetError:
        raise
    except (ValueError, TypeError, OverflowError, pa.ArrowException) as error:
        raise DatasetError(f"{path}: {str(error).splitlines()[0]}") from None


def to_arrow(dataset: Dataset) -> pa.Table:
    """The rows of a data set as a table with the columns of `SCHEMA`."""
    hands, detected = dataset.X, dataset.X.detected
    columns = {
        "path": dataset.paths,
        "label": dataset.y,
        "subject": dataset.groups,
        "detected": detected,
        "score": hands.score,
        "handedness": hands.handedness,
        "handedness_score": hands.handedness_score,
        "width": hands.image_size[:, 0],
        "height": hands.image_size[:, 1],
        "landmarks": _nested(hands.points, detected),
        "world": _nested(hands.world, detected & ~np.isnan(hands.world[:, 0, 0])),
    }
    arrays = [pa.array(columns[f.name], type=f.type) for f in SCHEMA]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def read_notes(path: Path) -> dict[str, Any]:
    """What `write_tables` noted about a table; empty where it says nothing."""
    return _notes(pq.read_schema(path))


def _notes(schema: pa.Schema) -> dict[str, Any]:
    try:
        document = json.loads((schema.metadata or {}).get(_METADATA_KEY, b"{}"))
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def read_rows(path: Path, columns: Sequence[str] = SCHEMA.names) -> pa.Table:
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


def _read_columns(path: Path, source: Any, columns: Sequence[str]) -> pa.Table:
    with pq.ParquetFile(source) as file:
        names = file.schema_arrow.names
        missing = set(SCHEMA.names) - set(names) - _OPTIONAL
        if missing:
            raise DatasetError(
                f"{path}: not a landmark table, it lacks the columns {', '.join(sorted(missing))}; "
                "make one with: handpose extract"
            )
        twice = [name for name in SCHEMA.names if names.count(name) > 1]
        if twice:
            raise DatasetError(f"{path}: has {names.count(twice[0])} columns named {twice[0]}")
        if file.metadata.num_rows > _MOST_ROWS:
            raise DatasetError(
                f"{path}: has {file.metadata.num_rows} rows, but at most {_MOST_ROWS} are read; "
                "divide it"
            )
        return file.read(columns=[name for name in columns if name in names])


def _from_arrow(table: pa.Table, path: Path) -> Dataset:
    n = table.num_rows
    metadata = _notes(table.schema)

    def column(name: str, default: Any) -> NDArray[Any]:
        if name not in table.column_names:
            return np.full(n, default)
        type_ = SCHEMA.field(name).type
        try:
            values = table[name].cast(type_).to_pylist()
        except pa.ArrowException:
            raise DatasetError(
                f"{path}: column {name} must hold {type_}, but holds {table[name].type}"
            ) from None
        return np.array([default if value is None else value for value in values])

    provenance, noted = metadata.get("extractor") or {}, metadata.get("name")
    detected = column("detected", False).astype(bool)
    points = _flat(table, "landmarks", n)
    points[~detected] = np.nan
    lost = np.flatnonzero(detected & np.isnan(points[:, 0, 0]))
    if len(lost):
        raise DatasetError(f"{path}: row {lost[0]} is detected but has no landmarks")
    hands = Landmarks(
        points,
        world=_flat(table, "world", n),
        handedness=column("handedness", "").astype(str),
        handedness_score=column("handedness_score", np.nan),
        score=column("score", np.nan),
        image_size=np.stack([column("width", 0), column("height", 0)], 1),
    )
    return Dataset(
        hands,
        y=column("label", "").astype(str),
        groups=column("subject", "").astype(str),
        paths=column("path", "").astype(str),
        name=noted if isinstance(noted, str) and noted else path.stem,
        provenance=provenance if is_provenance(provenance) else {},
    )


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Join small tables, so that a file has few row groups."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table.cast(SCHEMA))
        if sum(map(len, waiting)) >= _ROW_GROUP:
            yield pa.concat_tables(waiting)
            waiting = []
    yield pa.concat_tables([SCHEMA.empty_table(), *waiting])


def _nested(points: NDArray[np.float32], present: NDArray[np.bool_]) -> pa.Array:
    ends = np.cumsum(np.where(present, _FLOATS, 0))
    starts = np.concatenate([[0], ends]).astype(np.int32)
    flat = pa.array(points[present].reshape(-1))
    return pa.ListArray.from_arrays(starts, flat, type=_POINTS, mask=pa.array(~present))


def _flat(table: pa.Table, name: str, n: int) -> NDArray[np.float32]:
    if name not in table.column_names:
        return np.full((n, N_LANDMARKS, 3), np.nan, np.float32)
    type_ = table[name].type
    lists = pa.types.is_list(type_) or pa.types.is_fixed_size_list(type_)
    if not lists or not (
        pa.types.is_floating(type_.value_type) or pa.types.is_integer(type_.value_type)
    ):
        raise ValueError(f"column {name} must hold {_FLOATS} numbers a row, but holds {type_}")
    missing = [None] * _FLOATS
    rows = [missing if row is None else row for row in table[name].to_pylist()]
    lengths = {len(row) for row in rows} - {_FLOATS}
    if lengths:
        raise ValueError(f"column {name} must hold {_FLOATS} numbers a row, but has {lengths}")
    return np.array(rows, np.float32).reshape(n, N_LANDMARKS, 3)
