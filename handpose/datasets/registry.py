"""The data sets that handpose knows by name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handpose.assets import cache_dir
from handpose.datasets import asl, hagrid
from handpose.datasets.dataset import Dataset
from handpose.datasets.landmark_files import (
    landmark_files,
    read_landmark_file,
    read_landmark_files,
)
from handpose.datasets.rendered import read_rendered_hands
from handpose.datasets.table import read_table
from handpose.errors import DatasetError, UnknownNameError

DATA_VARIABLE = "HANDPOSE_DATA"


@dataclass(frozen=True)
class Gathering:
    """How the landmarks of a data set without photos are made from its originals.

    Attributes
    ----------
    wanted : callable
        Whether a file of the originals, by its name, holds hands.
    write : callable
        Writes the hands of such files, as (name, content), into one file.
    digest : callable
        SHA-256 of the hands in that file, whatever their order.
    expected : str
        That of the originals at the pinned commit.
    """

    wanted: Callable[[str], bool]
    write: Callable[[Iterable[tuple[str, bytes]], Path], None]
    digest: Callable[[Path], str]
    expected: str


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    Attributes
    ----------
    name : str
    summary : str
        One line for people.
    licence : str
    homepage : str
    archive : str
        URL of a zip of the originals at a pinned commit; ``""`` where nothing is to fetch.
    landmarks : str
        File with the landmarks, in the data set's folder.
    read : callable
        Reads that file.
    photos : bool
        Whether there are pictures.
    gathering : Gathering or None
        How `landmarks` is made when it is fetched; None where photos are fetched, or nothing.
    """

    name: str
    summary: str
    licence: str
    homepage: str
    archive: str
    landmarks: str
    read: Callable[[Path], Dataset]
    photos: bool
    gathering: Gathering | None = None


def _github(repository: str, commit: str) -> dict[str, Any]:
    home = f"https://github.com/{repository}"
    return {"homepage": home, "archive": f"{home}/archive/{commit}.zip"}


DATASETS: dict[str, Source] = {
    source.name: source
    for source in (
        Source(
            name="sign_language_digits",
            summary="2,062 photos of ten hand shapes, digits 0-9, by 222 groups of subjects",
            licence="Apache-2.0",
            **_github(
                "ardamavi/Sign-Language-Digits-Dataset", "4b09433ef9d5c60602e8805bb54b8aa2428527f8"
            ),
            landmarks="landmarks.parquet",
            read=read_table,
            photos=True,
        ),
        Source(
            name="hagrid_landmarks",
            summary="2,482 annotated hands, 18 gestures and no_gesture, by 1,215 people; no photos",
            licence="CC BY-SA 4.0",
            **_github("erikx50/Hand-gesture-detection", "31f391ae0426efcfc16420d392175a448e145737"),
            landmarks="hagrid_landmarks.npz",
            read=hagrid.read_hagrid_landmarks,
            photos=False,
            gathering=Gathering(
                hagrid.is_annotation,
                hagrid.write_hagrid_landmarks,
                hagrid.content_digest,
                hagrid.HAGRID_DIGEST,
            ),
        ),
        Source(
            name="asl_alphabet_landmarks",
            summary="10,508 hands of one signer, letters A-Z, frames of 26 recordings; no photos",
            licence="CC0",
            **_github("borisgraudt/asl-ai", "fa1dcdb446182c17afd1bd915a70754a99fd02b3"),
            landmarks="asl_alphabet_landmarks.npz",
            read=asl.read_asl_landmarks,
            photos=False,
            gathering=Gathering(
                asl.is_frame, asl.write_asl_landmarks, asl.content_digest, asl.ASL_DIGEST
            ),
        ),
        Source(
            name="rendered_hands",
            summary="60 rendered pictures of ten hand shapes, digits 0-9, with exact keypoints",
            licence="Apache-2.0",
            homepage="datasets/rendered_hands/README.md",
            archive="",
            landmarks="keypoints.csv",
            read=read_rendered_hands,
            photos=True,
        ),
    )
}


def load_dataset(name: str | Path) -> Dataset:
    """Load hands, labels and subjects of a known data set or of a file of landmarks.

    Parameters
    ----------
    name : str or Path
        A key of `DATASETS`; a Parquet file (see `handpose extract`); a CSV file of 42 or 63
        numbers and a label a row; HaGRID's annotations as JSON; or a folder of either, CSV files
        then by the name of their label.

    Returns
    -------
    Dataset
        Unpacks as ``hands, labels, subjects``. Hands that were not found are in it.

    Raises
    ------
    UnknownNameError
        If there is neither such a data set nor such a file.
    DatasetError
        If the data set is not on this machine yet, or the file cannot be used.
    """
    if str(name) in DATASETS:
        source = DATASETS[str(name)]
        return source.read(dataset_file(source.name, source.landmarks))
    path = Path(name)
    if path.is_dir():
        files = landmark_files(path)
        if files:
            return read_landmark_files(path, files)
        raise DatasetError(f"{path}: a folder of images; make a table of it: handpose extract")
    if not path.suffix and not path.exists():
        raise UnknownNameError("data set", str(name), DATASETS)
    return read_landmark_file(path)


def dataset_file(name: str, file: str) -> Path:
    """Find a file of a data set: shipped, fetched, or in the folder ``HANDPOSE_DATA`` names.

    Raises
    ------
    DatasetError
        If it is in none of them.
    """
    for folder in dataset_folders(name):
        if (folder / file).is_file():
            return folder / file
    raise DatasetError(f"{name}: {file} is not on this machine; run: handpose data fetch {name}")


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


def photo_folder(name: str) -> Path:
    """The folder with a data set's pictures.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    DatasetError
        If it has no pictures, or they are not on this machine.
    """
    if name not in DATASETS:
        raise UnknownNameError("data set", name, DATASETS)
    if not DATASETS[name].photos:
        raise DatasetError(f"{name}: has landmarks only, no pictures")
    folder = find_photos(name)
    if folder is None:
        raise DatasetError(
            f"{name}: its photos are not on this machine; run: handpose data fetch {name}"
        )
    return folder


def find_photos(name: str) -> Path | None:
    """The folder with a data set's pictures, or None where they are not on this machine."""
    folders = dataset_folders(name)
    return next((f for f in folders if any(f.glob("*/*.[jJ][pP]*[gG]"))), None)
