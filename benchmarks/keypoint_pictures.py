"""A grid of rendered hands with the points that a network placed on them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from handpose.extractors.keypoint_net import KeypointNet

from keypoint_crops import Crops  # isort: skip

ENLARGED = 2
TRUE, FOUND = (60, 200, 90), (235, 70, 60)


def draw_grid(crops: Crops, net: KeypointNet, path: Path, rows: int = 3, columns: int = 8) -> None:
    """Draw the first crops: the true skeleton green, the found one red."""
    shown = crops[np.arange(min(rows * columns, len(crops)))]
    side = shown.images.shape[1] * ENLARGED
    grid = Image.new("RGB", (columns * side, rows * side))
    found = net.predict(shown.images)
    for i, image in enumerate(shown.images):
        tile = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC).convert("RGB")
        draw = ImageDraw.Draw(tile)
        for points, colour in ((shown.points[i], TRUE), (found[i], FOUND)):
            scaled = points * ENLARGED
            for first, second in net.skeleton.edges:
                draw.line([*scaled[first], *scaled[second]], fill=colour, width=2)
        grid.paste(tile, (i % columns * side, i // columns * side))
    grid.quantize(96).save(path, optimize=True)
