"""Pictures as files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from handpose.images.formats import by_suffix
from handpose.system.files import check_writable, replacing

_FORMATS = {
    ".bmp": "bmp",
    ".gif": "gif",
    ".jpeg": "jpeg",
    ".jpg": "jpeg",
    ".png": "png",
    ".tif": "tiff",
    ".tiff": "tiff",
    ".webp": "webp",
}


def check_picture_file(path: Path) -> None:
    """Refuse, before the work, a file that `save_picture` could not write after it.

    Raises
    ------
    ImageError
        If its suffix is not that of a picture.
    HandposeError
        If it cannot be written.
    """
    by_suffix(path, _FORMATS, "a picture")
    check_writable(path)


def save_picture(picture: Image.Image, path: Path, **options: Any) -> None:
    """Write a picture; the file appears whole or not at all, and replaces a link of that name.

    Parameters
    ----------
    picture : PIL image
    path : Path
        The suffix decides the format.
    **options
        Of Pillow's writer.
    """
    content = BytesIO()  # Pillow itself would write half a picture on a full disk, silently
    picture.save(content, format=by_suffix(path, _FORMATS, "a picture"), **options)
    with replacing(path) as temporary:
        temporary.write_bytes(content.getvalue())
