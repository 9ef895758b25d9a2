"""Drawing landmarks and gestures on images."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from handpose.landmarks import Landmarks
from handpose.skeletons import FINGERS, PALM_LOOP

Colour = tuple[int, int, int]

FINGER_COLOURS: dict[str, Colour] = {
    "thumb": (251, 146, 60),
    "index": (250, 204, 21),
    "middle": (74, 222, 128),
    "ring": (56, 189, 248),
    "pinky": (192, 132, 252),
}
PALM_COLOUR: Colour = (241, 245, 249)
INK: Colour = (15, 23, 42)

_SUPERSAMPLING = 3
_SMALLEST_SIDE = 480


def annotate(
    image: NDArray[np.uint8], hands: Landmarks, captions: Sequence[str] = ()
) -> NDArray[np.uint8]:
    """Draw hands, one colour a finger, each with a caption.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
        RGB. A small image is enlarged, so that lines and letters stay sharp.
    hands : Landmarks
    captions : sequence of str, optional
        One for each hand.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        A new image, its longer side at least 480 pixels.
    """
    zoom = max(1.0, _SMALLEST_SIDE / max(image.shape[:2]))
    size = (round(image.shape[1] * zoom), round(image.shape[0] * zoom))
    picture = Image.fromarray(image).resize(size, Image.Resampling.BICUBIC)
    overlay = Image.new("RGBA", (size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING))
    draw = ImageDraw.Draw(overlay)
    for hand in hands[hands.detected]:
        _draw_hand(draw, hand.points[0, :, :2] * zoom * _SUPERSAMPLING, max(size))
    smooth = overlay.resize(size, Image.Resampling.LANCZOS)
    picture = Image.alpha_composite(picture.convert("RGBA"), smooth).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for hand, caption in zip(hands, captions, strict=False):
        if hand.detected[0]:
            _draw_caption(draw, hand.boxes()[0] * zoom, caption, size)
    return np.array(picture)


def _draw_hand(draw: ImageDraw.ImageDraw, xy: NDArray[np.float32], side: int) -> None:
    extent = float((xy.max(0) - xy.min(0)).max())
    width = max(round(extent / 45), round(side / 320) * _SUPERSAMPLING, 2)
    bones = [(pair, PALM_COLOUR) for pair in PALM_LOOP]
    for finger, joints in FINGERS.items():
        bones += [((a, b), FINGER_COLOURS[finger]) for a, b in pairwise(joints)]
    for outline, colour_of in ((width * 2, lambda _: INK), (width, lambda colour: colour)):
        for (a, b), colour in bones:
            draw.line([*xy[a], *xy[b]], fill=colour_of(colour), width=outline)
    for joint, colour in _joint_colours().items():
        _draw_joint(draw, xy[joint], width * 1.5, colour)


def _joint_colours() -> dict[int, Colour]:
    return {0: PALM_COLOUR} | {
        joint: FINGER_COLOURS[finger] for finger, joints in FINGERS.items() for joint in joints
    }


def _draw_joint(
    draw: ImageDraw.ImageDraw, xy: NDArray[np.float32], radius: float, colour: Colour
) -> None:
    box = [xy[0] - radius, xy[1] - radius, xy[0] + radius, xy[1] + radius]
    draw.ellipse(box, fill=colour, outline=INK, width=max(round(radius / 3), 1))


def _draw_caption(
    draw: ImageDraw.ImageDraw, box: NDArray[np.float32], caption: str, size: tuple[int, int]
) -> None:
    font = ImageFont.load_default(max(14, round(max(size) / 26)))
    left, top, right, bottom = draw.textbbox((0, 0), caption, font=font)
    width, height = right - left, bottom - top
    pad = round(height * 0.45)
    x = float(np.clip((box[0] + box[2] - width) / 2, pad, max(size[0] - width - pad, pad)))
    y = float(box[1]) - height - 3 * pad
    y = float(np.clip(y, pad, max(size[1] - height - pad, pad)))
    plate = [x - pad, y - pad, x + width + pad, y + height + pad]
    draw.rounded_rectangle(plate, radius=pad, fill=INK)
    draw.text((x - left, y - top), caption, font=font, fill=(255, 255, 255))
