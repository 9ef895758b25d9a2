"""What the page and the server say to each other: a frame goes up, what it shows comes back.

A message of the page is binary: the length of its head (4 bytes, little endian), the head (JSON,
see `FrameHead`), and a JPEG.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from handpose.containers.landmarks import Landmarks
from handpose.errors import HandposeError
from handpose.recognition import VideoRecognition

MAX_MESSAGE = 2**22
"""Bytes of a message: a camera's frame of 1280 x 720 has about 200,000."""
MAX_HEAD = 1000
MAX_FRAME_PIXELS = 2_100_000
"""Of a frame: 1920 x 1080. A small JPEG may claim to be a huge picture."""

Mode = Literal["watch", "collect", "take", "try"]
_MODES = ("watch", "collect", "take", "try")


class FrameError(HandposeError, ValueError):
    """A message is not a frame."""


@dataclass(frozen=True)
class FrameHead:
    """What the page wants of a frame.

    Attributes
    ----------
    id : int
        Comes back with the answer.
    mode : {"watch", "collect", "take", "try"}
        Find the hand; keep the frame if it shows something new; record takes of a motion, with a
        pause before each; recognise it.
    label, subject : str
        Of what is collected.
    """

    id: int
    mode: Mode = "watch"
    label: str = ""
    subject: str = ""


def read_frame(message: bytes) -> tuple[FrameHead, bytes]:
    """Take a message apart.

    Raises
    ------
    FrameError
        If it is not of that form.
    """
    if len(message) < 4:
        raise FrameError("the message is too short for a frame")
    (length,) = struct.unpack_from("<I", message)
    if not 0 < length <= MAX_HEAD or len(message) < 4 + length:
        raise FrameError("the message has no valid head")
    try:
        head = json.loads(message[4 : 4 + length])
    except ValueError:
        raise FrameError("the head of the message is not JSON") from None
    return _checked_head(head), message[4 + length :]


def write_frame(head: dict[str, Any], jpeg: bytes) -> bytes:
    """What the page sends; the other way round."""
    text = json.dumps(head).encode()
    return struct.pack("<I", len(text)) + text + jpeg


def decode_jpeg(content: bytes) -> NDArray[np.uint8]:
    """A frame as RGB.

    Raises
    ------
    FrameError
        If it is not a JPEG, or has too many pixels.
    """
    import cv2

    try:
        with Image.open(BytesIO(content), formats=("JPEG",)) as image:
            width, height = image.size
    except Exception:  # a damaged file can fail in any way inside Pillow
        raise FrameError("the frame is not a JPEG that can be read") from None
    if width * height > MAX_FRAME_PIXELS or min(width, height) < 16:
        raise FrameError(f"a frame of {width} x {height} pixels; 640 x 480 is best")
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise FrameError("the frame is a damaged JPEG")
    return cast("NDArray[np.uint8]", cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB))


def hands_as_json(hands: Landmarks) -> list[dict[str, Any]]:
    """Points and side of each hand."""
    found = hands[hands.detected]
    return [
        {"points": points[:, :2].round(1).tolist(), "side": side}
        for points, side in zip(found.points, found.handedness.tolist(), strict=True)
    ]


def recognition_as_json(seen: VideoRecognition) -> list[dict[str, Any]]:
    """Points, side and motion of each hand; its gesture and scores, if a model names any."""
    if not seen.labels:
        found = hands_as_json(seen.hands)
        motions = zip(found, seen, strict=False)
        return [hand | {"motion": each.motion} for hand, each in motions]
    return [
        {
            "motion": hand.motion,
            "points": hand.landmarks.points[0, :, :2].round(1).tolist(),
            "side": hand.handedness,
            "gesture": hand.gesture,
            "steady": hand.steady_gesture,
            "score": round(float(hand.score), 3),
            "scores": dict(zip(seen.labels, row.round(3).tolist(), strict=True)),
        }
        for hand, row in zip(seen, seen.probabilities, strict=True)
    ]


def _checked_head(head: Any) -> FrameHead:
    if not isinstance(head, dict) or not set(head) <= {"id", "mode", "label", "subject"}:
        raise FrameError("the head of a message has id, mode, label and subject")
    number, mode = head.get("id"), head.get("mode", "watch")
    if not isinstance(number, int) or isinstance(number, bool):
        raise FrameError("the id of a frame is a whole number")
    if mode not in _MODES:
        raise FrameError(f"the mode of a frame is one of {', '.join(_MODES)}")
    names = head.get("label", ""), head.get("subject", "")
    if not all(isinstance(name, str) for name in names):
        raise FrameError("label and subject are text")
    return FrameHead(number, mode, *names)
