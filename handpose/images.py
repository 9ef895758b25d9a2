"""Image files, video files and cameras, as RGB frames."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from handpose.errors import ImageError

IMAGE_SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
VIDEO_SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"})

MIN_SIDE = 16
"""Pixels. On anything narrower no hand has ever been found."""
MAX_PIXELS = 200_000_000
"""More than any camera takes; a larger file is a mistake or an attack."""

_ANIMATED_FORMATS = {"GIF", "WEBP", "PNG"}


@dataclass(frozen=True)
class Frame:
    """One picture of a video or camera.

    Attributes
    ----------
    rgb : ndarray of uint8, shape (height, width, 3)
    index : int
        Counts from 0.
    timestamp_ms : int
        Milliseconds since the first frame; grows from frame to frame.
    """

    rgb: NDArray[np.uint8]
    index: int
    timestamp_ms: int


def read_image(path: str | Path) -> NDArray[np.uint8]:
    """Read an image file as RGB, upright.

    EXIF orientation is honoured. Grey, palette and 16-bit images become 8-bit RGB; transparent
    pixels become white.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)

    Raises
    ------
    ImageError
        If the file is missing, damaged, animated, too small or too large.
    """
    path = Path(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limits below say it better
            with Image.open(path) as image:
                _check_openable(image, path)
                return _as_rgb(ImageOps.exif_transpose(image))
    except FileNotFoundError:
        raise ImageError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise ImageError(f"{path}: a folder, with no image or video in it") from None
    except PermissionError:
        raise ImageError(f"{path}: no permission to read it") from None
    except UnidentifiedImageError:
        raise ImageError(f"{path}: {_why_unidentified(path)}") from None
    except Image.DecompressionBombError:
        raise ImageError(f"{path}: {_too_large()}") from None
    except ImageError:
        raise
    except Exception as error:  # a damaged file can fail in any way inside Pillow
        raise ImageError(f"{path}: damaged image ({error}); save it anew") from None


def as_rgb(image: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Check that an array is an RGB image, and give it back contiguous.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)

    Raises
    ------
    ImageError
        If it has another type or shape, or is smaller than 16 pixels on a side.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = image.dtype if isinstance(image, np.ndarray) else type(image).__name__
        raise ImageError(f"an image must be a uint8 RGB array, but got {kind}; see read_image")
    if image.ndim != 3 or image.shape[2] != 3:
        raise ImageError(f"an image must have shape (height, width, 3), but got {image.shape}")
    if min(image.shape[:2]) < MIN_SIDE:
        raise ImageError(_too_small(image.shape[1], image.shape[0]))
    return np.ascontiguousarray(image)


def read_frames(source: str | Path | int) -> Iterator[Frame]:
    """Read a video file, an animated image or a camera, frame by frame.

    Parameters
    ----------
    source : str, Path or int
        A video file, an animated GIF or WebP, or the number of a camera.

    Yields
    ------
    Frame

    Raises
    ------
    ImageError
        If the source cannot be opened or holds no frame.
    """
    if not isinstance(source, int) and Path(source).suffix.lower() in IMAGE_SUFFIXES:
        yield from _animation_frames(Path(source))
    else:
        yield from _video_frames(source)


def _check_openable(image: Image.Image, path: Path) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageError(f"{path}: {_too_large()}")
    if min(width, height) < MIN_SIDE:
        raise ImageError(f"{path}: {_too_small(width, height)}")
    frames = getattr(image, "n_frames", 1) if image.format in _ANIMATED_FORMATS else 1
    if frames > 1:
        raise ImageError(
            f"{path}: animated, {frames} frames; read it as a video "
            "(read_frames, or --video on the command line) or save one frame as PNG"
        )


def _as_rgb(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        grey = np.asarray(image, np.float64)
        grey = grey / _white(image.mode, grey.max(initial=0)) * 255
        rgb = np.repeat(grey.clip(0, 255).round().astype(np.uint8)[..., None], 3, axis=2)
        return np.ascontiguousarray(rgb)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.array(image.convert("RGB"))


def _white(mode: str, brightest: float) -> float:
    """The value that stands for white in an image of one deep channel."""
    if mode.startswith("I;16") or brightest > 255:
        return 65535
    return 1 if mode == "F" and brightest <= 1 else 255


def _animation_frames(path: Path) -> Iterator[Frame]:
    try:
        with Image.open(path) as image:
            elapsed = 0
            for index in range(getattr(image, "n_frames", 1)):
                image.seek(index)
                yield Frame(_as_rgb(ImageOps.exif_transpose(image)), index, elapsed)
                elapsed += max(int(image.info.get("duration", 0)), 1)
    except FileNotFoundError:
        raise ImageError(f"{path}: no such file") from None
    except Image.DecompressionBombError:
        raise ImageError(f"{path}: {_too_large()}") from None
    except Exception as error:  # a damaged file can fail in any way inside Pillow
        raise ImageError(f"{path}: damaged animation ({error})") from None


def _video_frames(source: str | Path | int) -> Iterator[Frame]:
    import cv2

    name = f"camera {source}" if isinstance(source, int) else str(source)
    if not isinstance(source, int) and not Path(source).is_file():
        raise ImageError(f"{name}: no such file")
    capture = cv2.VideoCapture(source if isinstance(source, int) else str(source))
    try:
        index, last = 0, -1
        while True:
            ok, bgr = capture.read()
            if not ok:
                break
            last = max(last + 1, int(capture.get(cv2.CAP_PROP_POS_MSEC)))
            yield Frame(np.ascontiguousarray(bgr[..., ::-1]), index, last)
            index += 1
        if index == 0:
            raise ImageError(f"{name}: no frame can be read from it")
    finally:
        capture.release()


def _why_unidentified(path: Path) -> str:
    if path.stat().st_size == 0:
        return "empty file; copy it anew"
    known = ", ".join(sorted(suffix[1:] for suffix in IMAGE_SUFFIXES))
    return f"not an image, whatever its name says; readable are {known}"


def _too_small(width: int, height: int) -> str:
    return f"{width}x{height} pixels are too few; each side needs at least {MIN_SIDE}"


def _too_large() -> str:
    return f"more than {MAX_PIXELS // 1_000_000} megapixels; scale it down first"
