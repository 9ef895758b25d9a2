"""Folders of numbered pictures, frame by frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from handpose.errors import ImageError
from handpose.images.formats import (
    HEIC_REMEDY,
    HEIC_SUFFIXES,
    IMAGE_SUFFIXES,
    heic_is_readable,
    suffix_of,
)
from handpose.images.frame import DEFAULT_RATE, Frame, check_same_size, timestamp_at
from handpose.images.listing import left_out
from handpose.images.stills import read_image


def folder_frames(folder: Path, fps: float = DEFAULT_RATE) -> Iterator[Frame]:
    """Read the pictures of a folder as the frames of a video.

    They come in natural order: ``frame2`` before ``frame10``. Folders within it and hidden files
    are left out.

    Parameters
    ----------
    folder : Path
    fps : float, default=30
        Frames per second.

    Yields
    ------
    Frame

    Raises
    ------
    ImageError
        If there is no picture, or if one is damaged, differs in size from the first or is a HEIC
        photo that cannot be read here; it names the file.
    """
    shape = None
    for index, path in enumerate(_pictures(folder)):
        rgb = read_image(path)
        shape = shape or rgb.shape
        check_same_size(rgb, shape, str(path))
        yield Frame(rgb, index, timestamp_at(index, fps))
    if shape is None:
        known = ", ".join(sorted(IMAGE_SUFFIXES))
        raise ImageError(
            f"{folder}: no frame can be read from it; a folder of frames holds pictures ({known})"
        )


def natural_key(name: str) -> tuple[list[int | str], str]:
    """Key that sorts names by the numbers in them.

    >>> sorted(["f10.png", "f9.png", "F1.png"], key=natural_key)
    ['F1.png', 'f9.png', 'f10.png']
    """
    text_and_numbers = re.split(r"([0-9]+)", name.casefold())
    return [int(part) if part.isdecimal() else part for part in text_and_numbers], name


def _pictures(folder: Path) -> list[Path]:
    try:
        files = list(folder.iterdir())
    except OSError as error:
        raise ImageError(f"{folder}: cannot be listed ({error.strerror})") from None
    shown = sorted((p.name for p in files if not p.name.startswith(".")), key=natural_key)
    heic = [name for name in shown if suffix_of(name) in HEIC_SUFFIXES]
    if heic and not heic_is_readable():
        raise ImageError(f"{folder}: {left_out(heic, 'HEIC photo')}; {HEIC_REMEDY}")
    return [folder / name for name in shown if suffix_of(name) in IMAGE_SUFFIXES | HEIC_SUFFIXES]
