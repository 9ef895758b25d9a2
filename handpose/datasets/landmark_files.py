"""Files of landmarks by their suffix, and folders of such files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from handpose.containers.landmarks import Landmarks
from handpose.datasets.dataset import Dataset
from handpose.datasets.hagrid_annotations import read_hagrid_annotations
from handpose.datasets.keypoint_csv import read_keypoint_csv
from handpose.datasets.manifest import MANIFEST
from handpose.datasets.motion_files import SUFFIX as NPZ_SUFFIX
from handpose.datasets.motion_files import read_motion_file
from handpose.datasets.table import read_table
from handpose.errors import DatasetError

CSV_SUFFIX, JSON_SUFFIX = ".csv", ".json"


def read_landmark_file(path: Path) -> Dataset:
    """Read a table, a CSV file of hands, HaGRID's annotations, or motions of a known form.

    Raises
    ------
    DatasetError
        If the file is missing or of another form.
    """
    suffix = path.suffix.lower()
    if suffix in (CSV_SUFFIX, JSON_SUFFIX) and not path.is_file():
        raise DatasetError(f"{path}: no such file")
    if suffix == CSV_SUFFIX:
        return read_keypoint_csv(path)
    if suffix == JSON_SUFFIX:
        return read_hagrid_annotations([path], path.stem)
    if suffix == NPZ_SUFFIX:
        return read_motion_file(path)
    return read_table(path)


def landmark_files(folder: Path) -> list[Path]:
    """The CSV files of a folder, or its JSON files; empty where it has neither or both."""
    files = {
        suffix: sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() == suffix and path.is_file() and path.name != MANIFEST
        )
        for suffix in (CSV_SUFFIX, JSON_SUFFIX)
    }
    kinds = [paths for paths in files.values() if paths]
    return kinds[0] if len(kinds) == 1 else []


def read_landmark_files(folder: Path, files: Sequence[Path]) -> Dataset:
    """Read a folder of HaGRID's annotations, or of CSV files named by their label."""
    name = folder.resolve().name
    if files[0].suffix.lower() == JSON_SUFFIX:
        return read_hagrid_annotations(files, name)
    parts = [read_keypoint_csv(path, label=path.stem) for path in files]
    return Dataset(
        Landmarks.concat([part.X for part in parts]),
        [label for part in parts for label in part.y],
        [subject for part in parts for subject in part.groups],
        name=name,
        provenance=parts[0].provenance,
    )
