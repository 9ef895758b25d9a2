"""`read_frames`: any source as one stream of frames."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from handpose.errors import ImageError
from handpose.images.addresses import is_address
from handpose.images.animations import animation_frames, animation_rate
from handpose.images.arrays import Picture, array_frames
from handpose.images.camera import Camera
from handpose.images.folders import folder_frames
from handpose.images.formats import HEIC_SUFFIXES, IMAGE_SUFFIXES, suffix_of
from handpose.images.frame import DEFAULT_RATE, Frame, checked_rate
from handpose.images.videos import video_frames, video_rate

Source: TypeAlias = "int | str | os.PathLike[str] | Iterable[Picture]"


def read_frames(source: Source, *, fps: float = DEFAULT_RATE) -> Iterator[Frame]:
    """Read a camera, a video, a stream, an animated image, a folder or arrays, frame by frame.

    A file never loses a frame. A camera always gives its newest frame: those that come faster than
    they are read are skipped, see `Frame.dropped`. What was opened is closed again when the
    iterator ends, is closed or is forgotten.

    Parameters
    ----------
    source : int, str, Path or iterable
        The number of a camera; a video file; the address of a stream (``rtsp://``, ``http://``,
        ``udp://``, ...); an animated GIF, WebP or PNG; a folder of numbered pictures; or an
        iterable of images (arrays, PIL images), of (image, timestamp in milliseconds) or of frames.
    fps : float, default=30
        Frames per second of a folder and of images without timestamps; all else has its own times.

    Yields
    ------
    Frame

    Raises
    ------
    ImageError
        If the source cannot be opened, holds no frame or is damaged.
    """
    fps = checked_rate(fps)
    if isinstance(source, (int, np.integer)) and not isinstance(source, bool):
        yield from Camera(int(source))
    elif is_address(source):
        yield from video_frames(str(source))
    elif isinstance(source, (str, os.PathLike)):
        yield from _file_frames(Path(source), fps)
    elif isinstance(source, np.ndarray) and source.ndim < 4:
        raise ImageError("a single array is not a sequence of images; give a list of arrays")
    elif isinstance(source, Iterable):
        yield from array_frames(source, fps)
    else:
        raise ImageError(_unknown(source))


def frame_rate(source: Source) -> float:
    """Frames per second that a source states, for a `VideoRecorder` of what it shows.

    Parameters
    ----------
    source : int, str, Path or iterable
        See `read_frames`.

    Returns
    -------
    float
        Of a video, a stream or an animation, on average; 30 of all else and where it is unknown.

    Raises
    ------
    ImageError
        If a file is missing or a damaged animation.
    """
    if is_address(source):
        return video_rate(str(source)) or DEFAULT_RATE
    if not isinstance(source, (str, os.PathLike)) or Path(source).is_dir():
        return DEFAULT_RATE
    path = Path(source)
    rate = animation_rate(path) if _is_image(path) else video_rate(path)
    return rate or DEFAULT_RATE


def _file_frames(path: Path, fps: float) -> Iterator[Frame]:
    if path.is_dir():
        return folder_frames(path, fps)
    return animation_frames(path) if _is_image(path) else video_frames(path)


def _is_image(path: Path) -> bool:
    return suffix_of(path) in IMAGE_SUFFIXES | HEIC_SUFFIXES


def _unknown(source: Any) -> str:
    return (
        f"frames cannot be read from {type(source).__name__}; use the number of a camera, the path "
        "of a video, an animated image or a folder of pictures, the address of a stream, or an "
        "iterable of RGB arrays"
    )
