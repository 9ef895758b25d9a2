"""Image files and arrays as RGB images."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from handpose.errors import ImageError
from handpose.images.addresses import is_address, shown_address
from handpose.images.depth import STRIP_ROWS, as_bytes
from handpose.images.formats import (
    HEIC_REMEDY,
    IMAGE_SUFFIXES,
    JPEG_REMEDY,
    is_avif,
    is_heic,
    what_it_is,
)
from handpose.images.quiet import quiet

ImageLike: TypeAlias = "str | os.PathLike[str] | Image.Image | NDArray[np.uint8]"
"""A path, a PIL image, or an RGB, grey or RGBA array."""

MIN_SIDE = 16
"""Pixels. On anything narrower no hand has ever been found."""
MAX_PIXELS = 110_000_000
"""What is decoded at most: the 108 megapixels of a phone, below a gigabyte of memory."""

_FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""Pillow's names of what is read. It knows others, and starts a program for one of them."""
_WHITE_16 = 65535
_ANIMATED_FORMATS = {"AVIF", "GIF", "WEBP", "PNG"}


def read_image(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read an image file as RGB, upright.

    EXIF orientation is honoured. Grey and palette images become RGB; images of 16 bits or floats
    are scaled to 8 bits as by `as_rgb`; transparent pixels become white.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)

    Raises
    ------
    ImageError
        If the file is missing, damaged, animated, too small or too large, or a HEIC photo where
        the extra ``heic`` is not installed.
    """
    if is_address(path):
        raise ImageError(
            f"{shown_address(str(path))}: an address; read_frames() and stream() read it"
        )
    path = Path(path)
    with pillow_errors(path), open_image(path) as image:
        check_sides(image, path)
        _check_still(image, path)
        deep = _deep_colours(image, path)
        if deep is not None:
            return deep
        ImageOps.exif_transpose(image, in_place=True)
        return image_to_rgb(image)


def to_rgb(image: ImageLike) -> NDArray[np.uint8]:
    """Read or convert whatever shows an image: a path, a PIL image or an array.

    Parameters
    ----------
    image : str, Path, PIL image or ndarray of uint8
        A path is read by `read_image`, all else converted by `as_rgb`.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)

    Raises
    ------
    ImageError
        As those two.
    """
    return read_image(image) if isinstance(image, (str, os.PathLike)) else as_rgb(image)


def as_rgb(image: Image.Image | NDArray[np.generic]) -> NDArray[np.uint8]:
    """Convert a PIL image or an array to RGB.

    Parameters
    ----------
    image : PIL image, or ndarray of uint8, bool, another int or float
        Shape (height, width, 3) for RGB, (height, width) for grey, (height, width, 4) for RGBA.
        Transparent pixels become white. The EXIF orientation of a PIL image is applied. Other
        numbers than bytes are scaled by what they hold, each image by itself: see Notes.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Contiguous. An RGB array that is contiguous is returned as it is.

    Raises
    ------
    ImageError
        If it has another type or shape, is smaller than 16 pixels on a side, or holds values that
        no image has: mostly negative ones, or more than 32 bits.

    Notes
    -----
    White is True of bools. Of whole numbers it is the largest of 8, 10, 12, 14, 16, 24 or 32 bits,
    the fewest that hold the image: 4,095 for a camera of 12 bits, whatever the array's type could
    hold. Of floats it is 1 where none is larger, up to 16 the largest itself (HDR), above that as
    of whole numbers. One value in 10,000 may be larger than white, as hot pixels of a sensor are.
    Not a number is black.
    """
    if isinstance(image, Image.Image):
        return _pillow_as_rgb(image)
    if not isinstance(image, np.ndarray):
        raise ImageError(
            f"an image must be an array or a PIL image, but got {type(image).__name__}; "
            "read_image reads a file"
        )
    channels = image.shape[2] if image.ndim == 3 else 1
    if image.ndim not in (2, 3) or channels not in (1, 3, 4):
        raise ImageError(
            "an image must have shape (height, width, 3) for RGB, (height, width) for grey or "
            f"(height, width, 4) for RGBA, but got {image.shape}"
        )
    if min(image.shape[:2]) < MIN_SIDE:
        raise ImageError(_too_small(image.shape[1], image.shape[0]))
    if image.dtype != np.uint8:
        image = as_bytes(image)
    if channels == 3:
        return np.ascontiguousarray(image)
    grey_or_rgba = image[..., 0] if image.ndim == 3 and channels == 1 else image
    return image_to_rgb(Image.fromarray(grey_or_rgba))


def _pillow_as_rgb(image: Image.Image) -> NDArray[np.uint8]:
    name = getattr(image, "filename", "") or "PIL image"
    check_sides(image, name)
    with pillow_errors(name):
        return image_to_rgb(ImageOps.exif_transpose(image))


@contextmanager
def pillow_errors(path: Path | str, kind: str = "image") -> Iterator[None]:
    """Turn all that Pillow can raise into an ImageError that names the file; its warnings go.

    Parameters
    ----------
    path : Path
    kind : str, default="image"
        What the file is called where it is damaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limits say it better
            yield
    except FileNotFoundError:
        raise ImageError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise ImageError(f"{path}: a folder, with no image or video in it") from None
    except PermissionError:
        raise ImageError(f"{path}: no permission to read it") from None
    except UnidentifiedImageError:
        damaged = "" if kind == "image" else f"damaged {kind}; "
        raise ImageError(f"{path}: {damaged}{_why_unidentified(Path(path))}") from None
    except Image.DecompressionBombError:
        raise ImageError(f"{path}: {_too_large()}") from None
    except ImageError:
        raise
    except Exception as error:  # a damaged file can fail in any way inside Pillow
        reason = " ".join(str(error).split())
        raise ImageError(f"{path}: damaged {kind} ({reason}); save it again") from None


def check_sides(image: Image.Image, path: Path | str) -> None:
    """Refuse an image of too few or too many pixels before it is decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageError(f"{path}: {_too_large()}")
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"{path}: {_too_small(width, height)}")


def open_image(path: Path) -> Image.Image:
    """Open a picture by what is in it, not by its name.

    Raises
    ------
    ImageError
        If it is a HEIC photo and the extra ``heic`` is not installed. Everything else is Pillow's,
        see `pillow_errors`.
    """
    if not is_heic(path):
        return Image.open(path, formats=_FORMATS)
    try:
        from pillow_heif import HeifImageFile
    except ImportError:
        raise ImageError(f"{path}: HEIC photo; {HEIC_REMEDY}") from None
    return HeifImageFile(path)


def frame_count(image: Image.Image) -> int:
    """Number of frames of an animation; 1 for all else, also where a file holds more pictures."""
    return getattr(image, "n_frames", 1) if image.format in _ANIMATED_FORMATS else 1


def _check_still(image: Image.Image, path: Path) -> None:
    frames = frame_count(image)
    if frames > 1:
        raise ImageError(
            f"{path}: animated, {frames} frames; read it as a video "
            "(read_frames, or --video on the command line) or save one frame as PNG"
        )


def image_to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    """The picture that an open image shows, as ``uint8 (height, width, 3)``."""
    convert: Callable[[Image.Image], NDArray[Any]] = _plain
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return np.repeat(as_bytes(np.asarray(image))[..., None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        convert = _on_white
    rgb = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, STRIP_ROWS):
        bottom = min(top + STRIP_ROWS, image.height)
        rgb[top:bottom] = convert(image.crop((0, top, image.width, bottom)))
    return rgb


def _deep_colours(image: Image.Image, path: Path) -> NDArray[np.uint8] | None:
    """What a file of 16 bits a colour shows, as RGB; None for all others.

    Pillow would drop the lower 8 bits, all that a camera of few bits may have written.
    """
    if not _has_deep_colours(image):
        return None
    import cv2  # only such files need it

    with quiet():
        decoded = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype != np.uint16 or decoded.ndim != 3:
        return None
    channels = decoded.shape[2]
    order = cv2.COLOR_BGR2RGB if channels == 3 else cv2.COLOR_BGRA2RGBA
    shown = Image.fromarray(as_bytes(cv2.cvtColor(decoded, order)))
    if image.format != "TIFF":  # which OpenCV turns upright itself
        shown.getexif().update(image.getexif())
    return image_to_rgb(ImageOps.exif_transpose(shown))


def _has_deep_colours(image: Image.Image) -> bool:
    """Whether an open file holds colours of 16 bits; Pillow names its layout, as ``RGB;16B``."""
    if image.mode not in ("RGB", "RGBA", "LA"):
        return False
    return any(
        ";16" in str(tile) or (tile[0] == "ppm" and tile[3][-1] == _WHITE_16)
        for tile in getattr(image, "tile", ())
    )


def _plain(strip: Image.Image) -> NDArray[np.uint8]:
    return np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))


def _on_white(strip: Image.Image) -> NDArray[np.uint8]:
    strip = strip.convert("RGBA")
    white = Image.new("RGBA", strip.size, "white")
    return np.asarray(Image.alpha_composite(white, strip))[..., :3]


def _why_unidentified(path: Path) -> str:
    if path.stat().st_size == 0:
        return "empty file; copy it again"
    if is_avif(path):
        return f"AVIF photo that is damaged, or that this Pillow cannot read; {JPEG_REMEDY}"
    known = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
    return what_it_is(path) or f"not an image; expected one of {known}"


def _too_small(width: int, height: int) -> str:
    return f"{width}x{height} pixels are too few; each side needs at least {MIN_SIDE}"


def _too_large() -> str:
    return f"more than {MAX_PIXELS // 1_000_000} megapixels; scale it down first"
