"""Pretrained networks: found, verified by SHA-256, fetched once.

The detectors of palms, faces and people and the networks that place landmarks on hands and bodies
(Apache-2.0) are inside a mediapipe wheel on PyPI. An installer (pip, uv) downloads that wheel, the
networks are taken out and verified, and the wheel is deleted. Besides the data sets that a user
fetches, nothing else in handpose opens a network connection.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from handpose.errors import AssetError, UnknownNameError
from handpose.system.deprecation import renamed_arguments
from handpose.system.files import replacing
from handpose.system.locks import one_writer
from handpose.system.wheels import Wheel, bring

ENVIRONMENT_VARIABLE = "HANDPOSE_ASSETS"


@dataclass(frozen=True)
class Asset:
    """A file that does not ship.

    Attributes
    ----------
    name : str
        File name in the cache.
    sha256 : str
        Of the content.
    member : str
        Its path in the wheel.
    licence : str
        Under which it may be used.
    """

    name: str
    sha256: str
    member: str
    licence: str = "Apache-2.0"


WHEEL = Wheel("mediapipe", "0.10.21", python="3.11", platform="manylinux_2_28_x86_64")
WHEEL_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"

ASSETS: dict[str, Asset] = {
    asset.name: asset
    for asset in (
        Asset(
            "palm_detection_full.tflite",
            "1b14e9422c6ad006cde6581a46c8b90dd573c07ab7f3934b5589e7cea3f89a54",
            "mediapipe/modules/palm_detection/palm_detection_full.tflite",
        ),
        Asset(
            "hand_landmark_full.tflite",
            "11c272b891e1a99ab034208e23937a8008388cf11ed2a9d776ed3d01d0ba00e3",
            "mediapipe/modules/hand_landmark/hand_landmark_full.tflite",
        ),
        Asset(
            "hand_landmark_lite.tflite",
            "048edd3645c9bf7397d19a9f6e3a42957d6e414c9bea6598030a2e9b624156e6",
            "mediapipe/modules/hand_landmark/hand_landmark_lite.tflite",
        ),
        Asset(
            "face_detection_short_range.tflite",
            "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
            "mediapipe/modules/face_detection/face_detection_short_range.tflite",
        ),
        Asset(
            "pose_detection.tflite",
            "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
            "mediapipe/modules/pose_detection/pose_detection.tflite",
        ),
        Asset(
            "pose_landmark_full.tflite",
            "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
            "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
        ),
    )
}

PALM_NETWORK = "palm_detection_full.tflite"
FACE_NETWORK = "face_detection_short_range.tflite"
PERSON_NETWORK, BODY_NETWORK = "pose_detection.tflite", "pose_landmark_full.tflite"
BODY_NETWORKS = (PERSON_NETWORK, BODY_NETWORK)
HAND_NETWORKS = {"full": "hand_landmark_full.tflite", "lite": "hand_landmark_lite.tflite"}


def cache_dir() -> Path:
    """The user's cache directory for handpose (it may not exist yet)."""
    from platformdirs import user_cache_dir

    return Path(user_cache_dir("handpose", appauthor=False))


def asset_path(name: str) -> Path:
    """Path of a pretrained file, fetched on first use and verified.

    Parameters
    ----------
    name : str
        A key of `ASSETS`.

    Returns
    -------
    Path
        In the directory that the environment variable ``HANDPOSE_ASSETS`` names, if it holds the
        file, else in the user's cache.

    Raises
    ------
    UnknownNameError
        If there is no such asset.
    AssetError
        If the file is not what it should be, or cannot be fetched.
    """
    found = find_asset(name)
    if found is None:
        with one_writer(cache_dir() / "networks"):
            if find_asset(name) is None:  # unless another process has fetched them meanwhile
                fetch_assets()
    return found or cache_dir() / name


def find_asset(name: str) -> Path | None:
    """Path of a pretrained file that is already here, or None. Fetches nothing."""
    if name not in ASSETS:
        raise UnknownNameError("asset", name, ASSETS)
    return _in_own_directory(ASSETS[name]) or _in_cache(ASSETS[name])


@renamed_arguments(wheel="path")
def fetch_assets(path: str | Path | None = None) -> list[Path]:
    """Put every asset into the user's cache.

    Parameters
    ----------
    path : str or Path, optional
        A local copy of the wheel that holds the networks; without it, it is downloaded.

    Returns
    -------
    list of Path
        The files in the cache.

    Raises
    ------
    AssetError
        If the wheel is missing, cannot be downloaded or is not the pinned one.
    """
    if path is not None:
        if not Path(path).is_file():
            raise AssetError(f"{path}: no such file; give the wheel of {WHEEL}")
        return _unpack(Path(path))
    with tempfile.TemporaryDirectory(prefix="handpose-") as folder:
        return _unpack(_download(Path(folder)))


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _in_own_directory(asset: Asset) -> Path | None:
    folder = os.environ.get(ENVIRONMENT_VARIABLE)
    if not folder:
        return None
    path = Path(folder) / asset.name
    if not path.is_file():
        return None
    _verify(path.read_bytes(), asset.sha256, str(path))
    return path


def _in_cache(asset: Asset) -> Path | None:
    cached = cache_dir() / asset.name
    return cached if cached.is_file() and sha256(cached) == asset.sha256 else None


def _download(folder: Path) -> Path:
    try:
        return bring(WHEEL, folder)
    except AssetError as error:
        raise AssetError(
            f"cannot download the hand networks ({WHEEL}): {error}. Connect to a package index and "
            f"try again, or download that wheel ({WHEEL.platform}, Python {WHEEL.python}) "
            "elsewhere and run: handpose assets fetch --from WHEEL, or put the files "
            f"{', '.join(ASSETS)} into a folder and name it in {ENVIRONMENT_VARIABLE}"
        ) from None


def _unpack(wheel: Path) -> list[Path]:
    """Copy the networks out of the wheel, or out of a folder with its files."""
    if wheel.is_file():
        _verify(wheel.read_bytes(), WHEEL_SHA256, str(wheel))
    contents: dict[Path, bytes] = {}
    with nullcontext() if wheel.is_dir() else zipfile.ZipFile(wheel) as archive:
        place = wheel if archive is None else zipfile.Path(archive)
        for asset in ASSETS.values():
            if not (place / asset.member).is_file():
                raise AssetError(f"{WHEEL} lacks {asset.member}; it is not the pinned one")
            contents[cache_dir() / asset.name] = (place / asset.member).read_bytes()
            _verify(contents[cache_dir() / asset.name], asset.sha256, asset.name)
    for path, content in contents.items():
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    return [*contents]


def _verify(content: bytes, expected: str, name: str) -> None:
    got = hashlib.sha256(content).hexdigest()
    if got != expected:
        raise AssetError(
            f"{name}: SHA-256 is {got}, expected {expected}; it is damaged or another version. "
            "Delete it and run: handpose assets fetch"
        )
