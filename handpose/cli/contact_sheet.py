"""A picture with examples of every label of a data set."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from handpose.containers.landmarks import Landmarks
from handpose.datasets import DATASETS, Dataset, photo_folder
from handpose.datasets.registry import known_dataset
from handpose.drawing import annotate
from handpose.extraction import load_dataset
from handpose.images import read_image

_CELL, _GAP, _MARGIN = 160, 6, 150
_PAPER, _INK = (255, 255, 255), (31, 41, 51)
_PLATE = (226, 232, 240)


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
    labels = dataset.label_names
    size = (_MARGIN + columns * (_CELL + _GAP), len(labels) * (_CELL + _GAP) + _GAP)
    sheet = Image.new("RGB", size, _PAPER)
    font = ImageFont.load_default(20)
    for row, label in enumerate(labels):
        y = _GAP + row * (_CELL + _GAP)
        text = ImageDraw.Draw(sheet)
        text.text((12, y + _CELL / 2), label, font=font, fill=_INK, anchor="lm")
        for column, index in enumerate(_examples(dataset, label, columns)):
            cell = ImageOps.fit(_picture(dataset[index]), (_CELL, _CELL))
            sheet.paste(cell, (_MARGIN + column * (_CELL + _GAP), y))
    return sheet


def _examples(dataset: Dataset, label: str, count: int) -> list[int]:
    rows = np.flatnonzero(dataset.y == label)
    chosen = np.linspace(0, len(rows) - 1, min(count, len(rows)))
    return [int(rows[round(i)]) for i in chosen]


def _picture(example: Dataset) -> Image.Image:
    if DATASETS[example.name].photos:
        image = read_image(photo_folder(example.name) / str(example.paths[0]))
        return Image.fromarray(annotate(image, example.X))
    return _drawing(example.X)


def _drawing(hand: Landmarks) -> Image.Image:
    """The landmarks alone, fitted into a square."""
    side = 480
    x0, y0, x1, y1 = hand.boxes()[0]
    scale = 0.8 * side / max(x1 - x0, y1 - y0)
    centre = np.array([(x0 + x1) / 2, (y0 + y1) / 2, 0])
    fitted = Landmarks((hand.points - centre) * scale + [side / 2, side / 2, 0])
    return Image.fromarray(annotate(np.full((side, side, 3), _PLATE, np.uint8), fitted))
