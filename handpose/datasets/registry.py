"""The data sets that handpose knows by name, of every kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handpose.datasets.dataset import Dataset
from handpose.datasets.faces import FILE as FACES_FILE
from handpose.datasets.faces import read_faces
from handpose.datasets.folder import PictureFolder, read_folder
from handpose.datasets.gathered import ASL, HAGRID
from handpose.datasets.gesture_midair import FILE as MIDAIR_FILE
from handpose.datasets.gesture_midair import read_gesture_midair
from handpose.datasets.landmark_files import (
    landmark_files,
    read_landmark_file,
    read_landmark_files,
)
from handpose.datasets.manifest import MANIFEST, read_manifest
from handpose.datasets.originals import Originals
from handpose.datasets.parts import is_table
from handpose.datasets.places import DATA_VARIABLE, dataset_folders, shipped_folder
from handpose.datasets.point_history import TRACKS_FILE, read_point_history
from handpose.datasets.rendered import read_rendered_hands
from handpose.datasets.rendered_clips import read_rendered_clips
from handpose.datasets.shrec17 import FILE as SHREC17_FILE
from handpose.datasets.shrec17 import read_shrec17, read_shrec17_28
from handpose.datasets.signs import (
    LETTERS_FILE,
    WORDS_FILE,
    read_asl_sequences,
    read_signed_words,
)
from handpose.datasets.table import read_table
from handpose.errors import DatasetError, UnknownNameError
from handpose.images.listing import files_in
from handpose.system.stores import StorePath, place_of


@dataclass(frozen=True)
class KnownDataset:
    """An entry of `DATASETS`.

    Attributes
    ----------
    name : str
    kind : {"hands", "motions", "faces", "clips"}
    summary : str
        One line for people.
    licence, homepage : str
    file : str
        What is read, in the data set's folder; more files may be beside it.
    read : callable or None
        From the path of that file to a `Dataset`; None where an extractor has to look at clips.
    archive : str
        URL of a zip of the originals at a pinned commit. ``""`` where nothing is to fetch.
    photos : bool
        Whether there are pictures.
    gather : callable or None
        Makes `file` of the originals and checks it. None where the originals themselves are
        fetched: ``manifest.csv`` in the shipped folder lists them, with their SHA-256.
    folder : str
        Of the data set in the folder that HANDPOSE_DATA names; by default its name.
    """

    name: str
    kind: str
    summary: str
    licence: str
    homepage: str
    file: str
    read: Callable[[Path], Dataset] | None
    archive: str = ""
    photos: bool = False
    gather: Callable[[Originals, Path], None] | None = None
    folder: str = ""

    @property
    def folders(self) -> list[Path]:
        """Where it is looked for."""
        return dataset_folders(self.folder or self.name)


def _github(repository: str, commit: str = "") -> dict[str, Any]:
    home = f"https://github.com/{repository}"
    return {"homepage": home, "archive": f"{home}/archive/{commit}.zip" if commit else ""}


DATASETS: dict[str, KnownDataset] = {
    entry.name: entry
    for entry in (
        KnownDataset(
            name="sign_language_digits",
            kind="hands",
            summary="2,062 photos of ten hand shapes, digits 0-9, by 222 groups of subjects",
            licence="Apache-2.0",
            **_github(
                "ardamavi/Sign-Language-Digits-Dataset", "4b09433ef9d5c60602e8805bb54b8aa2428527f8"
            ),
            file="landmarks.parquet",
            read=read_table,
            photos=True,
        ),
        KnownDataset(
            name=HAGRID.name,
            kind="hands",
            summary="2,482 annotated hands, 18 gestures and no_gesture, by 1,215 people; no photos",
            licence="CC BY-SA 4.0",
            **_github("erikx50/Hand-gesture-detection", "31f391ae0426efcfc16420d392175a448e145737"),
            file=HAGRID.file,
            read=HAGRID.read,
            gather=HAGRID.gather,
        ),
        KnownDataset(
            name=ASL.name,
            kind="hands",
            summary="10,508 hands of one signer, letters A-Z, frames of 26 recordings; no photos",
            licence="CC0",
            **_github("borisgraudt/asl-ai", "fa1dcdb446182c17afd1bd915a70754a99fd02b3"),
            file=ASL.file,
            read=ASL.read,
            gather=ASL.gather,
        ),
        KnownDataset(
            name="rendered_hands",
            kind="hands",
            summary="60 rendered pictures of ten hand shapes, digits 0-9, with exact keypoints",
            licence="Apache-2.0",
            homepage="datasets/rendered_hands/README.md",
            file="keypoints.csv",
            read=read_rendered_hands,
            photos=True,
        ),
        KnownDataset(
            name="point_history",
            kind="motions",
            summary="4,451 tracks of a forefinger's tip, four motions, windows of 7 recordings",
            licence="Apache-2.0",
            **_github(
                "Kazuhito00/hand-gesture-recognition-using-mediapipe",
                "17e9d61d2acda01378adff117ece010984b1afd9",
            ),
            file=TRACKS_FILE,
            read=read_point_history,
        ),
        KnownDataset(
            name="shrec17",
            kind="motions",
            summary="1,960 motions of a hand in 3-D, 14 gestures, by 20 people of SHREC'17",
            licence="research: not redistributed",
            **_github("giach68/gesturesCodes"),
            file=SHREC17_FILE,
            read=read_shrec17,
            folder="shrec17_train",
        ),
        KnownDataset(
            name="shrec17_28",
            kind="motions",
            summary="the same with 28 labels: with one finger, or with the whole hand",
            licence="research: not redistributed",
            **_github("giach68/gesturesCodes"),
            file=SHREC17_FILE,
            read=read_shrec17_28,
            folder="shrec17_train",
        ),
        KnownDataset(
            name="asl_sequences",
            kind="motions",
            summary="2,370 signed letters with J and Z, space and no_gesture, in four sessions",
            licence="MIT",
            **_github("traduttore/traduttore-model"),
            file=LETTERS_FILE,
            read=read_asl_sequences,
        ),
        KnownDataset(
            name="signed_words",
            kind="motions",
            summary="4,066 takes of 60 signed words, by 22 people who recorded themselves",
            licence="mostly none stated: not redistributed",
            homepage="datasets/signed_words/README.md",
            file=WORDS_FILE,
            read=read_signed_words,
        ),
        KnownDataset(
            name="gesture_midair",
            kind="motions",
            summary="338 tracks of a forefinger in 3-D, 26 commands, by 13 people",
            licence="none stated: not redistributed",
            **_github("giach68/gesturesCodes"),
            file=MIDAIR_FILE,
            read=read_gesture_midair,
        ),
        KnownDataset(
            name="rendered_clips",
            kind="motions",
            summary="8 rendered hands in 7 videos, with exact keypoints and motions",
            licence="Apache-2.0",
            homepage="datasets/rendered_clips/README.md",
            file="still.csv",
            read=read_rendered_clips,
        ),
        KnownDataset(
            name="gesture_clips",
            kind="clips",
            summary="12 short videos of swipes, clicks, zooms, drag and drop",
            licence="Apache-2.0",
            **_github("ai-forever/dynamic_gestures", "f073b2541ad53863ea2935498342cec0d3e1ce73"),
            file="clicks.gif",
            read=None,
        ),
        KnownDataset(
            name="faces_lfpw",
            kind="faces",
            summary="1,029 grey crops of faces with four points, in two splits",
            licence="unclear: not redistributed",
            **_github("tntrung/sdm_face_alignment"),
            file=FACES_FILE,
            read=read_faces,
        ),
    )
}


def read_dataset(
    name_or_path: str | Path | StorePath, path: str | Path | None = None
) -> Dataset | None:
    """Read what needs no extractor: a known data set, a table, a folder of landmark files.

    Parameters
    ----------
    name_or_path : str or Path
    path : str or Path, optional
        File or folder of a known data set, where it is not in the usual place.

    Returns
    -------
    Dataset or None
        None where an extractor has to look at a folder of photos or videos: `folder_to_extract`.

    Raises
    ------
    UnknownNameError
        If there is neither such a data set nor such a file.
    DatasetError
        If the data set is not on this machine, or the file cannot be used.
    """
    if str(name_or_path) in DATASETS:
        entry = DATASETS[str(name_or_path)]
        return entry.read(_file_of(entry, path)) if entry.read else None
    place = place_of(name_or_path)
    if path is not None or not (place.suffix or place.exists()):
        raise UnknownNameError("data set, file or folder", str(name_or_path), DATASETS)
    if is_table(place):
        return read_table(place)
    if isinstance(place, StorePath):
        return None if place.is_dir() else read_table(place)
    if not place.is_dir():
        return read_landmark_file(place)
    files = [] if files_in(place).pictures else landmark_files(place)
    return read_landmark_files(place, files) if files else None


def folder_to_extract(
    name_or_path: str | Path | StorePath, path: str | Path | None = None
) -> PictureFolder:
    """The photos or videos of a known data set of clips, or of a folder; see `read_dataset`."""
    if str(name_or_path) not in DATASETS:
        return read_folder(name_or_path, videos=None)
    entry = DATASETS[str(name_or_path)]
    items = read_manifest(shipped_folder(entry.name) / MANIFEST)
    return PictureFolder(_file_of(entry, path).parent, items, videos=True)


def known_dataset(name: str) -> KnownDataset:
    """An entry of `DATASETS`.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    """
    if name not in DATASETS:
        raise UnknownNameError("data set", name, DATASETS)
    return DATASETS[name]


def is_here(entry: KnownDataset) -> bool:
    """Whether the file of a data set is on this machine."""
    return any((folder / entry.file).is_file() for folder in entry.folders)


def find_file(entry: KnownDataset) -> Path:
    """The file of a data set: shipped, fetched, or in the folder that HANDPOSE_DATA names.

    Raises
    ------
    DatasetError
        If it is in none of them.
    """
    for folder in entry.folders:
        if (folder / entry.file).is_file():
            return folder / entry.file
    remedy = (
        f"run: handpose data fetch {entry.name}"
        if entry.archive
        else f"get it from {entry.homepage} and put it into a folder "
        f"{entry.folder or entry.name} of the folder that {DATA_VARIABLE} names"
    )
    raise DatasetError(f"{entry.name}: {entry.file} is not on this machine; {remedy}")


def _file_of(entry: KnownDataset, path: str | Path | None) -> Path:
    """The file that a user names, alone or by its folder; else where `find_file` finds it."""
    if path is None:
        return find_file(entry)
    file = Path(path) / entry.file if Path(path).is_dir() else Path(path)
    if not file.is_file():
        raise DatasetError(f"{file}: no such file")
    return file


def photo_folder(name: str) -> Path:
    """The folder with a data set's pictures.

    Raises
    ------
    UnknownNameError
        If there is no such data set.
    DatasetError
        If it has no pictures, or they are not on this machine.
    """
    if not known_dataset(name).photos:
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
