"""The picture of a live view: hands, captions, score bars, speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from handpose.containers.skeletons import HAND, Skeleton
from handpose.drawing.annotate import caption_above, enlarged
from handpose.drawing.plates import ground_plate, text_plate
from handpose.drawing.skeletons import Colour, draw_skeleton

BAR: Colour = (100, 116, 139)
SHOWN_BAR: Colour = (74, 222, 128)
FAINT: Colour = (203, 213, 225)

_BARS = 3
_CARD_WIDTH, _LINE, _EDGE = 176, 20, 10
"""Pixels in a picture whose shorter side has 480."""


@dataclass(frozen=True)
class Shown:
    """What a live view shows of one hand or face.

    Attributes
    ----------
    points : ndarray of shape (k, 2)
        Pixels of the image that was recognised.
    gesture : str or None
        Written above it.
    title : str
        Such as ``"right hand"``.
    scores : mapping of str to float
        Probability of each gesture; empty for no bars.
    skeleton : Skeleton
        Of the k points.
    motion : str or None
        Written behind the gesture.
    point_scores : ndarray of shape (k,), optional
        How sure each point is, 0 to 1, NaN where unknown: see `draw_skeleton`.
    """

    points: NDArray[np.floating]
    gesture: str | None = None
    title: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
    skeleton: Skeleton = HAND
    motion: str | None = None
    point_scores: NDArray[np.floating] | None = None


def draw_live_view(
    image: NDArray[np.uint8],
    hands: Sequence[Shown],
    *,
    status: str = "",
    hint: str = "",
    banner: str = "",
    mirror: bool = False,
) -> NDArray[np.uint8]:
    """Draw what a live view shows.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        RGB, as it was recognised.
    hands : sequence of Shown
    status : str, optional
        Top left, such as the frame rate.
    hint : str, optional
        Top right, such as the keys.
    banner : str, optional
        Large, in the middle of the lower edge.
    mirror : bool, default=False
        Whether to show the picture as a mirror does; letters stay readable.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        A new image, its longer side at least 480 pixels.
    """
    seen = np.asarray(cv2.flip(image, 1), np.uint8) if mirror else image
    picture, zoom = enlarged(seen)
    unit = min(picture.shape[:2]) / 480
    for hand in hands:
        points = hand.points * zoom
        if mirror:
            points[:, 0] = picture.shape[1] - points[:, 0]
        draw_skeleton(picture, points, hand.skeleton, hand.point_scores)
        caption = " · ".join(name for name in (hand.gesture, hand.motion) if name)
        if caption:
            caption_above(picture, points, caption)
    for place, hand in enumerate(hand for hand in hands if hand.scores):
        _card(picture, hand, place, unit)
    _texts(picture, status, hint, banner, unit)
    return picture


def _texts(picture: NDArray[np.uint8], status: str, hint: str, banner: str, unit: float) -> None:
    size, edge = max(11, round(14 * unit)), round(_EDGE * unit)
    if status:
        text_plate(status, size, opacity=0.75).paste(picture, edge, edge)
    if hint:
        plate = text_plate(hint, size, colour=FAINT, opacity=0.75)
        plate.paste(picture, picture.shape[1] - plate.width - edge, edge)
    if banner:
        plate = text_plate(banner, 2 * size, opacity=0.75)
        below = picture.shape[0] - plate.height - 2 * edge
        plate.paste(picture, (picture.shape[1] - plate.width) / 2, below)


def _card(picture: NDArray[np.uint8], hand: Shown, place: int, unit: float) -> None:
    """Title and the most probable gestures of a hand, along the lower edge."""
    width, line, edge = (round(v * unit) for v in (_CARD_WIDTH, _LINE, _EDGE))
    best = sorted(hand.scores.items(), key=lambda item: -item[1])[:_BARS]
    height = line * (len(best) + 1) + edge
    left, top = edge + place * (width + edge), picture.shape[0] - height - edge
    ground_plate(width, height, radius=edge).paste(picture, left, top)
    size = max(10, round(13 * unit))
    inside = left + edge
    text_plate(hand.title, size, colour=FAINT, opacity=0).paste(picture, inside, top + edge / 3)
    for row, (gesture, score) in enumerate(best, start=1):
        y = top + row * line + edge / 3
        colour = SHOWN_BAR if gesture == hand.gesture else BAR
        _bar(picture, (inside, y, width - 2 * edge, line), score, colour)
        text_plate(gesture, size, opacity=0).paste(picture, inside + edge / 2, y)
        number = text_plate(f"{score:.2f}", size, opacity=0)
        number.paste(picture, left + width - 1.5 * edge - number.width, y)


def _bar(
    picture: NDArray[np.uint8], box: tuple[float, float, float, float], share: float, colour: Colour
) -> None:
    """A bar of a share of a box's width, half transparent, so that text on it is readable."""
    x, y, width, height = box
    rows = slice(max(round(y), 0), max(round(y + height - 2), 0))
    ground = picture[rows, round(x) : round(x + max(width * share, 1))]
    if ground.size:
        cv2.addWeighted(ground, 0.35, np.full_like(ground, colour), 0.65, 0, dst=ground)
