"""Landmark tables: data sets of still hands and of motions as Parquet files."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.containers.motion import Motion, Motions
from handpose.datasets.dataset import Dataset
from handpose.datasets.parquet import (
    FLOATS,
    MOTION_SCHEMA,
    SCHEMA,
    column,
    lists,
    notes_of,
    rows_of_lists,
    schema_of,
    write_tables,
)
from handpose.datasets.parts import is_table, read_rows
from handpose.errors import DatasetError
from handpose.provenance import is_provenance
from handpose.system.stores import Place, StorePath, place_of


def write_table(dataset: Dataset, path: str | Path | StorePath) -> None:
    """Write a data set of still hands or of motions as a Parquet file.

    The file appears whole or not at all. Every number is kept as it is, so landmarks may be in any
    unit.

    Parameters
    ----------
    dataset : Dataset
        Its `X` are `Landmarks` or `Motions`.
    path : str or Path
        Also of a store that fsspec reaches (``s3://bucket/table.parquet``; extra `stores`).

    Raises
    ------
    DatasetError
        If `X` is anything else.
    """
    table = to_arrow(dataset)
    metadata = {"name": dataset.name, "extractor": dataset.provenance}
    write_tables([table], path, metadata, schema_of(table))


def read_table(path: str | Path | StorePath) -> Dataset:
    """Read a landmark table.

    Parameters
    ----------
    path : str or Path
        A Parquet file that `write_table` or `extract_folder` wrote, or a folder of parts that
        `extract_folder` did, also of a store (``s3://bucket/table.parquet``). Of the columns,
        ``subject``, ``score``, ``handedness_score``, ``world``, ``point_scores`` and ``body`` may
        be absent.

    Returns
    -------
    Dataset
        `X` are `Landmarks`, or `Motions` where the table holds motions.

    Raises
    ------
    DatasetError
        If the file is missing, not Parquet, lacks a column or holds half a hand.
    """
    place = place_of(path)
    if not place.is_file() and not is_table(place):
        raise DatasetError(f"{place}: no such file")
    try:
        table = read_rows(place)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise DatasetError(f"{place}: not a readable Parquet table ({reason})") from None
    try:
        return _from_arrow(table, place)
    except (ValueError, TypeError, OverflowError, pa.ArrowException) as error:
        raise DatasetError(f"{place}: {str(error).splitlines()[0]}") from None


def to_arrow(dataset: Dataset) -> pa.Table:
    """The rows of a data set as a table with the columns of `SCHEMA` or `MOTION_SCHEMA`.

    Raises
    ------
    DatasetError
        If it holds neither hands nor motions.
    """
    if isinstance(dataset.X, Motions):
        schema, columns = MOTION_SCHEMA, _motion_columns(dataset.X)
    elif isinstance(dataset.X, Landmarks):
        schema, columns = SCHEMA, _hand_columns(dataset.X)
    else:
        raise DatasetError(
            f"{dataset.name or 'the data set'}: a table holds Landmarks or Motions, not "
            f"{type(dataset.X).__name__}"
        )
    columns |= {"path": dataset.paths, "label": dataset.y, "subject": dataset.groups}
    arrays = [pa.array(columns[f.name], type=f.type) for f in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _hand_columns(hands: Landmarks) -> dict[str, Any]:
    detected, scored = hands.detected, ~np.isnan(hands.point_scores)
    return {
        "detected": detected,
        "score": hands.score,
        "handedness": hands.handedness,
        "handedness_score": hands.handedness_score,
        "width": hands.image_size[:, 0],
        "height": hands.image_size[:, 1],
        "landmarks": _nested(hands.points, detected),
        "world": _nested(hands.world, detected & ~np.isnan(hands.world[:, 0, 0])),
        "point_scores": _nested(hands.point_scores, np.asarray(scored.any(1))),
    }


def _motion_columns(motions: Motions) -> dict[str, Any]:
    return {
        "detected": motions.detected,
        "handedness": [motion.handedness for motion in motions],
        "timestamps_ms": [motion.timestamps_ms for motion in motions],
        "hands": [motion.n_hands for motion in motions],
        "axes": [motion.points.shape[-1] for motion in motions],
        "landmarks": [motion.points.ravel() for motion in motions],
        "body": [None if motion.body is None else motion.body.ravel() for motion in motions],
    }


def _nested(rows: NDArray[np.float32], present: NDArray[np.bool_]) -> pa.Array:
    """A list for each row that is present."""
    ends = np.cumsum(np.where(present, rows[:1].size, 0))
    starts = np.concatenate([[0], ends]).astype(np.int32)
    flat = pa.array(rows[present].reshape(-1))
    return pa.ListArray.from_arrays(starts, flat, type=FLOATS, mask=pa.array(~present))


def _from_arrow(table: pa.Table, path: Place) -> Dataset:
    notes = notes_of(table.schema)
    provenance, name = notes.get("extractor") or {}, notes.get("name")
    return Dataset(
        _motions(table) if schema_of(table) is MOTION_SCHEMA else _hands(table),
        y=column(table, "label", "").astype(str),
        groups=column(table, "subject", "").astype(str),
        paths=column(table, "path", "").astype(str),
        name=name if isinstance(name, str) and name else path.stem,
        provenance=provenance if is_provenance(provenance) else {},
    )


def _hands(table: pa.Table) -> Landmarks:
    detected = column(table, "detected", False).astype(bool)
    points = _stacked(table, "landmarks", (N_LANDMARKS, 3))
    points[~detected] = np.nan
    lost = np.flatnonzero(detected & np.isnan(points[:, 0, 0]))
    if len(lost):
        raise ValueError(f"row {lost[0]} is detected but has no landmarks")
    return Landmarks(
        points,
        world=_stacked(table, "world", (N_LANDMARKS, 3)),
        handedness=column(table, "handedness", "").astype(str),
        handedness_score=column(table, "handedness_score", np.nan),
        score=column(table, "score", np.nan),
        image_size=np.stack([column(table, "width", 0), column(table, "height", 0)], 1),
        point_scores=_stacked(table, "point_scores", (N_LANDMARKS,)),
    )


def _stacked(table: pa.Table, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A column of lists as an array, each row of this shape."""
    values, lengths, present = lists(table, name)
    size = math.prod(shape)
    others = set(lengths[present].tolist()) - {size}
    if others:
        raise ValueError(f"column {name} must hold {size} numbers a row, but has {others}")
    rows = np.full((len(table), size), np.nan, np.float32)
    rows[present] = values.reshape(-1, size)
    return rows.reshape(-1, *shape)


def _motions(table: pa.Table) -> Motions:
    sizes = zip(column(table, "hands", 1), column(table, "axes", 2), strict=True)
    columns = (rows_of_lists(table, name) for name in ("timestamps_ms", "landmarks", "body"))
    rows = zip(*columns, sizes, column(table, "handedness", "").astype(str).tolist(), strict=True)
    motions = []
    for number, (times, points, body, (hands, axes), handedness) in enumerate(rows):
        try:
            if times is None or points is None or min(hands, axes) < 1:
                raise ValueError("it has no times, landmarks, hands or axes")
            shape = (len(times), hands, len(points) // max(len(times) * hands * axes, 1), axes)
            of_body = None if body is None else body.reshape(len(times), -1, 2)
            motions.append(Motion(points.reshape(shape), times, handedness, body=of_body))
        except (ValueError, OverflowError) as error:
            raise ValueError(f"row {number} is not a motion: {error}") from None
    return Motions(motions)
