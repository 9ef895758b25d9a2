"""Skeletons: the names of landmarks, the edges between them, and what a mirror does to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise


class HandLandmark(IntEnum):
    """The 21 landmarks of a hand, in MediaPipe's order."""

    WRIST = 0
    THUMB_CMC = 1
    THUMB_MCP = 2
    THUMB_IP = 3
    THUMB_TIP = 4
    INDEX_FINGER_MCP = 5
    INDEX_FINGER_PIP = 6
    INDEX_FINGER_DIP = 7
    INDEX_FINGER_TIP = 8
    MIDDLE_FINGER_MCP = 9
    MIDDLE_FINGER_PIP = 10
    MIDDLE_FINGER_DIP = 11
    MIDDLE_FINGER_TIP = 12
    RING_FINGER_MCP = 13
    RING_FINGER_PIP = 14
    RING_FINGER_DIP = 15
    RING_FINGER_TIP = 16
    PINKY_MCP = 17
    PINKY_PIP = 18
    PINKY_DIP = 19
    PINKY_TIP = 20


class BodyLandmark(IntEnum):
    """The 33 landmarks of a body, in MediaPipe's order; left and right are the person's own."""

    NOSE = 0
    LEFT_EYE_INNER = 1
    LEFT_EYE = 2
    LEFT_EYE_OUTER = 3
    RIGHT_EYE_INNER = 4
    RIGHT_EYE = 5
    RIGHT_EYE_OUTER = 6
    LEFT_EAR = 7
    RIGHT_EAR = 8
    MOUTH_LEFT = 9
    MOUTH_RIGHT = 10
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_PINKY = 17
    RIGHT_PINKY = 18
    LEFT_INDEX = 19
    RIGHT_INDEX = 20
    LEFT_THUMB = 21
    RIGHT_THUMB = 22
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


FINGERS: dict[str, tuple[int, int, int, int]] = {
    "thumb": (1, 2, 3, 4),
    "index": (5, 6, 7, 8),
    "middle": (9, 10, 11, 12),
    "ring": (13, 14, 15, 16),
    "pinky": (17, 18, 19, 20),
}
"""The four landmarks of each finger, from the palm to the tip."""

PALM_LOOP: tuple[tuple[int, int], ...] = ((0, 1), (0, 5), (5, 9), (9, 13), (13, 17), (0, 17))

PALM: tuple[int, ...] = (0, 5, 9, 13, 17)
"""The wrist and the four knuckles: what a palm's size and place are taken from."""

PALM_TRIANGLE: tuple[int, ...] = (0, 5, 17)
"""The wrist and the outer knuckles, whose centre is that of the palm in features."""

HAND_CONNECTIONS: tuple[tuple[int, int], ...] = tuple(
    sorted(PALM_LOOP + tuple(bone for joints in FINGERS.values() for bone in pairwise(joints)))
)
"""The 21 edges that MediaPipe draws: the palm's loop and three bones a finger."""


@dataclass(frozen=True)
class Skeleton:
    """A set of named landmarks.

    Parameters
    ----------
    name : str
        What the skeleton describes.
    landmarks : tuple of str
        Names, in the order of the points.
    edges : tuple of (int, int)
        Pairs of landmarks that are drawn as a line.
    mirror : tuple of int, optional
        ``mirror[i]`` is the landmark that takes the place of ``i`` when the image is mirrored. A
        hand keeps its order (it becomes the other hand); a face swaps its eyes.
    """

    name: str
    landmarks: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]
    mirror: tuple[int, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.mirror:
            object.__setattr__(self, "mirror", tuple(range(len(self.landmarks))))

    def __len__(self) -> int:
        return len(self.landmarks)


HAND = Skeleton("hand", tuple(landmark.name for landmark in HandLandmark), HAND_CONNECTIONS)
FACE4 = Skeleton(
    "face4",
    ("LEFT_EYE", "RIGHT_EYE", "NOSE", "MOUTH"),
    ((0, 1), (0, 2), (1, 2), (2, 3)),
    mirror=(1, 0, 2, 3),
)

_BODY_CHAINS = (
    *((8, 6, 5, 4, 0, 1, 2, 3, 7), (10, 9), (12, 11), (24, 23), (11, 23), (12, 24)),
    *((11, 13, 15, 17, 19, 15, 21), (12, 14, 16, 18, 20, 16, 22)),
    *((23, 25, 27, 29, 31, 27), (24, 26, 28, 30, 32, 28)),
)
BODY = Skeleton(
    "body",
    tuple(landmark.name for landmark in BodyLandmark),
    tuple(edge for chain in _BODY_CHAINS for edge in pairwise(chain)),
    mirror=(0, 4, 5, 6, 1, 2, 3, *(i + 1 if i % 2 else i - 1 for i in range(7, len(BodyLandmark)))),
)
