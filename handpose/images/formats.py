"""Which files are pictures and videos, by their names and by their first bytes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath

from handpose.errors import ImageError
from handpose.system.extras import is_installed

IMAGE_SUFFIXES = frozenset(
    {
        *(".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".png"),
        *(".pgm", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
    }
)
"""Pictures that every installation reads."""

HEIC_SUFFIXES = frozenset({".heic", ".heif", ".hif"})
"""Pictures that are read with the extra ``heic``."""

HEIC_REMEDY = 'install the reader of HEIC photos, pip install "handpose[heic]", or save as JPEG'
JPEG_REMEDY = "save as JPEG or PNG"

FOREIGN_SUFFIXES = frozenset(
    {
        *(".arw", ".cr2", ".cr3", ".dng", ".nef", ".orf", ".raf", ".rw2"),  # raw photos
        *(".eps", ".heics", ".ico", ".jp2", ".jxl", ".pdf", ".psd", ".svg", ".tga"),
    }
)
"""Pictures that nothing here reads."""

VIDEO_SUFFIXES = frozenset(
    {
        *(".3g2", ".3gp", ".asf", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4"),
        *(".mpeg", ".mpg", ".mts", ".ogv", ".ts", ".webm", ".wmv"),
    }
)

_FIRST_BYTES = 64
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_STARTS = {
    b"version https://git-lfs": "Git LFS pointer, not the picture itself; run: git lfs pull",
    b"%PDF": f"PDF document, not an image; {JPEG_REMEDY}",
    b"\x00\x00\x00\x0cJXL ": f"JPEG XL picture; {JPEG_REMEDY}",
    b"\xff\x0a": f"JPEG XL picture; {JPEG_REMEDY}",
    b"8BPS": f"Photoshop picture; {JPEG_REMEDY}",
    b"<!doctype html": "web page, not the picture itself; download it again",
    b"<html": "web page, not the picture itself; download it again",
    b"<svg": f"SVG drawing; {JPEG_REMEDY}",
    b"%!PS": f"PostScript drawing; {JPEG_REMEDY}",
}


def by_suffix(path: Path, known: Mapping[str, str], what: str) -> str:
    """The entry of a path's suffix in a table of formats that can be written.

    Raises
    ------
    ImageError
        If the suffix is not in it.
    """
    suffix = suffix_of(path)
    if suffix not in known:
        raise ImageError(
            f"{path}: {what} is written as {', '.join(sorted(known))}, "
            f"not as {suffix or 'a file without suffix'}"
        )
    return known[suffix]


def heic_is_readable() -> bool:
    """Whether the extra ``heic`` is installed."""
    return is_installed("pillow_heif")


def suffix_of(name: str | PurePath) -> str:
    """The suffix in small letters, with its dot."""
    return PurePath(name).suffix.lower()


def is_heic(path: Path) -> bool:
    """Whether a file begins like a HEIC photo; its name is ignored."""
    brands = _brands(path)
    return bool(brands & _HEIC_BRANDS) and not brands & _AVIF_BRANDS


def is_avif(path: Path) -> bool:
    """Whether a file begins like an AVIF photo; its name is ignored."""
    return bool(_brands(path) & _AVIF_BRANDS)


def what_it_is(path: Path) -> str:
    """What kind of file this is instead of a picture, with the remedy; ``""`` where unknown."""
    start = _first_bytes(path)
    for magic, description in _STARTS.items():
        if start[: len(magic)].lower() == magic.lower():
            return description
    if not _brands(path):
        return ""
    named = "" if suffix_of(path) in VIDEO_SUFFIXES else ", once it is named .mp4"
    return f"video, not an image; stream() and events() read it{named}"


def _brands(path: Path) -> frozenset[bytes]:
    """The brands that a file of the MP4 family names; none for all others."""
    start = _first_bytes(path)
    if start[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(start[:4], "big"), len(start))
    return frozenset(start[i : i + 4] for i in (8, *range(16, end - 3, 4)))


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_FIRST_BYTES)
