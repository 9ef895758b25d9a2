"""Make docs/point_scores.jpg: a rendered hand, then partly covered, drawn with its point scores.

python -m scripts.draw_point_scores
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from handpose.drawing import annotate
from handpose.extractors.native import NativeExtractor
from handpose.images import read_image

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "datasets" / "rendered_hands" / "5" / "render0.jpg"
WOOD = (121, 85, 61)


def covered(image: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The picture with a plank over the fingertips of ring finger and pinky."""
    picture, side = image.copy(), np.ptp(points, axis=0).max()
    middle = points[[15, 19]].mean(0)
    along = points[19] - points[15]
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    corners = cv2.boxPoints((middle.tolist(), (0.75 * side, 0.26 * side), angle))
    cv2.fillPoly(picture, [corners.astype(np.int32)], WOOD, cv2.LINE_AA)
    return picture


def main() -> None:
    """Draw both pictures side by side."""
    image = read_image(PICTURE)
    with NativeExtractor(threads=1, precision="f32", point_scores="thorough") as extractor:
        seen = extractor.detect(image)
        hidden = covered(image, seen.points[0, :, :2])
        hands = seen, extractor.detect(hidden)
    drawn = [annotate(p, found) for p, found in zip((image, hidden), hands, strict=True)]
    for found in hands:
        print(found.point_scores.round(2).tolist())
    Image.fromarray(np.hstack(drawn)).save(ROOT / "docs" / "point_scores.jpg", quality=88)


if __name__ == "__main__":
    main()
