"""Folders of the rendered hands that ship, as commands take them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from handpose.datasets import photo_folder

SIDE = 640


def rendered_photos() -> list[Path]:
    """Sixty photos, ``LABEL/NAME.jpg``."""
    return sorted(photo_folder("rendered_hands").glob("*/*.jpg"))


def write_photos(folder: Path, copies: int) -> None:
    """A data set: each photo so often."""
    for path in rendered_photos():
        for copy in range(copies):
            target = folder / path.parent.name / f"{copy}{path.name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def write_frames(folder: Path, photos: Sequence[Path]) -> None:
    """Frames of one size, as of a camera."""
    folder.mkdir(parents=True)
    for number, path in enumerate(photos):
        with Image.open(path) as photo:
            frame = Image.new("RGB", (SIDE, SIDE), (120, 120, 120))
            frame.paste(photo, ((SIDE - photo.width) // 2, (SIDE - photo.height) // 2))
            frame.save(folder / f"{number:03}.jpg", quality=95)
