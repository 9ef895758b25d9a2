"""Where the files of known data sets are on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from handpose.assets import cache_dir

DATA_VARIABLE = "HANDPOSE_DATA"


def dataset_folders(name: str) -> list[Path]:
    """Folders in which a data set is looked for, in order."""
    folders = [shipped_folder(name), fetched_folder(name)]
    if os.environ.get(DATA_VARIABLE):
        folders.append(Path(os.environ[DATA_VARIABLE]) / name)
    return folders


def shipped_folder(name: str) -> Path:
    """Where a data set's shipped files are: in the installed package, or in the source tree."""
    package = Path(__file__).parent.parent
    installed = package / "shipped_datasets" / name
    return installed if installed.is_dir() else package.parent / "datasets" / name


def fetched_folder(name: str) -> Path:
    """Where `fetch_dataset` puts a data set."""
    return cache_dir() / "datasets" / name
