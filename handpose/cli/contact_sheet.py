"""A picture with examples of every label of a data set."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageOps

from handpose.containers.landmarks import N_LANDMARKS, Landmarks
from handpose.containers.motion import Motion, Motions
from handpose.datasets import DATASETS, Dataset, photo_folder
from handpose.datasets.registry import known_dataset
from handpose.drawing import annotate
from handpose.extraction import load_dataset
from handpose.images import read_image

_CELL, _GAP, _MARGIN = 160, 6, 150
_PAPER, _INK = (255, 255, 255), (31, 41, 51)
_PLATE = (226, 232, 240)
_SIDE = 480
_STILL = 0.05
"""Heights of the image: a track that is smaller is not drawn larger than this."""


def contact_sheet(name: str, columns: int) -> Image.Image:
    """Draw a row of examples for each label.

    Examples are spread over the data set, so that they show different people.

    Parameters
    ----------
    name : str
        A key of `DATASETS`.
    columns : int

    Raises
    ------
    UnknownNameError, DatasetError
        If there is no such data set, or it is not on this machine.
    """
    known_dataset(name)
    dataset = load_dataset(name)
    kinds = dataset.y if dataset.y.ndim == 1 else dataset.groups  # points of faces are no labels
    labels = sorted(set(kinds.tolist()) - {""})
    size = (_MARGIN + columns * (_CELL + _GAP), len(labels) * (_CELL + _GAP) + _GAP)
    sheet = Image.new("RGB", size, _PAPER)
    font = ImageFont.load_default(20)
    for row, label in enumerate(labels):
        y = _GAP + row * (_CELL + _GAP)
        text = ImageDraw.Draw(sheet)
        text.text((12, y + _CELL / 2), label, font=font, fill=_INK, anchor="lm")
        for column, index in enumerate(_examples(kinds, label, columns)):
            cell = ImageOps.fit(_picture(dataset[index]), (_CELL, _CELL))
            sheet.paste(cell, (_MARGIN + column * (_CELL + _GAP), y))
    return sheet


def _examples(labels: NDArray[np.str_], label: str, count: int) -> list[int]:
    rows = np.flatnonzero(labels == label)
    chosen = np.linspace(0, len(rows) - 1, min(count, len(rows)))
    return [int(rows[round(i)]) for i in chosen]


def _picture(example: Dataset) -> Image.Image:
    if DATASETS[example.name].photos:
        image = read_image(photo_folder(example.name) / str(example.paths[0]))
        return Image.fromarray(annotate(image, example.X))
    if isinstance(example.X, Motions):
        (motion,) = example.X
        return _moving(motion)
    if isinstance(example.X, Landmarks):
        return _drawing(example.X)
    return _face(example.X[0], example.y[0])


def _moving(motion: Motion) -> Image.Image:
    """The track of one point, the later the darker; of a hand, how it is in the middle."""
    slot = int(motion.seen.sum(0).argmax())
    points = motion.points[motion.seen[:, slot], slot]
    if not len(points):
        return Image.new("RGB", (_SIDE, _SIDE), _PLATE)
    if motion.n_points == N_LANDMARKS:
        return _drawing(Landmarks(points[[len(points) // 2]]))
    picture = Image.new("RGB", (_SIDE, _SIDE), _PLATE)
    low, high = points.min((0, 1))[:2], points.max((0, 1))[:2]
    track = (points[:, 0, :2] - (low + high) / 2) * 0.8 * _SIDE / max(*(high - low), _STILL)
    for share, (x, y) in zip(np.linspace(0.4, 1, len(track)), track + _SIDE / 2, strict=True):
        colour = tuple(round(p + share * (i - p)) for p, i in zip(_PLATE, _INK, strict=True))
        ImageDraw.Draw(picture).ellipse((x - 9, y - 9, x + 9, y + 9), fill=colour)
    return picture


def _face(image: NDArray[np.uint8], points: NDArray[np.float32]) -> Image.Image:
    picture = Image.fromarray(image).convert("RGB")
    for x, y in points:
        ImageDraw.Draw(picture).ellipse((x - 2, y - 2, x + 2, y + 2), outline=(255, 80, 0))
    return picture


def _drawing(hand: Landmarks) -> Image.Image:
    """The landmarks alone, fitted into a square."""
    x0, y0, x1, y1 = hand.boxes()[0]
    scale = 0.8 * _SIDE / max(x1 - x0, y1 - y0)
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2, 0])
    fitted = Landmarks((hand.points - centre) * scale + [_SIDE / 2, _SIDE / 2, 0])
    return Image.fromarray(annotate(np.full((_SIDE, _SIDE, 3), _PLATE, np.uint8), fitted))
