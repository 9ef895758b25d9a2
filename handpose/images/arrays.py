"""Arrays from Python code, frame by frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import isfinite
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from handpose.errors import ImageError
from handpose.images.frame import DEFAULT_RATE, Frame, check_same_size, timestamp_at
from handpose.images.stills import as_rgb

Picture: TypeAlias = "NDArray[np.uint8] | tuple[NDArray[np.uint8], float] | Frame"
"""An image (see `as_rgb`), an image and its timestamp in milliseconds, or a frame."""


def array_frames(pictures: Iterable[Picture], fps: float = DEFAULT_RATE) -> Iterator[Frame]:
    """Make frames of what an iterable gives, one at a time, so that it may be endless.

    Parameters
    ----------
    pictures : iterable of ndarray, of (ndarray, timestamp in milliseconds) or of Frame
        Timestamps and frames are kept as they are.
    fps : float, default=30
        Frames per second of arrays without a timestamp.

    Yields
    ------
    Frame

    Raises
    ------
    ImageError
        If a picture is not an image, differs in size from the first or has a timestamp that does
        not grow (the message has the number of the frame), or if there is none.
    """
    shape, last = None, -1
    for index, picture in enumerate(pictures):
        frame = _as_frame(picture, index, fps)
        if frame.timestamp_ms <= last:
            raise ImageError(_not_growing(index, frame.timestamp_ms, last))
        shape = shape or frame.rgb.shape
        check_same_size(frame.rgb, shape, f"frame {index}")
        last = frame.timestamp_ms
        yield frame
    if shape is None:
        raise ImageError("no frame can be read from an empty iterable of pictures")


def _as_frame(picture: Any, index: int, fps: float) -> Frame:
    if isinstance(picture, Frame):
        rgb = _checked(picture.rgb, index)
        return picture if rgb is picture.rgb else replace(picture, rgb=rgb)
    if isinstance(picture, tuple) and len(picture) == 2:
        rgb, time = picture
        return Frame(_checked(rgb, index), index, _milliseconds(time, index))
    return Frame(_checked(picture, index), index, timestamp_at(index, fps))


def _checked(rgb: Any, index: int) -> NDArray[np.uint8]:
    try:
        return as_rgb(rgb)
    except ImageError as error:
        raise ImageError(f"frame {index}: {error}") from None


def _milliseconds(time: Any, index: int) -> int:
    number = isinstance(time, (int, float, np.integer, np.floating)) and not isinstance(time, bool)
    if not number or not isfinite(time):
        raise ImageError(f"frame {index}: a timestamp is a number of milliseconds, not {time!r}")
    return round(float(time))


def _not_growing(index: int, timestamp: int, last: int) -> str:
    if timestamp < 0:
        return f"frame {index}: its timestamp is {timestamp} ms; timestamps start at 0 or later"
    return (
        f"frame {index}: its timestamp is {timestamp} ms, but that of the frame before is {last} "
        "ms; timestamps must grow by at least a millisecond"
    )
