"""Make docs/letters.png: the American manual alphabet as drawn landmarks, J and Z with their way.

    python -m scripts.draw_letters

The hands are those of `asl_alphabet_landmarks` (CC0; J and Z of `asl_sequences`, MIT), which are
read from the folder that HANDPOSE_DATA names. Of each held letter the hand nearest to the mean is
drawn; no photo is used.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import handpose as hp
from handpose.drawing.plates import text_plate
from handpose.drawing.skeletons import draw_skeleton
from handpose.features.normalize import normalize
from handpose.images.saving import save_picture
from scripts.asl_letters import MOVED, held_letters, moved_letters

ROOT = Path(__file__).parents[1]
CELL, COLUMNS, EDGE = 150, 9, 22
GROUND = (30, 41, 59)
WAY = (248, 113, 113)
"""Colour of the way of the finger that draws."""
TIPS = {"j": 20, "z": 8}
"""Which landmark draws: the little finger's tip, the forefinger's."""


def main() -> None:
    """Draw the alphabet."""
    sequences = hp.load_dataset("asl_sequences")
    held = held_letters(sequences[:0], hp.load_dataset("asl_alphabet_landmarks"))
    moved = moved_letters(sequences)
    cells = []
    for letter in "abcdefghijklmnopqrstuvwxyz":
        cells.append(moving(letter, moved) if letter in MOVED else still(letter, held))
    blank = np.full_like(cells[0], GROUND)
    cells += [blank] * (-len(cells) % COLUMNS)
    rows = [np.hstack(cells[i : i + COLUMNS]) for i in range(0, len(cells), COLUMNS)]
    from PIL import Image

    save_picture(Image.fromarray(np.vstack(rows)), ROOT / "docs" / "letters.png")


def still(letter: str, held: hp.Dataset) -> NDArray[np.uint8]:
    """The hand that is nearest to the mean of a letter."""
    hands = held.X[held.y == letter]
    shapes = normalize(hands.points[..., :2], hands.handedness)
    far = np.linalg.norm(shapes - np.median(shapes, axis=0), axis=-1).mean(-1)
    return drawn(letter, shapes[[int(far.argmin())]])


def moving(letter: str, moved: hp.Dataset) -> NDArray[np.uint8]:
    """The take whose way is nearest to the median length of those of a letter."""
    takes = [m for m, y in zip(moved.X, moved.y, strict=True) if y == letter and m.seen.all()]
    ways = [
        np.linalg.norm(np.diff(m.points[:, 0, TIPS[letter], :2], axis=0), axis=1).sum()
        for m in takes
    ]
    take = takes[int(np.argsort(ways)[len(ways) // 2])]
    points = take.points[:, 0, :, :2].copy()
    if take.handedness == "Left":
        points[..., 0] *= -1
    size = np.linalg.norm(points[:, 9] - points[:, 0], axis=1).max()
    return drawn(letter, (points - points[0, 0]) / size, TIPS[letter])


def drawn(letter: str, frames: NDArray[np.floating], tip: int | None = None) -> NDArray[np.uint8]:
    """A cell: the last of the frames, the way of a tip, the letter."""
    picture = np.full((CELL, CELL, 3), GROUND, np.uint8)
    low, high = frames.min((0, 1)), frames.max((0, 1))
    scale = (CELL - 2 * EDGE) / max((high - low).max(), 1e-6)
    placed = (frames - (low + high) / 2) * scale + CELL / 2
    if tip is not None:
        way = np.round(placed[:, tip] * 16).astype(np.int32)
        cv2.polylines(picture, [way], False, WAY, 3, cv2.LINE_AA, shift=4)
        cv2.circle(picture, tuple((way[-1] // 16).tolist()), 5, WAY, -1, cv2.LINE_AA)
    draw_skeleton(picture, placed[0 if tip is not None else -1])
    text_plate(letter.upper(), 22).paste(picture, 6, 4)
    return picture


if __name__ == "__main__":
    main()
