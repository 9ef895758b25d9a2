"""Pictures as files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from handpose.errors import ImageError
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
    _format(path)
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
    content = BytesIO()  # to a file, Pillow writes half a picture on a full disk, and says nothing
    picture.save(content, format=_format(path), **options)
    with replacing(path) as temporary:
        temporary.write_bytes(content.getvalue())


def _format(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise ImageError(
            f"{path}: a picture is written as {', '.join(_FORMATS)}, not as "
            f"{suffix or 'a file without suffix'}"
        )
    return _FORMATS[suffix]
